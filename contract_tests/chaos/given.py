"""The inputs of a batch under test: each can be told from the others, and is small to draw."""

from __future__ import annotations

from collections.abc import Iterator

from chainhub_fal import FLUX_1_SCHNELL_REDUX as ENDPOINT

__all__ = ["ENDPOINT", "PICTURES", "inputs"]

PICTURES = 2
"""How many pictures each job makes."""


def inputs(count: int) -> Iterator[dict[str, object]]:
    """Yield as many inputs; the seed of each is its position."""
    for position in range(count):
        yield {
            "image_url": f"https://pictures.example/{position}.png",
            "seed": position,
            "num_images": PICTURES,
            "image_size": {"width": 16, "height": 16},
        }
