"""The parts of the proof: how each is run, and how what it wrote becomes a part of the table."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .judging import Mutant
from .matrix import ENOUGH
from .matrix_rows import Part, Row

Main = Callable[[Sequence[str]], int]
# A test's own words may name its folder, which is another one in each run.
_TEMPORARY = re.compile(re.escape(tempfile.gettempdir()) + r"[^\s'\",\]]*")


@dataclass(frozen=True)
class Source:
    """Where a part comes from: its command, its layers, and the faults that its catalogue names."""

    name: str
    title: str
    main: Main
    layers: tuple[str, ...]
    faults: tuple[str, ...]

    @property
    def command(self) -> str:
        """The command that runs it."""
        return f"python -m contract_tests.mutation {self.name}"

    def read(self, folder: Path, *, matrix: bool = False) -> Part:
        """Read what a run wrote as ``NAME.json``; raises OSError, ValueError or KeyError.

        Layers were asked on after the first kill by a run for the ``matrix``, and in a record in
        which any fault has more than one killer.
        """
        found = json.loads(self.file(folder).read_text(encoding="utf-8"))
        rows = [Row.read(each) for each in found]
        asked_on = matrix or any(len(row.killed_by_all or ()) >= ENOUGH for row in rows)
        if not asked_on:
            rows = [replace(row, killed_by_all=None) for row in rows]
        command = f"{self.command} --matrix" if asked_on else self.command
        return Part(self.title, command, rows, self.layers, len(self.faults))

    def missing(self, part: Part) -> list[str]:
        """Name the faults of the catalogue that a part says nothing of."""
        known = {row.name for row in part.rows}
        return [name for name in self.faults if name not in known]

    def joined(self, part: Part, news: Part) -> Part:
        """Return a part with more rows, in the catalogue's order; of faults that are gone, none."""
        rows = {row.name: row for row in [*part.rows, *news.rows]}
        named = [rows[name] for name in self.faults if name in rows]
        return replace(part, rows=[*named, *part.made])

    def keep(self, folder: Path, part: Part) -> None:
        """Write what became of the faults, and no more, one a line: for a record under git."""
        rows = (replace(row, detail=_TEMPORARY.sub("(temporary)", row.detail)) for row in part.rows)
        lines = (json.dumps(row.plain(), ensure_ascii=False) for row in rows)
        self.file(folder).write_text("[\n{}\n]\n".format(",\n".join(lines)), encoding="utf-8")

    def file(self, folder: Path) -> Path:
        """Return the file in a folder that holds what became of this part's faults."""
        return folder / f"{self.name}.json"


def _provider() -> Source:
    from . import provider_command  # noqa: PLC0415 - a part's imports are paid for when it is run
    from .provider import MUTANTS  # noqa: PLC0415
    from .provider_world import LAYERS  # noqa: PLC0415

    title, main = provider_command.TITLE, provider_command.main
    return Source("provider", title, main, tuple(LAYERS), tuple(MUTANTS))


def _consumer() -> Source:
    from . import consumer  # noqa: PLC0415

    title, layers = "Faults in the client", tuple(consumer.LAYERS)
    return Source("consumer", title, consumer.main, layers, _names(consumer.MUTANTS))


def _contract() -> Source:
    from . import contract_mutants  # noqa: PLC0415

    layers = tuple(each.name for each in contract_mutants.layers(consistent=False))
    main, faults = contract_mutants.main, _names(contract_mutants.MUTANTS)
    return Source("contract", "Faults in the contract", main, layers, faults)


def _consistent() -> Source:
    from . import contract_mutants  # noqa: PLC0415

    def main(arguments: Sequence[str]) -> int:
        return contract_mutants.main(["--consistent", "--count", "0", *arguments])

    layers = tuple(each.name for each in contract_mutants.layers(consistent=True))
    title = "Faults in the contract that its sources share"
    return Source("consistent", title, main, layers, _names(contract_mutants.MUTANTS))


def _names(mutants: Iterable[Mutant]) -> tuple[str, ...]:
    return tuple(mutant.name for mutant in mutants)


SOURCES: Mapping[str, Callable[[], Source]] = {
    "provider": _provider,
    "consumer": _consumer,
    "contract": _contract,
    "consistent": _consistent,
}
"""The parts by name, in the order in which they are run."""
