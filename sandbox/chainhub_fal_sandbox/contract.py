"""The contract as the sandbox reads it: which endpoints there are and what their schemas say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import jsonschema_rs
import yaml

# Declared here and not imported: the parser in C is ten times faster, but not built everywhere.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Schema = Mapping[str, object]
_EMPTY: Schema = {}
_PICTURES = frozenset({"jpg", "jpeg", "png", "webp", "gif", "avif"})


class ContractError(ValueError):
    """The contract cannot be served; the message names the place."""


@dataclass(frozen=True, eq=False)
class Endpoint:
    """One model: the operation that submits to it, and its input and output by reference."""

    endpoint_id: str
    path: str
    operation_id: str
    input_schema: Schema
    output_schema: Schema
    picture_fields: tuple[str, ...]
    validator: jsonschema_rs.Draft202012Validator


@dataclass(frozen=True, eq=False)
class Contract:
    """The whole document, its endpoints by path, and the kind of each operation by its id."""

    document: Schema
    endpoints: Mapping[str, Endpoint]
    kinds: Mapping[str, str] = field(default_factory=dict)

    def resolve(self, schema: object) -> Schema:
        """Follow `$ref` and a lone branch of `allOf`; anything that is no schema is empty."""
        found = schema if isinstance(schema, Mapping) else _EMPTY
        reference = found.get("$ref")
        if isinstance(reference, str):
            return self.resolve(_at(self.document, reference))
        branches = found.get("allOf")
        if isinstance(branches, list) and len(branches) == 1:
            return {**self.resolve(branches[0]), **{k: v for k, v in found.items() if k != "allOf"}}
        return found

    def operation_id(self, kind: str) -> str | None:
        """Return the operation id of a kind that has one operation for all models."""
        return next((name for name, known in self.kinds.items() if known == kind), None)


def find_contract() -> Path:
    """Find the contract of this package: beside it when installed, at the root in a checkout.

    Raises FileNotFoundError, naming both places, if it is in neither.
    """
    package = Path(__file__).parent
    places = (package / "openapi.yaml", package.parent.parent / "openapi.yaml")
    for place in places:
        if place.is_file():
            return place
    raise FileNotFoundError(
        f"no contract at {places[0]} or {places[1]}: build openapi.yaml, or name one in Settings"
    )


def load_contract(path: Path | None = None) -> Contract:
    """Read a contract; one that has not changed since is read once.

    Raises FileNotFoundError if there is none, ContractError if it holds no endpoint to serve.
    """
    place = path or find_contract()
    return _load(place, place.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _load(path: Path, _changed_at: int) -> Contract:
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - safe one
    if not isinstance(document, dict):
        raise ContractError(f"{path} is no OpenAPI document: it holds no mapping")
    return read_contract(document, str(path))


def read_contract(document: Schema, name: str = "the contract") -> Contract:
    """Find the endpoints of a document; raises ContractError if it has none, naming it."""
    endpoints: dict[str, Endpoint] = {}
    kinds: dict[str, str] = {}
    for path, method, operation in _operations(document):
        operation_id = str(operation.get("operationId", f"{method} {path}"))
        endpoint_id = operation.get("x-endpoint-id")
        if isinstance(endpoint_id, str):
            endpoints[path] = _endpoint(document, path, operation_id, operation)
            kinds[operation_id] = "submit"
        elif kind := _queue_kind(path, method):
            kinds[operation_id] = kind
    if not endpoints:
        raise ContractError(
            f"{name} has no operation with x-endpoint-id: there is nothing to serve"
        )
    return Contract(document, endpoints, kinds)


def _operations(document: Schema) -> Iterator[tuple[str, str, Schema]]:
    paths = document.get("paths")
    for path, item in (paths if isinstance(paths, Mapping) else _EMPTY).items():
        methods = item if isinstance(item, Mapping) else _EMPTY
        for method in ("get", "put", "post", "delete"):
            if isinstance(operation := methods.get(method), Mapping):
                yield path, method, operation


def _queue_kind(path: str, method: str) -> str | None:
    _, _, tail = path.partition("/requests/{request_id}")
    kinds = {
        ("get", ""): "result",
        ("get", "/status"): "status",
        ("get", "/status/stream"): "stream",
        ("put", "/cancel"): "cancel",
    }
    return kinds.get((method, tail)) if "/requests/{request_id}" in path else None


def _endpoint(document: Schema, path: str, operation_id: str, operation: Schema) -> Endpoint:
    where = f"#/paths/{path.replace('/', '~1')}/post/requestBody/content/application~1json/schema"
    output = operation.get("x-output")
    contract = Contract(document, {})
    input_schema = contract.resolve({"$ref": where})
    return Endpoint(
        endpoint_id=str(operation["x-endpoint-id"]),
        path=path,
        operation_id=operation_id,
        input_schema=input_schema,
        output_schema=contract.resolve({"$ref": output} if isinstance(output, str) else output),
        picture_fields=_picture_fields(contract, input_schema),
        validator=_validator(document, where),
    )


def _picture_fields(contract: Contract, input_schema: Schema) -> tuple[str, ...]:
    """Name the inputs that take a picture, alone or in a list; those for films are none."""
    properties = contract.resolve(input_schema.get("properties"))
    return tuple(
        name
        for name, schema in properties.items()
        if isinstance(schema, Mapping)
        and _PICTURES & {*_types(schema), *_types(contract.resolve(schema.get("items")))}
    )


def _types(schema: Schema) -> list[str]:
    listed = schema.get("x-file-types")
    return [str(name).lower() for name in listed] if isinstance(listed, list) else []


def _validator(document: Schema, where: str) -> jsonschema_rs.Draft202012Validator:
    schema = {"$ref": where, "paths": document["paths"], "components": document.get("components")}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def _at(document: Schema, reference: str) -> object:
    """Look a local JSON pointer up; raises ContractError if it leads nowhere."""
    found: object = document
    for step in reference.removeprefix("#/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(found, Mapping) or name not in found:
            raise ContractError(f"{reference} leads nowhere in the contract: no {name!r}")
        found = found[name]
    return found
