"""Enums as the generator can take them: values that are no names get some."""

import re

from spec.nodes import Json, JsonMap


def enum(values: list[Json]) -> JsonMap:
    """Return the keywords of an enum, with `x-enum-varnames` where its values need them.

    Without, members are named by their number in the list, and two may become one.
    """
    keywords: JsonMap = {"enum": values}
    names = [_name(value) for value in values]
    plain = [str(value)[:1].isalpha() and str(value).isascii() for value in values]
    if any(isinstance(value, str) for value in values) and (
        not all(plain) or len(set(names)) < len(names)
    ):
        keywords["x-enum-varnames"] = [*_apart(names)]
    return keywords


def _name(value: Json) -> str:
    name = re.sub(r"[^A-Za-z0-9]+", "_", str(value)).strip("_").upper()
    return name if name[:1].isalpha() else f"VALUE_{name}".rstrip("_")


def _apart(names: list[str]) -> list[str]:
    """Give the names that are taken already a number."""
    seen: dict[str, int] = {}
    apart: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        apart.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return apart
