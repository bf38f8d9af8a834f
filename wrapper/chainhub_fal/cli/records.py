"""What a folder of results remembers of each job: one line of JSON, without any image's bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from .. import File, JobRef, Result
from .wording import is_data_uri, is_url, name_of

VERSION = 1


@dataclass(frozen=True, slots=True)
class SavedFile:
    """One file beside the record: ``size`` in bytes, ``width`` and ``height`` in pixels."""

    name: str
    content_type: str | None = None
    size: int | None = None
    width: int | None = None
    height: int | None = None

    @classmethod
    def of(cls, path: Path, file: File) -> Self:
        """Describe a file that has just been saved."""
        return cls(path.name, file.content_type, path.stat().st_size, file.width, file.height)


@dataclass(frozen=True, slots=True)
class Record:
    """One finished job.

    ``image`` names the source, ``source`` is its address: a file beside the record, or a URL.
    ``submitted_at`` is Unix time, ``elapsed`` in seconds, ``command`` what repeats the job.
    """

    request_id: str
    endpoint: str
    ref: str
    image: str = ""
    source: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    seed: int | None = None
    files: Sequence[SavedFile] = ()
    submitted_at: float = 0.0
    elapsed: float = 0.0
    polls: int = 0
    unexpected: Mapping[str, int] = field(default_factory=dict)
    command: str = ""
    version: int = VERSION

    @classmethod
    def of(
        cls, result: Result[object], paths: Sequence[Path], *, image: str, source: str, command: str
    ) -> Self:
        """Describe a result whose files have been saved at these paths."""
        receipt = result.receipt
        return cls(
            request_id=receipt.request_id,
            endpoint=receipt.endpoint,
            ref=receipt.job.to_json(),
            image=name_of(image) if image else "",
            source=source,
            parameters=dict(receipt.parameters),
            seed=result.seed,
            files=[SavedFile.of(*pair) for pair in zip(paths, result.files, strict=True)],
            submitted_at=receipt.submitted_at,
            elapsed=receipt.elapsed,
            polls=receipt.polls,
            unexpected=dict(receipt.unexpected),
            command=command,
        )

    @property
    def job(self) -> JobRef:
        """The reference of the job."""
        return JobRef.from_json(self.ref)

    def to_line(self) -> str:
        """Write the record as one line."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def from_line(cls, line: str) -> Self | None:
        """Read a record; None for a line that is none, or one of a later version."""
        try:
            values: dict[str, Any] = json.loads(line)
            if values.get("version") != VERSION:
                return None
            values["files"] = [SavedFile(**_known(SavedFile, file)) for file in values["files"]]
            return cls(**_known(cls, values))
        except (ValueError, TypeError, AttributeError, KeyError):
            return None


def address_of(image: str) -> str:
    """Return where a page can show an image from, if it needs no copy: its web address."""
    return image if is_url(image) and not is_data_uri(image) else ""


def completed(record: Record, first: Record) -> Record:
    """Return a record made by id alone with what an earlier one of the job knew of its origin."""
    values = {item.name: getattr(record, item.name) for item in fields(Record)}
    for name in ("image", "source", "parameters", "command"):
        values[name] = values[name] or getattr(first, name)
    return Record(**values)


def _known(cls: type, values: Mapping[str, Any]) -> dict[str, Any]:
    names = {item.name for item in fields(cls)}
    return {name: value for name, value in values.items() if name in names}
