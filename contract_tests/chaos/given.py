"""The inputs of a batch under test: each can be told from the others, and is small to draw."""

from __future__ import annotations

from collections.abc import Iterator

from chainhub_fal import FLUX_1_SCHNELL_REDUX as ENDPOINT

__all__ = ["ENDPOINT", "PICTURES", "inputs", "quick_inputs"]

PICTURES = 2
"""How many pictures each job makes."""
_PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mNocFDAihiGlgQA"
    "+gM4AbcBROQAAAAASUVORK5CYII="
)


def inputs(count: int) -> Iterator[dict[str, object]]:
    """Yield as many inputs; the seed of each is its position."""
    for position in range(count):
        yield {
            "image_url": f"https://pictures.example/{position}.png",
            "seed": position,
            "num_images": PICTURES,
            "image_size": {"width": 16, "height": 16},
        }


def quick_inputs(count: int) -> Iterator[dict[str, object]]:
    """Yield as many that bring their picture along: to draw each would take the sandbox longest."""
    return ({**each, "image_url": _PICTURE} for each in inputs(count))
