"""Recordings on disk: JSON Lines, a heading and then a line for each exchange."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

from ..contract import Contract
from ..harness.target import Dialect, NotTestableError, Target
from ..schemas import Node
from .exchanges import Exchange
from .judging import Verdict, verdict
from .masks import Mask
from .redaction import Record, Redactor
from .routes import Routes
from .vocabulary import Vocabulary

VERSION = 1
"""Of the recording's form: it changes when a reader would have to."""

_PRIVATE = 0o600


class Recorder:
    """Writes each exchange it hears as soon as it has ended; a listener of the gate."""

    def __init__(self, folder: Path, target: Target, contract: Contract, routes: Routes) -> None:
        vocabulary = Vocabulary.of(contract, target.base_url)
        mask = Mask(vocabulary, routes, secrets.token_bytes(32))
        self._redactor = Redactor(mask, vocabulary, target.authorization)
        self._routes = Routes(contract, "")  # a record's address begins at the contract's paths
        when = datetime.now(UTC)
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{when:%Y%m%dT%H%M%S.%f}-{target.dialect}.jsonl"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        self._file: IO[str] = os.fdopen(descriptor, "w", encoding="utf-8")
        self._write(
            {
                "recording": VERSION,
                "dialect": target.dialect,
                "server": mask.url(target.base_url),
                "contract": cast("Node", contract.document["info"])["version"],
                "began": f"{when:%Y-%m-%dT%H:%M:%SZ}",
            }
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def __call__(self, exchange: Exchange) -> None:
        """Keep an exchange, without its secrets, and with what the contract said of it."""
        record = self._redactor.record(exchange)
        whole = verdict(self._routes, record, exchange.response)
        masked = verdict(self._routes, record)
        self._write({**record, "problems": _kept(whole, masked)})

    def lacks(self, operations: Iterable[str]) -> None:
        """Note the operations that this server was found to lack: their answers are no API's."""
        self._write({"not_served": sorted(operations)})

    def _write(self, line: Mapping[str, object]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()


def _kept(whole: Verdict, masked: Verdict) -> dict[str, object]:
    """Say how many problems the true answer had, and where the masked one has its own."""
    return {"true": len(whole.problems), "masked": sorted(masked.places)}


@dataclass(frozen=True)
class Recording:
    """What a file holds; ``lacking`` are operations that the server was found not to serve."""

    path: Path
    dialect: Dialect
    server: str
    records: tuple[Record, ...]
    lacking: frozenset[str]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a recording; raises NotTestableError for a file that is none."""
        try:
            lines = path.read_text("utf-8").splitlines()
            heading, *records = [json.loads(line) for line in lines] or [None]
        except (OSError, ValueError) as error:
            raise NotTestableError(
                f"{path} cannot be read as a recording ({type(error).__name__}):"
                " name a file that a live run wrote"
            ) from error
        if not isinstance(heading, dict) or heading.get("recording") != VERSION:
            raise NotTestableError(
                f"{path} is no recording of version {VERSION}: name a file that a live run wrote"
            )
        if not all(isinstance(each, dict) for each in records):
            raise NotTestableError(f"{path} holds lines that are no records: record again")
        return cls(
            path,
            heading["dialect"],
            str(heading["server"]),
            tuple(each for each in records if "status" in each),
            frozenset(name for each in records for name in each.get("not_served", ())),
        )
