"""What the folder's record remembers of a row of a batch."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import cast

from .. import Endpoint, Item, JobRef, Result
from . import fields
from .batch_order import BatchOrder
from .entries import Entry
from .folder import Folder
from .records import Record, SavedFile, address_of
from .run import Order
from .session import command_line
from .wording import is_data_uri, name_of

_PLACEHOLDER = "IMAGE"


def record_of(
    item: Item[Result[object]], entry: Entry, folder: Folder, order: BatchOrder
) -> Record:
    """Describe a row that is done, in this run or in an earlier one that did not come so far."""
    endpoint = order.endpoint
    image = _image(entry, endpoint)
    seed = item.result.seed if item.result else None
    again = Order(endpoint, [image], _others(entry, endpoint, image), order.run_flags)
    command = command_line(*again.command(image, seed, order.out))
    source = _source(image, folder)
    if item.result is not None:
        record = Record.of(item.result, item.files, image=image, source=source, command=command)
    else:
        record = _remembered(cast("JobRef", item.job), item.files, folder)
        record = replace(
            record, image=name_of(image) if image else "", source=source, command=command
        )
    # A job that was queued by an earlier run does not know its inputs, the manifest does.
    return record if record.parameters else replace(record, parameters=_shown(entry, endpoint))


def facts_of(
    record: Record, paths: Sequence[Path], item: Item[Result[object]], entry: Entry
) -> dict[str, object]:
    """Return the facts of a row that is done for machines."""
    pairs = zip(record.files, paths, strict=True)
    files = [{**asdict(file), "path": str(path)} for file, path in pairs]
    return {**asdict(record), "row": entry.place, "position": item.position, "files": files}


def _remembered(job: JobRef, files: tuple[Path, ...], folder: Folder) -> Record:
    saved = [
        SavedFile(folder.point_at(it), mimetypes.guess_type(it.name)[0], it.stat().st_size)
        for it in files
    ]
    return Record(
        job.request_id, job.endpoint, job.to_json(), files=saved, submitted_at=job.submitted_at
    )


def _image(entry: Entry, endpoint: Endpoint[..., object]) -> str:
    """Return the picture that the row is about, if it is about one."""
    value = entry.get(fields.file_field(endpoint) or "")
    single = value[0] if isinstance(value, list) and len(value) == 1 else value
    return single if isinstance(single, str) else ""


def _others(entry: Entry, endpoint: Endpoint[..., object], image: str) -> Mapping[str, object]:
    """Return the inputs beside the picture; files that are data are left for people to fill in."""
    named = fields.file_field(endpoint) if image else None
    return {
        name: _without_data(value) if name in endpoint.files else value
        for name, value in entry.items()
        if name != named
    }


def _without_data(value: object) -> object:
    if isinstance(value, list):
        return [_without_data(item) for item in value]
    return _PLACEHOLDER if isinstance(value, str) and is_data_uri(value) else value


def _shown(entry: Entry, endpoint: Endpoint[..., object]) -> dict[str, object]:
    return {
        name: _named(value) if name in endpoint.files else value for name, value in entry.items()
    }


def _named(value: object) -> object:
    if isinstance(value, list):
        return [_named(item) for item in value]
    return name_of(value) if isinstance(value, str) else value


def _source(image: str, folder: Folder) -> str:
    """Return where the sheet finds the source: it stays where it is, however many there are."""
    if not image or is_data_uri(image) or address_of(image):
        return address_of(image)
    return folder.point_at(Path(image).expanduser())
