"""What became of the provider's mutants, from the verdicts of the layers to rows of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from .matrix_rows import MECHANICAL, Row
from .provider_mutant import Mutant
from .run import Verdict

_LONGEST = 90  # characters of what a layer that broke down said


@dataclass(frozen=True)
class Fate:
    """A mutant and the verdict of every layer that looked at it."""

    mutant: Mutant
    verdicts: tuple[Verdict, ...]

    def row(self, *, matrix: bool = False) -> Row:
        """Return its row; ``matrix`` when layers were asked on after the first kill."""
        killers = tuple(each.layer for each in self._of("killed"))
        warned = next((f"{each.layer} ({each.rule})" for each in self._of("warned")), "")
        looked = tuple(each.layer for each in self.verdicts if each.state != "missing")
        return Row(
            name=self.mutant.name,
            group=self.mutant.group,
            why=self.mutant.why,
            killed_by=killers[0] if killers else None,
            detail=self._detail(),
            excused=bool(self.mutant.equivalent),
            warned_by=warned,
            undecided=bool(self._of("error") or self._of("missing")),
            looked=looked,
            killed_by_all=killers if matrix else None,
        )

    def as_json(self, *, matrix: bool = False) -> dict[str, object]:
        """Return its row and every verdict in full as plain values."""
        verdicts = [asdict(each) for each in self.verdicts]
        return asdict(self.row(matrix=matrix)) | {"verdicts": verdicts}

    def _detail(self) -> str:
        """Say with which rule it was killed, why it is excused, or what the layers did instead."""
        if self.mutant.equivalent:
            return self.mutant.equivalent
        if killed := self._of("killed"):
            return killed[0].rule
        broken = [f"{each.layer} broke down: {_short(each.text)}" for each in self._of("error")]
        silent = ", ".join(
            each.layer for each in self.verdicts if each.state in ("clean", "warned")
        )
        return "; ".join(
            [*broken, f"no finding in {silent}" if silent else "no layer looked at it"]
        )

    def _of(self, state: str) -> list[Verdict]:
        return [each for each in self.verdicts if each.state == state]


def skipped_rows(skipped: Mapping[str, str]) -> list[Row]:
    """Return the rows of the mechanical mutants that were not tried, by name and reason."""
    return [Row(name, MECHANICAL, "", None, skipped=reason) for name, reason in skipped.items()]


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}..."


def errors(fates: Sequence[Fate]) -> int:
    """Count the fates in which a layer broke down."""
    return sum(any(each.state == "error" for each in fate.verdicts) for fate in fates)
