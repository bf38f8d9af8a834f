"""Runs every endpoint once against a server: ``python -m PACKAGE.smoke BASE_URL`` (a sandbox).

It comes along with a copy of the client, and shows that the copy works where it lies.
"""

from __future__ import annotations

import asyncio
import base64
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from chainhub_fal import ENDPOINT_IDS, AsyncClient, Client, Endpoint, find_endpoint

Schema = Mapping[str, object]

_ADDRESS = "https://pictures.example/smoke.png"
_TEXT = "a quiet morning by the sea"
_PICTURE = base64.b64decode(  # two pixels by two
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEklEQVR42mM4EaChEXCCAUIBACMOBQF+4/3VAAAAAElFTkSu"
    "QmCC"
)


def main(arguments: Sequence[str]) -> int:
    """Run each endpoint in both colours and save its files; returns 0, or raises what failed."""
    if len(arguments) != 1:
        sys.stderr.write("smoke: give the base URL of a sandbox; API_KEY holds its key\n")
        return 2
    url, key = arguments[0], os.environ.get("API_KEY", "sandbox-key")
    for name in ENDPOINT_IDS:
        endpoint = find_endpoint(name)
        with tempfile.TemporaryDirectory() as folder:
            with Client(base_url=url, api_key=key) as client:
                count = _sound(client.run(endpoint, **inputs_of(endpoint)).save(folder))
            asyncio.run(_run_async(endpoint, folder, url, key))
        sys.stdout.write(f"smoke: {name} gave {count} file(s), twice\n")
    return 0


async def _run_async(endpoint: Endpoint[..., object], folder: str, url: str, key: str) -> None:
    async with AsyncClient(base_url=url, api_key=key) as client:
        result = await client.run(endpoint, **inputs_of(endpoint))
        _sound(await result.save(folder))


def _sound(paths: Sequence[Path]) -> int:
    empty = [path.name for path in paths if not path.stat().st_size]
    if not paths or empty:
        raise AssertionError(f"no file was saved, or empty ones: {empty}")
    return len(paths)


def inputs_of(endpoint: Endpoint[..., object]) -> dict[str, object]:
    """Return the inputs that an endpoint requires, made by rule from its schema."""
    properties = cast("Mapping[str, Schema]", endpoint.input_schema.get("properties", {}))
    required = cast("Sequence[str]", endpoint.input_schema.get("required", ()))
    return {
        name: _value(properties.get(name, {}), is_file=name in endpoint.files) for name in required
    }


def _value(schema: Schema, *, is_file: bool) -> object:
    if schema.get("type") == "array":
        return [_value(cast("Schema", schema.get("items", {})), is_file=is_file)]
    if is_file:
        return _PICTURE
    for named in ("default", "const"):
        if named in schema:
            return schema[named]
    if "enum" in schema:
        return cast("Sequence[object]", schema["enum"])[0]
    return _of_type(schema)


def _of_type(schema: Schema) -> object:
    kind = schema.get("type")
    if kind in {"integer", "number"}:
        return schema.get("minimum", schema.get("maximum", 1))
    if kind == "boolean":
        return False
    if kind == "object":
        return {}
    return _ADDRESS if schema.get("format") == "uri" else _TEXT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
