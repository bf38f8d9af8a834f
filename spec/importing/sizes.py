"""Ask whether a picture's size that a page gives as plain text is fal's: a preset, or an object."""

import re
from collections.abc import Iterator, Sequence

from spec.hints import ALIASES
from spec.importing.field import Field
from spec.importing.proposals import Confidence, Proposal
from spec.importing.prose import About, claims
from spec.nodes import JsonMap, at, sequence

PRESET, OBJECT = "ImageSizePreset", "ImageSize"
_RATIO = re.compile(r"(\d+):(\d+)")


def sized(shared: JsonMap) -> JsonMap:
    """Return fal's two types of a size, if the tree's shared overlays have them."""
    found = {name: shared[name] for name in (PRESET, OBJECT) if name in shared}
    return found if len(found) == len((PRESET, OBJECT)) else {}


def sizes(found: Sequence[Field], shared: JsonMap) -> Iterator[Proposal]:
    """Yield a question for every field `image_size` that takes any text."""
    presets = sequence(at(shared, PRESET, "enum") or [], (PRESET,))
    for field in found:
        if field.name != "image_size" or field.kind != "string" or not sized(shared):
            continue
        said = claims(field.prose)
        default = [claim.values[0] for claim in said if claim.about is About.DEFAULT]
        listed = [value for claim in said if claim.about is About.CHOICES for value in claim.values]
        update: JsonMap = {
            "oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in (PRESET, OBJECT)]
        }
        if default and default[0] in presets:
            update["default"] = default[0]
        aliases: JsonMap = {ratio: name for ratio in listed if (name := _preset(ratio)) in presets}
        if aliases:
            update[ALIASES] = aliases
        yield Proposal(
            field,
            "a preset or a size object",
            update,
            "fal takes a preset or a width and a height; a ratio is no value of either.",
            Confidence.QUESTION,
            "is it fal's image size?",
            "upstream",
            removes=("type",),
        )


def _preset(ratio: str) -> str:
    match = _RATIO.fullmatch(ratio)
    if match is None:
        return ratio
    across, down = int(match[1]), int(match[2])
    shape = "landscape" if across > down else "portrait"
    return f"{shape}_{max(across, down)}_{min(across, down)}"
