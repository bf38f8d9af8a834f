"""Draft the output of a model: its page shows only the ticket, so its path and words must tell."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spec.evidence import Evidence
from spec.importing.guessing import inferred
from spec.importing.reading import Reading
from spec.nodes import Json, JsonMap, mapping

_TO = re.compile(r"-to-(image|video|audio|speech|music|3d)", re.IGNORECASE)
_KINDS = {"speech": "audio", "music": "audio"}
_WORDS = {
    "video": re.compile(r"video|\bfps\b|\bframes\b|\bduration\b|视频", re.IGNORECASE),
    "audio": re.compile(r"\baudio\b|\bspeech\b|\bvoice\b|\bmusic\b|音频|语音", re.IGNORECASE),
    "image": re.compile(r"image|picture|photo|图片|图像", re.IGNORECASE),
}
_TUTORIAL = "The gateway's tutorial: pictures stand under `images`, a video under `video.url`."
_FILE_EXTENSIONS = {"video": "mp4", "audio": "mp3"}


@dataclass(frozen=True)
class Output:
    """A drafted output: its schema, an example of it, and what both rest on.

    `file` names the shared file type it needs besides Image: video, audio or none.
    """

    schema: JsonMap
    example: Json
    evidence: Evidence
    reason: str
    file: str = ""


def drafted(reading: Reading, slug: str) -> Output:
    """Return the output of the model that a page describes, as lenient as what it rests on."""
    shown = next((pair for pair in reading.answers), None)
    if shown is not None:
        schema, example = shown
        if example is not None:
            schema = inferred(example)
        evidence = Evidence("vendor-page", "The page shows it beside the ticket.")
        return Output(_optional(schema), example, evidence, "the page shows it")
    kind, reason = _kind(reading)
    evidence = Evidence("inferred", f"{_TUTORIAL} That this model makes {kind}s: {reason}.")
    if kind == "image":
        return Output(_pictures(), _picture_example(slug), evidence, f"{kind}s: {reason}")
    return Output(_file(kind), _file_example(kind, slug), evidence, f"{kind}: {reason}", kind)


def _optional(schema: JsonMap) -> JsonMap:
    return {key: value for key, value in schema.items() if key != "required"}


def main_file(schema: JsonMap) -> str:
    """Return the property that holds the files of an output, or an empty word."""
    properties = schema.get("properties")
    named = properties if isinstance(properties, dict) else {}
    return next((name for name, inner in named.items() if _holds_file(inner)), "")


def _holds_file(schema: Json) -> bool:
    """Tell whether a value is a file, or a list of files: what has an address of its own."""
    if not isinstance(schema, dict):
        return False
    return (
        "$ref" in schema
        or "url" in mapping(schema.get("properties") or {}, ("properties",))
        or _holds_file(schema.get("items"))
    )


def _kind(reading: Reading) -> tuple[str, str]:
    """Return what a model makes, and what says so."""
    named = _TO.findall(reading.path)
    if named and named[-1].lower() != "3d":
        word = named[-1].lower()
        return _KINDS.get(word, word), f"its path says to-{word}"
    for source, text in _texts(reading):
        counts = {kind: len(pattern.findall(text)) for kind, pattern in _WORDS.items()}
        most = max(counts, key=lambda kind: counts[kind])
        if counts[most]:
            return most, f"its {source} {'speaks' if source != 'fields' else 'speak'} of it"
    return "image", "nothing says so; most models of this family do"


def _texts(reading: Reading) -> Iterator[tuple[str, str]]:
    yield "path", reading.path
    yield "summary", str(reading.operation.get("summary") or "")
    yield "fields", str(reading.document.get("components"))


def _pictures() -> JsonMap:
    return {
        "type": "object",
        "properties": {
            "images": {"type": "array", "items": {"$ref": "#/components/schemas/Image"}},
            "seed": {"type": ["integer", "null"], "description": "The seed that was used."},
            "prompt": {"type": ["string", "null"]},
            "has_nsfw_concepts": {
                "type": ["array", "null"],
                "description": "One verdict of the safety checker per picture.",
                "items": {"type": "boolean"},
            },
        },
    }


def _picture_example(slug: str) -> Json:
    return {
        "images": [
            {
                "url": f"https://v3.fal.media/files/example/{slug}-0.jpeg",
                "content_type": "image/jpeg",
                "file_name": f"{slug}-0.jpeg",
                "file_size": 123456,
                "width": 1024,
                "height": 1024,
            }
        ],
        "seed": 1234567890,
        "prompt": "",
        "has_nsfw_concepts": [False],
    }


def _file(kind: str) -> JsonMap:
    return {
        "type": "object",
        "properties": {
            kind: {"$ref": f"#/components/schemas/{kind.capitalize()}"},
            "seed": {"type": ["integer", "null"], "description": "The seed that was used."},
        },
    }


def _file_example(kind: str, slug: str) -> Json:
    extension = _FILE_EXTENSIONS[kind]
    media = {"mp4": "video/mp4", "mp3": "audio/mpeg"}[extension]
    return {
        kind: {
            "url": f"https://v3.fal.media/files/example/{slug}.{extension}",
            "content_type": media,
            "file_name": f"{slug}.{extension}",
            "file_size": 1234567,
        }
    }


def shared_file(kind: str) -> JsonMap:
    """Return the overlay that gives the contract the file type of a kind, once for all models."""
    nullable: JsonMap = {name: {"type": [of, "null"]} for name, of in _FILE_FIELDS.items()}
    schema: JsonMap = {
        "type": "object",
        "description": f"A finished {kind} file, to be fetched without a key and soon.",
        "required": ["url"],
        "properties": {"url": {"type": "string", "format": "uri"}, **nullable},
    }
    note = f"fal's file type. {_TUTORIAL}"
    action: JsonMap = {
        "target": "$.components.schemas",
        "x-evidence": {"source": "upstream", "note": note},
        "update": {kind.capitalize(): schema},
    }
    title = f"The {kind} file that outputs of several models share"
    return {
        "overlay": "1.0.0",
        "info": {"title": title, "version": "1.0.0"},
        "actions": [action],
    }


_FILE_FIELDS = {"content_type": "string", "file_name": "string", "file_size": "integer"}
