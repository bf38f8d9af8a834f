"""The kill table: what became of each fault of each part, counted and named, for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from .matrix import switched_off
from .matrix_rows import Part, Row, score
from .matrix_text import folded, line, short


def markdown(parts: Sequence[Part], command: str) -> str:
    """Write the table of all parts as one page."""
    lines = ["# Kill table", "", f"Repeat it with `{command}`.", ""]
    lines += [line("part", "killed", "made by rule, killed", "who noticed first")]
    lines += [line(*["---"] * 4)]
    lines += [line(part.title, _tally(part.named), _tally(part.made), _who(part)) for part in parts]
    for part in parts:
        lines += ["", *_part(part)]
    return "\n".join(lines) + "\n"


def _tally(rows: Sequence[Row]) -> str:
    return str(score(rows)) if any(row.counts for row in rows) else "none"


def _who(part: Part) -> str:
    first = Counter(row.killed_by for row in part.rows if row.killed_by and row.counts)
    return ", ".join(f"{layer} {count}" for layer, count in first.most_common())


def _part(part: Part) -> Iterator[str]:
    took = "" if part.seconds is None else f" It took {part.seconds:.0f} s."
    yield from (f"## {part.title}", "", f"`{part.command}`.{took}", "")
    if part.shortfall:
        yield from (f"**This is a part of it only: {part.shortfall}.**", "")
    yield from _groups(part)
    yield from _named("Survivors", map(_survivor, _alive(part.rows)))
    yield from _named("Not counted, and why", map(_excuse, part.rows))
    yield from switched_off(part)
    yield from _skipped(part)
    yield from _every(part)


def _groups(part: Part) -> Iterator[str]:
    layers = list(dict.fromkeys([*part.layers, *(row.killed_by or "" for row in part.rows)]))
    layers = [layer for layer in layers if any(row.killed_by == layer for row in part.rows)]
    yield line("group", "killed", *(f"{layer} first" for layer in layers))
    yield line(*["---"] * (2 + len(layers)))
    for group in dict.fromkeys(row.group for row in part.rows):
        own = [row for row in part.rows if row.group == group and row.counts]
        if own:
            yield line(group, score(own), *_firsts(own, layers))
    yield line("all by name", score(part.named), *_firsts(part.named, layers))
    yield ""


def _firsts(rows: Sequence[Row], layers: Sequence[str]) -> list[int]:
    return [sum(row.killed_by == layer and row.counts for row in rows) for layer in layers]


def _alive(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.counts and row.killed_by is None]


def _survivor(row: Row) -> str:
    warned = f"; {row.warned_by} warns of it" if row.warned_by else ""
    word = "STALE, not tried: " if row.stale else ""
    return f"- **{row.name}** ({row.group}): {row.why}; {word}{short(row.detail)}{warned}"


def _excuse(row: Row) -> str:
    if not row.excused or row.skipped:
        return ""
    seen = f" **Yet {row.killed_by} reports it.**" if row.killed_by else ""
    warned = f" Warned of by {row.warned_by}." if row.warned_by else ""
    return f"- **{row.name}**: {row.why}; {row.detail}.{warned}{seen}"


def _named(title: str, entries: Iterable[str]) -> Iterator[str]:
    found = [entry for entry in entries if entry]
    if found:
        yield from (f"### {title}", "", *found, "")


def _skipped(part: Part) -> Iterator[str]:
    skipped = [row for row in part.rows if row.skipped]
    if not skipped:
        return
    yield from ("### Made by rule, and not tried", "")
    for reason, count in Counter(row.skipped for row in skipped).most_common():
        places = Counter(_place(row) for row in skipped if row.skipped == reason)
        listed = ", ".join(f"{place} ({number})" for place, number in places.items())
        yield from folded(f"{count}: {reason}", [listed])


def _place(row: Row) -> str:
    """Return operation and status of a mechanical fault, whose name begins with them."""
    return " ".join(row.name.split(":")[1:3])


def _every(part: Part) -> Iterator[str]:
    rows = [row for row in part.rows if not row.skipped]
    table = [line("fault", "group", "why it matters", "killed by"), line(*["---"] * 4)]
    table += [line(row.name, row.group, row.why, _fate(row)) for row in rows]
    yield from folded(f"Every fault ({len(rows)})", table)


def _fate(row: Row) -> str:
    if row.killed_by and row.excused:
        return f"{row.killed_by}, though not counted"
    if row.killed_by:
        others = [layer for layer in row.killed_by_all or () if layer != row.killed_by]
        return f"{row.killed_by}: {short(row.detail)}{''.join(f'; {it} too' for it in others)}"
    if row.excused:
        return f"warned of by {row.warned_by}" if row.warned_by else "not observable"
    return "STALE" if row.stale else "ERROR, not killed" if row.undecided else "SURVIVED"
