"""The version step that a comparison calls for, and whether it was made.

Semantic versioning: what breaks somebody on the wire or in the generated client is a major step,
every other change of the contract a minor one, other words a patch. While the version is 0.y.z the
convention is that of caret ranges: what breaks moves y, everything else moves z.
"""

import re
from dataclasses import dataclass

from spec.compare.changes import Comparison

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:[-+].*)?")


@dataclass(frozen=True)
class Step:
    """A step: its name, the least version that makes it, and whether the new version does.

    Without a readable version `least` is empty and `is_made` None.
    """

    name: str
    least: str
    is_made: bool | None

    def __str__(self) -> str:
        if self.name == "none":
            return "no version step needed"
        if self.is_made is None:
            return f"{self.name} step needed; the versions cannot be read"
        return f"{self.name} step needed ({self.least}), {'made' if self.is_made else 'not made'}"


def step(comparison: Comparison) -> Step:
    """Return the step that the changes call for."""
    old, new = (_parsed(text) for text in (comparison.old_version, comparison.new_version))
    name = _name(comparison, is_early=old is not None and old[0] == 0)
    if old is None or new is None:
        return Step(name, "", None)
    least = _moved(old, name)
    return Step(name, ".".join(map(str, least)), new >= least)


def _parsed(text: str) -> tuple[int, int, int] | None:
    found = _VERSION.fullmatch(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _name(comparison: Comparison, *, is_early: bool) -> str:
    if comparison.breaking:
        return "minor" if is_early else "major"
    if comparison.changes:
        return "patch" if is_early else "minor"
    return "patch" if comparison.is_reworded else "none"


def _moved(version: tuple[int, int, int], name: str) -> tuple[int, int, int]:
    major, minor, patch = version
    moved = {"major": (major + 1, 0, 0), "minor": (major, minor + 1, 0)}
    return moved.get(name, (major, minor, patch + (name == "patch")))
