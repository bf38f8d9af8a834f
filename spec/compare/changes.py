"""The words of a comparison: verdicts, witnesses, changes, and the comparison as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from spec.nodes import Json, Place


class Verdict(IntEnum):
    """What a change means to somebody; the greater, the worse."""

    UNTOUCHED = 0
    COMPATIBLE = 1
    UNKNOWN = 2
    BREAKING = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Witness:
    """A value that the producing side allows and the consuming side refuses; always verified."""

    value: Json


@dataclass(frozen=True)
class Judgement:
    """A verdict, the reason in a sentence, and for a breaking one the proof, if one was found."""

    verdict: Verdict
    why: str
    witness: Witness | None = None


@dataclass(frozen=True)
class Spot:
    """A place in one of the two contracts; `line` counts from 1 and is 0 when nothing is there."""

    pointer: str
    line: int


@dataclass(frozen=True)
class Change:
    """One change: what it is, where it stands on both sides, and a verdict for each audience."""

    kind: str
    what: str
    old: Spot
    new: Spot
    places: tuple[str, ...]
    """Where it can be met: operations, and which part of them."""
    callers: Judgement
    readers: Judgement
    generated: Judgement

    @property
    def wire(self) -> Verdict:
        """The worse of the two verdicts on the wire."""
        return max(self.callers.verdict, self.readers.verdict)

    @property
    def worst(self) -> Verdict:
        """The worst verdict of all audiences."""
        return max(self.wire, self.generated.verdict)

    @property
    def is_breaking(self) -> bool:
        """Tell whether it breaks anybody."""
        return self.worst is Verdict.BREAKING

    @property
    def judgements(self) -> tuple[tuple[str, Judgement], ...]:
        """The audiences that the change touches, each with its judgement."""
        named = (
            ("callers", self.callers),
            ("readers", self.readers),
            ("generated", self.generated),
        )
        return tuple(
            (name, found) for name, found in named if found.verdict is not Verdict.UNTOUCHED
        )


@dataclass(frozen=True)
class Comparison:
    """Everything that differs between two contracts."""

    old_name: str
    new_name: str
    old_version: str
    new_version: str
    changes: tuple[Change, ...]
    is_reworded: bool
    """Whether the documents differ at all, if only in words or in spelling."""

    @property
    def breaking(self) -> tuple[Change, ...]:
        """The changes that break somebody."""
        return tuple(change for change in self.changes if change.is_breaking)


def pointer(place: Place) -> str:
    """Write a place as a JSON Pointer in a fragment, `#/paths/~1a/get`."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in place)
    return "#" + "".join(f"/{step}" for step in steps)


def worst(judgements: Iterable[Judgement]) -> Judgement:
    """Return the worst judgement, one with a witness before one without."""
    return max(judgements, key=lambda found: (found.verdict, found.witness is not None))
