"""Proposals for fields that take a file: by what the page says of file types, or by their name."""

import re
from collections.abc import Iterator

from spec.hints import FILE_TYPES
from spec.importing.field import Field
from spec.importing.proposals import Confidence, Proposal
from spec.importing.prose import Claim
from spec.nodes import Json, JsonMap

_IMAGES = ("jpg", "jpeg", "png", "webp", "gif", "avif")
_TYPES = {"image": _IMAGES, "mask": _IMAGES, "video": ("mp4", "webm"), "audio": ("mp3", "wav")}
_EXTENSIONS = {
    *(["jpg", "jpeg", "png", "webp", "gif", "avif", "bmp", "tiff", "tif", "heic", "heif", "svg"]),
    *(["mp4", "mov", "webm", "m4v", "avi", "mkv", "mp3", "wav", "ogg", "m4a", "flac", "aac"]),
    *(["zip", "pdf", "glb", "gltf", "obj", "fbx", "stl", "ply", "safetensors", "json", "txt"]),
}
_URL = re.compile(r"(?:^|_)urls?$", re.IGNORECASE)


def is_file_list(field: Field, claim: Claim) -> bool:
    """Tell whether a list of values names the file types that a field with an address takes."""
    return (
        bool(_URL.search(field.name)) and {value.lower() for value in claim.values} <= _EXTENSIONS
    )


def files(field: Field, said: list[Claim]) -> Iterator[Proposal]:
    """Yield the proposal to take files in a field, if its prose or its name says that it does."""
    items = field.schema.get("items")
    held = items if field.kind == "array" and isinstance(items, dict) else field.schema
    if FILE_TYPES in held or held.get("type") != "string" or not _URL.search(field.name):
        return
    named = next((claim for claim in said if is_file_list(field, claim)), None)
    if named is not None:
        kinds = [value.lower() for value in named.values]
        yield _proposal(field, kinds, named.sentence, Confidence.CERTAIN, "vendor-page")
        return
    words = field.name.lower().split("_")
    kind = next((kind for kind in _TYPES if kind in words), None)
    if kind in ("image", "mask"):
        words_of_fal = "fal takes an address or a data URI of these types for a picture"
        yield _proposal(field, list(_IMAGES), words_of_fal, Confidence.LIKELY, "upstream")
    elif kind is not None:
        why = f"the name says that it takes {kind}; no source here says which types"
        asked = _proposal(field, list(_TYPES[kind]), why, Confidence.QUESTION, "inferred")
        yield asked.doubted("which file types?")


def _proposal(
    field: Field, kinds: list[str], words: str, confidence: Confidence, source: str
) -> Proposal:
    update: JsonMap = {"minLength": 1, "format": "uri", FILE_TYPES: [*dict.fromkeys(kinds)]}
    if field.kind == "array":
        update = {"items": update}
    what = f"file types {', '.join(kinds)}"
    given = [one for each in field.examples for one in (each if isinstance(each, list) else [each])]
    doubts = [f"the example's {one!r} is no address" for one in given if not _is_address(one)]
    proposal = Proposal(field, what, update, words, confidence, source=source)
    return proposal.doubted(*doubts)


def _is_address(value: Json) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://", "data:"))
