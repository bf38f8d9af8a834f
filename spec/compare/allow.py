"""Breaks that are wanted: a YAML list of kind, pointer, reason and, if it is one, a last day."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from spec.compare.changes import Change
from spec.compare.kinds import KINDS
from spec.documents import load
from spec.errors import SpecError
from spec.nodes import Json, mapping, sequence
from spec.pages import Block

_KEYS = {"kind", "pointer", "reason", "expires"}


@dataclass(frozen=True)
class Entry:
    """One break that is allowed, and where the list says so."""

    where: str
    kind: str
    pointer: str
    expires: date | None

    def fits(self, change: Change) -> bool:
        """Tell whether a change is the one that is meant, at its old or its new place."""
        return self.kind == change.kind and self.pointer in (change.old.pointer, change.new.pointer)


def read(path: Path, today: date) -> list[Entry]:
    """Read a list; raises SpecError for an entry without reason, of an unknown kind, or expired."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(path.name, f"cannot be read: {error}", "Name a list of breaks.") from error
    # The strict reader takes mappings only, so the list is read as the value of one.
    indented = "".join(f" {line}" for line in text.splitlines(keepends=True))
    document = load(Block(path.name, f"allowed:\n{indented}", 0))
    entries = sequence(document.get("allowed") or [], (path.name,))
    return [_entry(f"{path.name}[{index}]", entry, today) for index, entry in enumerate(entries)]


def _entry(where: str, entry: Json, today: date) -> Entry:
    node = mapping(entry, (where,))
    unknown = sorted(set(node) - _KEYS)
    if unknown:
        raise SpecError(where, f"unknown keys {', '.join(unknown)}", f"Use {sorted(_KEYS)}.")
    for key in ("kind", "pointer", "reason"):
        if not isinstance(node.get(key), str) or not str(node[key]).strip():
            raise SpecError(where, f"{key} is missing", "Say what is allowed, where and why.")
    kind = str(node["kind"])
    if kind not in KINDS:
        raise SpecError(where, f"there is no kind {kind}", "Use an id that the comparison prints.")
    expires = _day(where, node.get("expires"))
    if expires is not None and expires < today:
        raise SpecError(where, f"expired on {expires}", "Make the break good, or decide anew.")
    return Entry(where, kind, str(node["pointer"]), expires)


def _day(where: str, value: Json) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise SpecError(where, f"expires: {value!r} is no day", "Write 2026-12-31.") from error


def remaining(breaking: tuple[Change, ...], entries: list[Entry]) -> list[Change]:
    """Return the breaks that no entry allows; raises SpecError for an entry that fits none."""
    for entry in entries:
        if not any(entry.fits(change) for change in breaking):
            what = f"nothing breaks as {entry.kind} at {entry.pointer}"
            raise SpecError(entry.where, what, "Delete this entry: what it allowed is gone.")
    return [change for change in breaking if not any(entry.fits(change) for entry in entries)]
