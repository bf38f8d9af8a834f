"""Finds a place for each mark's words where they cover no other words and no mark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

LETTER = 6.4
"""Width of a letter at size 12, on the wide side."""
LINE = 14.0
_MARK = 7.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the picture's own units."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """Return the area that both cover."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)

    def outside(self, frame: Box) -> float:
        """Return the area that lies outside the frame."""
        whole = (self.right - self.left) * (self.bottom - self.top)
        return whole - self.overlap(frame)


def place_labels(
    marks: Sequence[tuple[float, float]],
    texts: Sequence[str],
    frame: Box,
    taken: Sequence[Box] = (),
) -> list[Box]:
    """Return a box for each mark's words: the nearest place with the least covered, in order."""
    boxes: list[Box] = [_around(x, y) for x, y in marks]
    boxes += taken
    placed: list[Box] = []
    for (x, y), text in zip(marks, texts, strict=True):
        width = len(text) * LETTER

        def cost(box: Box, x: float = x, y: float = y) -> float:
            far = abs((box.left + box.right) / 2 - x) + abs((box.top + box.bottom) / 2 - y) * 2
            covered = sum(box.overlap(other) for other in [*boxes, *placed])
            return covered * 5 + box.outside(frame) * 50 + far

        placed.append(min(_candidates(x, y, width), key=cost))
    return placed


def _around(x: float, y: float) -> Box:
    return Box(x - _MARK, y - _MARK, x + _MARK, y + _MARK)


def _candidates(x: float, y: float, width: float) -> Iterator[Box]:
    for side, up in product((-1, 0, 1), range(-5, 6)):
        if side == 0 and abs(up) < 1:
            continue
        left = {-1: x - 10 - width, 0: x - width / 2, 1: x + 10}[side]
        middle = y + up * LINE * 0.8
        yield Box(left, middle - LINE / 2, left + width, middle + LINE / 2)
