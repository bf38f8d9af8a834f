"""Draws SVG by hand: axes, marks and words. No library, and the same bytes for the same numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 64, 20, 52, 52
INK, FAINT, GRID = "#1f2933", "#627080", "#e4e8ec"
_INSIDE = ' clip-path="url(#inside)"'
FONT = "-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"


@dataclass(frozen=True)
class Axis:
    """Values along one direction, spaced evenly or by their logarithm, and where ticks stand."""

    low: float
    high: float
    ticks: Sequence[float]
    title: str
    show: Callable[[float], str] = "{:g}".format
    log: bool = True

    def place(self, value: float) -> float:
        """Return where a value lies: from 0 to 1 between the ends."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


@dataclass
class Chart:
    """A plot with a title and two axes, to which marks are added."""

    title: str
    across: Axis
    up: Axis
    under: str = ""
    height: int = HEIGHT
    left: int = LEFT
    right: int = RIGHT
    _parts: list[str] = field(default_factory=list)

    def x(self, value: float) -> float:
        """Return the place of a value of the axis that goes across."""
        return self.left + self.across.place(value) * (WIDTH - self.left - self.right)

    def y(self, value: float) -> float:
        """Return the place of a value of the axis that goes up."""
        return self.height - BOTTOM - self.up.place(value) * (self.height - TOP - BOTTOM)

    def line(
        self,
        points: Sequence[tuple[float, float]],
        colour: str,
        *,
        width: float = 2.0,
        dashes: str = "",
    ) -> None:
        """Add a line through points."""
        path = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        style = f' stroke-dasharray="{dashes}"' if dashes else ""
        style += _INSIDE
        self._parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" '
            f'stroke-width="{width}" stroke-linejoin="round"{style}/>'
        )

    def area_below(self, points: Sequence[tuple[float, float]], colour: str) -> None:
        """Shade what lies below a line."""
        corners = [*points, (points[-1][0], self.up.low), (points[0][0], self.up.low)]
        path = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in corners)
        self._parts.append(f'<polygon points="{path}" fill="{colour}" stroke="none"{_INSIDE}/>')

    def dot(self, x: float, y: float, colour: str, radius: float = 5.5) -> None:
        """Add a dot."""
        self.dot_at(self.x(x), self.y(y), colour, radius)

    def dot_at(self, x: float, y: float, colour: str, radius: float = 4.0) -> None:
        """Add a dot at a place in the picture's own units."""
        self._parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}" '
            'stroke="#ffffff" stroke-width="1.5"/>'
        )

    def bar(self, value: float, y: float, thickness: float, colour: str) -> None:
        """Add a bar from the left end to a value, at a height in the picture's own units."""
        start, end = self.x(self.across.low), self.x(value)
        self._parts.append(
            f'<rect x="{start:.1f}" y="{y:.1f}" width="{max(1.0, end - start):.1f}" '
            f'height="{thickness:.1f}" rx="2" fill="{colour}"/>'
        )

    def words(
        self,
        x: float,
        y: float,
        text: str,
        *,
        colour: str = INK,
        size: int = 12,
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        """Add words at a place in the picture's own units."""
        weight = ' font-weight="600"' if bold else ""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-size="{size}" '
            f'text-anchor="{anchor}"{weight}>{escape(text)}</text>'
        )

    def leader(self, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
        """Add a thin line from a mark to its words, in the picture's own units."""
        self._parts.append(
            f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" '
            f'stroke="{colour}" stroke-width="0.8"/>'
        )

    def render(self) -> str:
        """Return the whole picture."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height}" '
            f'width="{WIDTH}" height="{self.height}" font-family="{FONT}" role="img" '
            f'aria-label="{escape(self.title)}">'
        )
        frame = Chart(self.title, self.across, self.up, height=self.height, left=self.left)
        frame.right = self.right
        frame.draw_frame(self.under)
        inside = "\n".join([*frame._parts, *self._parts])
        return f'{head}\n<rect width="100%" height="100%" fill="#ffffff"/>\n{inside}\n</svg>\n'

    def draw_frame(self, under: str) -> None:
        """Add title, grid, ticks and the axes' titles; lines are cut off at the frame."""
        bottom = self.height - BOTTOM
        self._parts.append(
            f'<clipPath id="inside"><rect x="{self.left}" y="{TOP}" '
            f'width="{WIDTH - self.left - self.right}" height="{bottom - TOP}"/></clipPath>'
        )
        self.words(self.left, 24, self.title, size=16, bold=True)
        self.words(self.left, 41, under, colour=FAINT)
        for tick in self.across.ticks:
            x = self.x(tick)
            self.leader((x, TOP), (x, bottom), GRID)
            self.words(x, bottom + 17, self.across.show(tick), colour=FAINT, anchor="middle")
        for tick in self.up.ticks:
            y = self.y(tick)
            self.leader((self.left, y), (WIDTH - self.right, y), GRID)
            self.words(self.left - 8, y + 4, self.up.show(tick), colour=FAINT, anchor="end")
        self.words(
            (self.left + WIDTH - self.right) / 2,
            self.height - 14,
            self.across.title,
            anchor="middle",
        )
        if self.up.title:
            self._parts.append(
                f'<text transform="translate(16 {(TOP + bottom) / 2:.0f}) rotate(-90)" '
                f'fill="{INK}" font-size="12" text-anchor="middle">{escape(self.up.title)}</text>'
            )
