"""``run``: each image through the queue in turn, its pictures saved, the contact sheet renewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .. import ChainHubError, Client, Endpoint, Result
from . import fields
from .exits import Exit, concerns_all, exit_of_all
from .folder import Folder
from .records import Record
from .session import Session, command_line
from .wording import counted, is_data_uri, seconds


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: the model, the images, the other inputs, and how to ask for it again."""

    endpoint: Endpoint[..., object]
    images: Sequence[str]
    inputs: Mapping[str, object]
    taken: frozenset[str] = frozenset()

    def arguments(self, image: str) -> dict[str, object]:
        """Return all inputs for one image; an empty one is none, or stands among the others."""
        field = fields.file_field(self.endpoint)
        named = {field: fields.file_value(self.endpoint, image)} if field and image else {}
        return {**named, **self.inputs}

    def command(self, image: str, seed: int | None, out: str) -> list[str]:
        """Return the words of the command that makes the result of this seed again."""
        inputs = dict(self.inputs)
        if seed is not None and "seed" in fields.properties(self.endpoint):
            inputs["seed"] = seed
        shown = ["IMAGE"] if is_data_uri(image) else [image] if image else []
        given = fields.arguments(inputs, self.endpoint, self.taken)
        return ["run", *shown, "--endpoint", self.endpoint.id, *given, "-o", out]


def run_all(session: Session, order: Order, out: str) -> Exit:
    """Run every image; one that fails does not lose the others.

    What would end the next image alike, a wrong key for example, ends the whole.
    """
    failures: list[Exit] = []
    with Folder(out) as folder, session.service.client() as client:
        for number, image in enumerate(order.images or [""], start=1):
            try:
                _run(session, client, order, image, folder)
            except ChainHubError as error:
                failures.append(session.report(error))
                if concerns_all(error, fields.file_field(order.endpoint) or ""):
                    _tell_untried(session, len(order.images) - number)
                    break
    return exit_of_all(failures)


def _run(session: Session, client: Client, order: Order, image: str, folder: Folder) -> None:
    session.begin(image)
    job = client.submit(order.endpoint, **order.arguments(image))
    session.queued(job.ref)
    for update in job.updates():
        session.moved(update)
    result = job.result()
    command = command_line(
        *order.command(image, result.seed, str(folder.path)), *session.service.repeated()
    )
    save(session, result, folder, image=image, command=command)


def save(
    session: Session, result: Result[object], folder: Folder, *, image: str = "", command: str = ""
) -> None:
    """Save a result's files, add the job to the folder's sheet, and show the paths.

    Raises SaveError, naming the job.
    """
    paths = result.save(folder.path)
    source = folder.keep_source(image, result.receipt.job)
    record = Record.of(result, paths, image=image, source=source, command=command)
    try:
        folder.add(record)
        took = f"{counted(len(paths), 'file')} in {seconds(result.receipt.elapsed)}"
        words = f"{took}, contact sheet {folder.sheet}"
        session.talk.tell(session.about, words, {"event": "saved", "request_id": record.request_id})
    finally:  # the pictures are there, whatever becomes of the sheet
        session.talk.show(map(str, paths), _facts(record, paths, folder))


def _facts(record: Record, paths: Sequence[Path], folder: Folder) -> dict[str, object]:
    files = [
        {**asdict(file), "path": str(path)} for file, path in zip(record.files, paths, strict=True)
    ]
    return {**asdict(record), "files": files, "sheet": str(folder.sheet)}


def _tell_untried(session: Session, count: int) -> None:
    if count:
        session.talk.tell("", f"{counted(count, 'image')} not tried", {"untried": count})
