"""What would no longer be caught with one layer switched off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .matrix_rows import Part, Row
from .matrix_text import folded, line

ENOUGH = 2
"""Kills after which a fault is caught with any one layer switched off: no other need look."""
_SHOWN = 5  # names of undecided faults; the others can be found in the table of every fault


def lost_without(rows: Sequence[Row], layer: str) -> list[Row]:
    """Return the faults that count and that this layer alone kills."""
    return [row for row in rows if row.counts and row.killed_by_all == (layer,)]


def undecided(rows: Sequence[Row], layers: Sequence[str]) -> list[Row]:
    """Return the faults that count and of which it is not known who else would kill them."""
    return [row for row in rows if row.counts and _is_open(row, layers)]


def _is_open(row: Row, layers: Sequence[str]) -> bool:
    if row.killed_by_all is None:
        return True
    unsure = row.stale or row.undecided or any(map(row.lacks, layers))
    return unsure and len(row.killed_by_all) < ENOUGH


def switched_off(part: Part) -> Iterator[str]:
    """Write the section about one part; nothing when no layer was asked on after a first kill."""
    judged = [row for row in part.rows if row.counts and row.killed_by_all is not None]
    if not judged:
        return
    yield from ("### With a layer switched off", "")
    yield f"Every layer looks at a fault until {ENOUGH} have killed it: from then on none is missed."
    yield ""
    if gaps := _gaps(part):
        yield from (f"**This is partial: {gaps}.**", "")
    yield from _by_group(judged, part.layers)
    for layer in part.layers:
        lost = [f"- {row.name} ({row.group}): {row.why}" for row in lost_without(judged, layer)]
        if lost:
            yield from folded(f"Lost without {layer}: {len(lost)}", lost)


def _gaps(part: Part) -> str:
    found = [row.name for row in undecided(part.rows, part.layers)]
    names = ", ".join([*found[:_SHOWN], "..."] if len(found) > _SHOWN else found)
    said = [part.shortfall] if part.shortfall else []
    said += [f"{len(found)} not judged by every layer ({names})"] if found else []
    return "; ".join(said)


def _by_group(judged: Sequence[Row], layers: Sequence[str]) -> Iterator[str]:
    """Write how many faults of each group are caught at all, and without each layer."""
    yield line("group", "caught", *(f"without {layer}" for layer in layers))
    yield line(*["---"] * (2 + len(layers)))
    for group in dict.fromkeys(row.group for row in judged):
        yield _caught(group, [row for row in judged if row.group == group], layers)
    yield _caught("all", judged, layers)
    yield ""


def _caught(title: str, rows: Sequence[Row], layers: Sequence[str]) -> str:
    caught = sum(row.killed_by is not None for row in rows)
    lost = [len(lost_without(rows, layer)) for layer in layers]
    cells = [f"{caught - number} (-{number})" if number else caught for number in lost]
    return line(title, f"{caught} of {len(rows)}", *cells)
