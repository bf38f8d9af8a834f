"""CHANGELOG.md: its newest sections, and the entry of an update under **Contract**."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spec.compare.changes import Comparison, Verdict
from spec.errors import SpecError

NAME = "CHANGELOG.md"
_PENDING = "unreleased"
_HEADING = re.compile(r"^## \[(\d+\.\d+\.\d+)\] - (\S+)[ \t]*$", re.MULTILINE)
_CONTRACT = "### Contract\n"
_WIDTH = 110


@dataclass(frozen=True)
class Newest:
    """The newest section's version, and the last released one; they differ while one is pending."""

    version: str
    released: str

    @property
    def is_pending(self) -> bool:
        """Whether the newest section is not released yet."""
        return self.version != self.released


def newest(text: str) -> Newest:
    """Read the newest sections; raises SpecError when there is none that was released."""
    found = [(match[1], match[2]) for match in _HEADING.finditer(text)]
    released = [version for version, date in found if date != _PENDING]
    if not released:
        what = "no section `## [X.Y.Z] - YYYY-MM-DD`: nothing says what was released last"
        raise SpecError(NAME, what, "Add the section of the last release.")
    return Newest(found[0][0], released[0])


def entries(comparison: Comparison) -> list[str]:
    """Return what changed as list items, breaking ones first; none when nothing did."""
    items = list(_items(comparison))
    if not items and comparison.is_reworded:
        items = ["Words only: descriptions and examples."]
    wrapped = (
        textwrap.fill(item, _WIDTH, initial_indent="- ", subsequent_indent="  ") for item in items
    )
    return list(dict.fromkeys(wrapped))


def _items(comparison: Comparison) -> Iterator[str]:
    for change in comparison.changes:
        if change.wire is Verdict.UNTOUCHED and not change.is_breaking:
            continue
        breaks = "**Breaking**: " if change.is_breaking else ""
        what = change.what if breaks else change.what[:1].upper() + change.what[1:]
        further = f" and {len(change.places) - 1} more" if len(change.places) > 1 else ""
        where = f" (`{change.places[0]}`{further})" if change.places else ""
        yield f"{breaks}{what}{where}."


def extended(text: str, version: str, items: Sequence[str], date: str = "") -> str:
    """Return the changelog with items under Contract in a pending section of this version.

    `date` closes the section as released on that day.
    """
    heading = f"## [{version}] - {date or _PENDING}"
    first = next(_HEADING.finditer(text))
    if not newest(text).is_pending:
        section = "".join(f"{item}\n" for item in items)
        return f"{text[: first.start()]}{heading}\n\n{_CONTRACT}{section}\n{text[first.start() :]}"
    following = _HEADING.search(text, first.end())
    end = following.start() if following else len(text)
    body = _with_items(text[first.end() : end], items)
    return f"{text[: first.start()]}{heading}{body}{text[end:]}".rstrip() + "\n"


def _with_items(body: str, items: Sequence[str]) -> str:
    """Add the items that a section's body lacks, after those that its Contract part has."""
    added = "".join(f"{item}\n" for item in items if f"{item}\n" not in body)
    lead, *parts = re.split(r"^(?=### )", body, flags=re.MULTILINE)
    if not any(part.startswith(_CONTRACT) for part in parts):
        parts.insert(0, _CONTRACT)
    grown = [
        f"{part.rstrip()}\n{added}\n" if part.startswith(_CONTRACT) else part for part in parts
    ]
    return lead.rstrip() + "\n\n" + "".join(grown)
