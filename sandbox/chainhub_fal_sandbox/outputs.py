"""A model's output, built by rule from the contract's output schema and the job's input."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from chainhub_fal_sandbox.artefacts import Studio
from chainhub_fal_sandbox.contract import Contract, Schema
from chainhub_fal_sandbox.files import FileStore
from chainhub_fal_sandbox.scalars import scalar

_ECHOED: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


@dataclass
class OutputBuilder:
    """Builds one output; `origin` is the address its files are served under."""

    contract: Contract
    files: FileStore
    origin: str
    studio: Studio
    run_seconds: float
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
        count = max(self.studio.order.count, low if isinstance(low, int) else 0)
        count = min(count, high) if isinstance(high, int) else count
        return [self.build(self.contract.resolve(schema.get("items")), name) for _ in range(count)]

    def _object(self, schema: Schema, name: str) -> Mapping[str, object]:
        properties = self.contract.resolve(schema.get("properties"))
        if not properties and isinstance(example := schema.get("example"), Mapping):
            return example
        if name == "timings":
            return dict.fromkeys(properties, self.run_seconds) or {"inference": self.run_seconds}
        return {
            key: self.build(self.contract.resolve(inner), key) for key, inner in properties.items()
        }

    def _scalar(self, schema: Schema, kind: str, name: str) -> object:
        """Echo an input of the same name; otherwise take what the schema names or allows."""
        if name == "seed":
            return self.studio.order.seed
        given = self.studio.order.fields.get(name)
        if type(given) in _ECHOED.get(kind, ()):  # an input nobody documents may be of any type
            return given
        return scalar(schema, kind)

    def _file(self, schema: Schema, name: str) -> Mapping[str, object]:
        index, self._made = self._made, self._made + 1
        made = self.studio.make(schema, name, index)
        served = self.files.add(made.stored, made.suffix)
        values: dict[str, object] = {
            "url": self._url(served, made.stored.content_type),
            "content_type": made.stored.content_type,
            "file_name": served,
        }
        if made.size is not None:
            values |= {"width": made.size[0], "height": made.size[1]}
        properties = self.contract.resolve(schema.get("properties"))
        required = [str(key) for key in _list(schema.get("required"))]
        # Else it would cost drawing every file.
        if "file_size" in required or self.studio.order.inline:
            values["file_size"] = len(self.files.read(served))
        for key in required:
            if key not in values:
                values[key] = self.build(self.contract.resolve(properties.get(key)), key)
        return {key: values[key] for key in values if key in properties}

    def _url(self, served: str, content_type: str) -> str:
        if not self.studio.order.inline:
            return f"{self.origin}/files/{served}"
        data = base64.b64encode(self.files.read(served)).decode()
        return f"data:{content_type};base64,{data}"


def _is_file(schema: Schema) -> bool:
    properties = schema.get("properties")
    found = properties if isinstance(properties, Mapping) else {}
    return "url" in found and bool({"content_type", "file_name", "width"} & set(found))


def _kind(schema: Schema) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((item for item in kind if item != "null"), "null")
    return str(kind or ("object" if "properties" in schema else ""))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
