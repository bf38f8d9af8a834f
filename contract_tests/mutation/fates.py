"""Fates that are kept as they come to be known: a long run may be broken off and gone on with.

They hold for the sources they were found with: with others, the file is begun anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from threading import Lock

from .outcomes import Outcome
from .trees import ROOT, SOURCES

_READ = (*SOURCES, "contract_tests", "spec", "openapi.yaml", "pyproject.toml", "requirements")
_KINDS = {
    ".py",
    ".yaml",
    ".md",
    ".toml",
    ".lock",
}  # and not the killers, who only say where to look


class Fates:
    """The mutants whose fate is known, by name: one a line, after a line that says of what."""

    def __init__(self, path: Path, about: str) -> None:
        self.known: dict[str, Outcome] = {}
        self._path = path
        self._lock = Lock()
        head = json.dumps(about)
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        if lines[:1] == [head]:
            self.known = {fate.name: fate for fate in _read(lines[1:])}
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{head}\n", encoding="utf-8")

    def add(self, outcome: Outcome) -> None:
        """Keep one more; any thread may."""
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            self.known[outcome.name] = outcome
            file.write(f"{json.dumps(asdict(outcome))}\n")


def _read(lines: list[str]) -> Iterator[Outcome]:
    for line in lines:
        try:
            values = json.loads(line)
        except ValueError:
            continue  # the last line of a run that was killed while it wrote
        kills = tuple((layer, test) for layer, test in values["kills"])
        yield Outcome(**{**values, "looked": tuple(values["looked"]), "kills": kills})


def sources_digest(root: Path = ROOT) -> str:
    """Return what changes whenever a source does on which a fate may depend."""
    digest = hashlib.sha256()
    for place in (root / name for name in _READ):
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.suffix in _KINDS and path.is_file():
                digest.update(f"{path.relative_to(root)}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
