"""What a job's input asks of its output: how many files, how large, how long, in which format."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from chainhub_fal_sandbox.contract import Contract, Endpoint, Schema
from chainhub_fal_sandbox.pictures import FORMATS, Size

# fal's preset names and their sizes in pixels (its toolkit's table).
PRESETS: Mapping[str, Size] = {
    "square_hd": (1024, 1024),
    "square": (512, 512),
    "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024),
    "landscape_4_3": (1024, 768),
    "landscape_16_9": (1024, 576),
}
_LONG_SIDE = 1024
_RATIO = re.compile(r"(\d{1,3}):(\d{1,3})")
_SIZE = re.compile(r"(\d{2,4})x(\d{2,4})")
_SECONDS = re.compile(r"(\d{1,3}(?:\.\d+)?) ?s?")
_SIZED_BY = ("image_size", "size", "aspect_ratio")
_DEFAULT_SECONDS = 5.0
_SEED_END = 2**32


@dataclass(frozen=True)
class Order:
    """What the input asks of the output; fields that are left out take the schema's default.

    ``size`` is in pixels; ``seconds`` is the length of a film or a sound.
    """

    fields: Mapping[str, object]
    size: Size
    count: int
    format: str
    seed: int
    inline: bool
    seconds: float


def read_order(endpoint: Endpoint, contract: Contract, body: Mapping[str, object]) -> Order:
    """Read size, number, format and seed of the pictures; a missing seed is drawn."""
    properties = contract.resolve(endpoint.input_schema.get("properties"))
    defaults = {
        name: default
        for name, schema in properties.items()
        if (default := contract.resolve(schema).get("default")) is not None
    }
    fields = {**defaults, **{name: value for name, value in body.items() if value is not None}}
    seed, form = fields.get("seed"), str(fields.get("output_format")).lower()
    sized_by = next((name for name in _SIZED_BY if name in fields), _SIZED_BY[0])
    return Order(
        fields=fields,
        size=_size(fields.get(sized_by), contract.resolve(properties.get(sized_by))),
        count=int(count) if isinstance(count := fields.get("num_images"), (int, float)) else 1,
        format=form if form in FORMATS else "jpeg",
        seed=int(seed) if isinstance(seed, (int, float)) else secrets.randbelow(_SEED_END),
        inline=fields.get("sync_mode") is True,
        seconds=_seconds(fields.get("duration")),
    )


def _size(wanted: object, schema: Schema) -> Size:
    if isinstance(wanted, Mapping):
        width, height = wanted.get("width", 512), wanted.get("height", 512)
        return (int(width), int(height))
    if isinstance(wanted, str) and (ratio := _RATIO.fullmatch(wanted)):
        across, down = int(ratio[1]), int(ratio[2])
        scale = _LONG_SIDE / max(across, down, 1)
        return max(1, round(across * scale)), max(1, round(down * scale))
    if isinstance(wanted, str) and (size := _SIZE.fullmatch(wanted)):
        return int(size[1]), int(size[2])
    default = schema.get("default")
    return PRESETS.get(str(wanted), PRESETS.get(str(default), PRESETS["landscape_4_3"]))


def _seconds(wanted: object) -> float:
    """Read a length as models ask for it: ``5``, ``"5"`` or ``"8s"``."""
    found = _SECONDS.fullmatch(str(wanted))
    return float(found[1]) if found else _DEFAULT_SECONDS
