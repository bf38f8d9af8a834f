"""Mutants in the files of a result: the picture itself, and what the result says about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

from PIL import Image

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.faults import Alteration, Fault

from .provider_edits import (
    Body,
    Edit,
    alters,
    announces,
    each_file,
    each_list,
    edits,
    from_read,
    heads,
    only,
    recodes,
    replaces,
)
from .provider_mutant import Mutant, mutant


def file_mutants() -> Iterator[Mutant]:
    """Yield the mutants of files."""
    for name, why, alter in _BYTES:
        yield mutant("files", name, why, alters("file", only((200, 206), alter)))
    for name, why, edit in _CLAIMS:
        yield mutant("files", name, why, edits("result", edit))
    yield mutant("files", "file-410", "the picture is gone at once", recodes("file", 200, 410))
    yield mutant(
        "files", "file-204", "no content for a picture", replaces("file", 200, Answer(204))
    )
    coded = heads("file", "content-encoding", "gzip")
    yield mutant("files", "file-false-gzip", "announced as gzip, and is not", coded)
    moved = alters("file", only((200,), _elsewhere))
    yield mutant("files", "file-elsewhere", "the picture is on another host", moved)

    def once() -> tuple[Fault, ...]:
        return (alters("file", from_read(2, _gone)),)

    why = "a picture that can be fetched once: a broken download is lost money"
    yield Mutant("file-once", "files", why, once)


def _needs_key(answer: Answer, exchange: Exchange) -> Answer:
    if "authorization" in exchange.headers:
        return answer
    return Answer.json(401, {"detail": "Authentication is required"})


def _small(answer: Answer, _: Exchange) -> Answer:
    """Serve a good picture of another size, in the format that was announced."""
    out = BytesIO()
    form = answer.headers.get("content-type", "").removeprefix("image/")
    Image.new("RGB", (8, 8)).save(out, form or "jpeg")
    return replace(answer, body=out.getvalue())


def _elsewhere(_: Answer, exchange: Exchange) -> Answer:
    return Answer(302, b"", {"location": f"{exchange.foreign}{exchange.path}"})


def _gone(*_: object) -> Answer:
    return Answer(404, b"not found", {"content-type": "text/plain"})


_BYTES: tuple[tuple[str, str, Alteration], ...] = (
    ("file-needs-key", "the key would go to the host of the files", _needs_key),
    ("file-type-wrong", "a JPEG under the name of another format", announces("image/webp")),
    ("file-text-type", "a picture as text", announces("text/plain")),
    ("file-small", "a picture of another size than the result says", _small),
    (
        "file-noise",
        "bytes that are no picture",
        lambda answer, _: replace(answer, body=b"\0" * 999),
    ),
)


def _same_url(files: list[Body]) -> None:
    for file in files[1:]:
        file["url"] = files[0]["url"]


def _broken_data(file: Body) -> None:
    if str(file["url"]).startswith("data:"):
        file["url"] = "data:image/jpeg;base64,####"


def _set(name: str, value: object) -> Edit:
    return each_file(lambda file: file.update({name: value}))


_CLAIMS: tuple[tuple[str, str, Edit], ...] = (
    ("result-size-wrong", "file_size is not the file's size", _set("file_size", 3)),
    (
        "result-file-dead",
        "a URL under which there is nothing",
        each_file(lambda f: f.update(url=f["url"] + "x")),
    ),
    ("result-file-shared", "one URL for all pictures: the others are lost", each_list(_same_url)),
    (
        "result-file-local",
        "a file URL reads the caller's own disk",
        _set("url", "file:///etc/hostname"),
    ),
    (
        "result-file-inside",
        "a URL into the caller's own network",
        _set("url", "http://169.254.169.254/latest"),
    ),
    (
        "result-name-climbs",
        "a file name that climbs out of the folder",
        _set("file_name", "../../.profile"),
    ),
    ("result-data-broken", "a data URI that cannot be decoded", each_file(_broken_data)),
)
