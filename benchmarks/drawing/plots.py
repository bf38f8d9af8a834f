"""The report's pictures: polls against delay, the delays' distributions, and bars of cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.records import Record
from benchmarks.tables import number

from .labels import Box, place_labels
from .svg import BOTTOM, FAINT, TOP, WIDTH, Axis, Chart

COLOURS = {
    "httpx": "#1971c2",
    "httpx-aiohttp": "#74a9d8",
    "aiohttp": "#2f9e44",
    "fal-client": "#343a40",
    "replicate": "#0c8599",
    "openai": "#6741d9",
    "generated": "#868e96",
    "chainhub-fal": "#d6336c",
    "chainhub-fal map": "#e64980",
    "chainhub-fal sync map": "#f783ac",
    "chainhub-fal, thrift": "#e8590c",
    "chainhub-fal, gateway": "#ae3ec9",
    "chainhub-fal, stream": "#f08c00",
    "chainhub-fal + aiohttp": "#c92a2a",
}
"""Warm for this client's settings, cold for its peers; the same in every picture."""
_OURS_BAR, _OTHER = "#d6336c", "#5c6770"
_PEER_BAR = "#a5b4c3"
_FRONTIER, _SHADE = "#adb5bd", "#f1f3f5"
_MS = 1e3
_SHORT_AXIS, _LONG_AXIS = 20.0, 5_000.0
"""The ends' ratio of an axis that has room for more ticks, and of one that has room for few."""
_FINE, _USUAL, _COARSE = (1, 2, 3, 5, 7), (1, 2, 5), (1,)
_FAR = 12.0
"""Distance from a mark at which its words need a line to it."""


@dataclass(frozen=True)
class Mark:
    """A client's place in a picture."""

    name: str
    colour: str
    polls: float
    delay: float


def polls_against_delay(record: Record, title: str, ours: frozenset[str]) -> str | None:
    """Draw each client's polls and delay, both over the best possible line; None without marks."""
    marks = [
        Mark(peer, COLOURS.get(peer, _OTHER), polls, delay * _MS)
        for peer in record.peers
        if (polls := record.middle(peer, "polls")) and (delay := record.middle(peer, "delay"))
    ]
    if not marks:
        return None
    frontier = [(polls, delay * _MS) for polls, delay in record.values.get("frontier", [])]
    chart = Chart(
        title,
        _axis([mark.polls for mark in marks], "polls a job (log)"),
        _axis([mark.delay for mark in marks], "told after the end, mean, ms (log)"),
        "down and left is better; medians of the rounds",
    )
    if frontier:
        chart.area_below(sorted(frontier), _SHADE)
        chart.line(sorted(frontier), _FRONTIER, dashes="6 4")
    _label(chart, marks, frontier, ours)
    return chart.render()


def _axis(values: Sequence[float], title: str) -> Axis:
    low, high = min(values) / 1.7, max(values) * 1.7
    span = high / low
    digits = _FINE if span < _SHORT_AXIS else _USUAL if span < _LONG_AXIS else _COARSE
    ticks = [
        tick
        for power in range(-3, 6)
        for digit in digits
        if low <= (tick := digit * 10.0**power) <= high
    ]
    return Axis(low, high, ticks, title, "{:,g}".format)


def _label(
    chart: Chart,
    marks: Sequence[Mark],
    frontier: Sequence[tuple[float, float]],
    ours: frozenset[str],
) -> None:
    places = [(chart.x(mark.polls), chart.y(mark.delay)) for mark in marks]
    frame = Box(chart.left, TOP, WIDTH - chart.right, chart.height - BOTTOM)
    line = [
        Box(chart.x(x) - 4, chart.y(y) - 4, chart.x(x) + 4, chart.y(y) + 4) for x, y in frontier
    ]
    boxes = place_labels(places, [mark.name for mark in marks], frame, line)
    for mark, (x, y), box in zip(marks, places, boxes, strict=True):
        near = min(max(x, box.left), box.right), min(max(y, box.top), box.bottom)
        if math.dist((x, y), near) > _FAR:
            chart.leader((x, y), near, mark.colour)
        chart.words(box.left, box.bottom - 3, mark.name, colour=mark.colour, bold=mark.name in ours)
    for mark in marks:
        chart.dot(mark.polls, mark.delay, mark.colour, 7 if mark.name in ours else 5.5)
    if frontier:
        words = "no schedule can reach the shade"
        chart.words(frame.left + 8, frame.bottom - 8, words, colour=FAINT)


def delays(record: Record, field: str, title: str, across: str, ours: frozenset[str]) -> str | None:
    """Draw which share of all jobs was told of, or had, within how long; None without numbers."""
    curves = {
        peer: middle
        for peer in record.peers
        if (middle := _typical([one.get(peer, {}).get(field) for one in record.rounds]))
    }
    if not curves:
        return None
    high = max(curve[-1] for curve in curves.values())
    axis = _axis([1.0, high], f"{across}, ms (log)")
    axis = replace(axis, low=1.0, ticks=[tick for tick in axis.ticks if tick >= 1])
    up = Axis(0, 100, (0, 25, 50, 75, 90, 100), "share of the jobs, %", log=False)
    chart = Chart(title, axis, up, "left is better; the steeper, the surer", right=190)
    ranked = sorted(curves, key=lambda peer: curves[peer][len(curves[peer]) // 2])
    for place, peer in enumerate(ranked):
        curve, colour = curves[peer], COLOURS.get(peer, _OTHER)
        share = 100 * (1 - (record.lost(peer) or 0) / record.asked) / (len(curve) - 1)
        steps = [(max(value, 1.0), share * at) for at, value in enumerate(curve)]
        mine = peer in ours
        chart.line(steps, colour, width=2.8 if mine else 1.6, dashes="" if mine else "5 3")
        y = TOP + 12 + place * 19
        x = WIDTH - chart.right + 14
        chart.leader((x, y - 4), (x + 16, y - 4), colour)
        chart.dot_at(x + 8, y - 4, colour)
        chart.words(x + 22, y, peer, colour=colour, bold=mine)
    return chart.render()


def _typical(curves: Sequence[Sequence[float] | None]) -> list[float]:
    """Return the mean of the rounds' distributions, in ms, quantile by quantile."""
    known = [curve for curve in curves if curve]
    return [_MS * sum(values) / len(values) for values in zip(*known, strict=True)]


def bars(
    record: Record, field: str, scale: float, title: str, across: str, ours: frozenset[str]
) -> str | None:
    """Draw a bar for each client, the least on top; None without numbers."""
    values = {
        peer: middle * scale
        for peer in record.peers
        if (middle := record.middle(peer, field)) is not None
    }
    if not values:
        return None
    step = 24
    high = max(values.values()) * 1.12
    unit = 10 ** len(str(int(high / 2))) / 10
    ticks = [tick * unit for tick in range(int(high / unit) + 1)]
    ticks = ticks[:: max(1, len(ticks) // 6)]
    chart = Chart(
        title,
        Axis(0, high, ticks, across, "{:,.4g}".format, log=False),
        Axis(0, 1, (), "", log=False),
        "shorter is better; medians of the rounds",
        height=TOP + BOTTOM + step * len(values),
        left=200,
    )
    for place, peer in enumerate(sorted(values, key=values.__getitem__)):
        y = TOP + place * step
        mine = peer in ours
        chart.bar(values[peer], y + 4, step - 8, _OURS_BAR if mine else _PEER_BAR)
        chart.words(192, y + 16, peer, anchor="end", bold=mine)
        chart.words(chart.x(values[peer]) + 6, y + 16, number(values[peer]), colour=FAINT)
    return chart.render()
