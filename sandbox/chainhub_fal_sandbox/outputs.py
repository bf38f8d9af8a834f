"""A model's output, built by rule from the contract's output schema and the job's input."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from chainhub_fal_sandbox.contract import Contract, Endpoint, Schema
from chainhub_fal_sandbox.files import FileStore, StoredFile
from chainhub_fal_sandbox.pictures import FORMATS, Recipe, Size, check_size

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
_ECHOED: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}
_RATIO = re.compile(r"(\d{1,3}):(\d{1,3})")
_SEED_END = 2**32


@dataclass(frozen=True)
class Order:
    """What the input asks of the output; fields that are left out take the schema's default."""

    fields: Mapping[str, object]
    size: Size
    count: int
    format: str
    seed: int
    inline: bool


def read_order(endpoint: Endpoint, contract: Contract, body: Mapping[str, object]) -> Order:
    """Read size, number, format and seed of the pictures; a missing seed is drawn."""
    properties = contract.resolve(endpoint.input_schema.get("properties"))
    defaults = {
        name: default
        for name, schema in properties.items()
        if (default := contract.resolve(schema).get("default")) is not None
    }
    fields = {**defaults, **{name: value for name, value in body.items() if value is not None}}
    seed, form = fields.get("seed"), fields.get("output_format")
    return Order(
        fields=fields,
        size=_size(fields.get("image_size"), contract.resolve(properties.get("image_size"))),
        count=int(count) if isinstance(count := fields.get("num_images"), (int, float)) else 1,
        format=form if isinstance(form, str) and form in FORMATS else "jpeg",
        seed=int(seed) if isinstance(seed, (int, float)) else secrets.randbelow(_SEED_END),
        inline=fields.get("sync_mode") is True,
    )


def _size(wanted: object, schema: Schema) -> Size:
    if isinstance(wanted, Mapping):
        width, height = wanted.get("width", 512), wanted.get("height", 512)
        return (int(width), int(height))
    if isinstance(wanted, str) and (ratio := _RATIO.fullmatch(wanted)):
        across, down = int(ratio[1]), int(ratio[2])
        scale = _LONG_SIDE / max(across, down, 1)
        return max(1, round(across * scale)), max(1, round(down * scale))
    default = schema.get("default")
    return PRESETS.get(str(wanted), PRESETS.get(str(default), PRESETS["landscape_4_3"]))


@dataclass
class OutputBuilder:
    """Builds one output; `origin` is the address its files are served under."""

    contract: Contract
    files: FileStore
    origin: str
    order: Order
    source: bytes
    run_seconds: float
    max_megapixels: float
    _made: int = field(default=0)

    def build(self, schema: Schema, name: str = "") -> object:
        """Return a value for a schema; `name` is the property it stands for.

        Raises PictureRefusedError if the pictures asked for are too large to draw.
        """
        schema = self._chosen(schema)
        kind = _kind(schema)
        if _is_file(schema):
            return self._file(schema, name)
        if kind == "array":
            return self._array(schema, name)
        if kind == "object":
            return self._object(schema, name)
        return self._scalar(schema, kind, name)

    def _chosen(self, schema: object) -> Schema:
        """Resolve a schema down to its first branch that is not null."""
        found = self.contract.resolve(schema)
        for word in ("oneOf", "anyOf"):
            for branch in _list(found.get(word)):
                inner = self.contract.resolve(branch)
                if inner.get("type") != "null":
                    return self._chosen(inner)
        return found

    def _array(self, schema: Schema, name: str) -> list[object]:
        """One item per picture asked for, within the bounds of the schema."""
        low, high = schema.get("minItems"), schema.get("maxItems")
        count = max(self.order.count, low if isinstance(low, int) else 0)
        count = min(count, high) if isinstance(high, int) else count
        return [self.build(self.contract.resolve(schema.get("items")), name) for _ in range(count)]

    def _object(self, schema: Schema, name: str) -> Mapping[str, object]:
        properties = self.contract.resolve(schema.get("properties"))
        if name == "timings":
            return dict.fromkeys(properties, self.run_seconds) or {"inference": self.run_seconds}
        return {
            key: self.build(self.contract.resolve(inner), key) for key, inner in properties.items()
        }

    def _scalar(self, schema: Schema, kind: str, name: str) -> object:
        """Echo an input of the same name; otherwise take const, default, enum, or the zero."""
        if name == "seed":
            return self.order.seed
        given = self.order.fields.get(name)
        if type(given) in _ECHOED.get(kind, ()):  # an input nobody documents may be of any type
            return given
        for word in ("const", "default"):
            if schema.get(word) is not None:
                return schema[word]
        if choices := _list(schema.get("enum")):
            return choices[0]
        zeros: Mapping[str, object] = {"string": "", "boolean": False, "integer": 0, "number": 0.0}
        return zeros.get(kind)

    def _file(self, schema: Schema, name: str) -> Mapping[str, object]:
        index, self._made = self._made, self._made + 1
        stored, suffix = self._stored(schema, name, index)
        served = self.files.add(stored, suffix)
        values: dict[str, object] = {
            "url": self._url(served, stored.content_type),
            "content_type": stored.content_type,
            "file_name": served,
            "width": self.order.size[0],
            "height": self.order.size[1],
        }
        properties = self.contract.resolve(schema.get("properties"))
        required = [str(key) for key in _list(schema.get("required"))]
        if "file_size" in required or self.order.inline:  # else it would cost drawing every file
            values["file_size"] = len(self.files.read(served))
        for key in required:
            if key not in values:
                values[key] = self.build(self.contract.resolve(properties.get(key)), key)
        return {key: values[key] for key in values if key in properties}

    def _stored(self, schema: Schema, name: str, index: int) -> tuple[StoredFile, str]:
        """Make a picture for a picture's schema, plain bytes where nothing can be drawn."""
        order = self.order
        if not _is_picture(schema, name):
            data = f"sandbox file, seed {order.seed}, number {index}\n".encode()
            return StoredFile("application/octet-stream", lambda: data), ".bin"
        check_size(order.size, self.max_megapixels)
        recipe = Recipe(self.source, order.size, order.seed, index, order.format)
        return StoredFile(FORMATS[order.format][1], recipe.render), f".{order.format}"

    def _url(self, served: str, content_type: str) -> str:
        if not self.order.inline:
            return f"{self.origin}/files/{served}"
        data = base64.b64encode(self.files.read(served)).decode()
        return f"data:{content_type};base64,{data}"


def _is_file(schema: Schema) -> bool:
    properties = schema.get("properties")
    found = properties if isinstance(properties, Mapping) else {}
    return "url" in found and bool({"content_type", "file_name", "width"} & set(found))


def _is_picture(schema: Schema, name: str) -> bool:
    properties = schema.get("properties")
    sized = isinstance(properties, Mapping) and {"width", "height"} <= set(properties)
    words = f"{name} {schema.get('title', '')}".lower()
    return "image" in words or (sized and "video" not in words)


def _kind(schema: Schema) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((item for item in kind if item != "null"), "null")
    return str(kind or ("object" if "properties" in schema else ""))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
