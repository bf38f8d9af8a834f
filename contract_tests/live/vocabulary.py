"""What a recording may say in clear: the words of the contract itself, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from ..contract import Contract
from ..suite.chains import chains

_LISTED = ("enum", "x-file-types")
_NUMERIC = {"integer", "number"}
_LENGTHS = ("minLength", "maxLength")
_SHORTEST_LIMIT = 256  # characters of a text whose exact length is kept


@dataclass(frozen=True)
class Vocabulary:
    """The contract's words, property names, names of numbers, media types and hosts.

    ``longest`` is the length, in characters, up to which a text keeps its own.
    """

    words: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]
    media_types: frozenset[str]
    hosts: frozenset[str]
    headers: frozenset[str]
    longest: int

    @classmethod
    def of(cls, contract: Contract, base_url: str) -> Self:
        """Read it off a contract; the server's own host may be named too."""
        nodes = list(_nodes(contract.document))
        fixed = {
            value
            for chain in chains(contract)
            for link in chain.links.values()
            for name, value in link.parameters.items()
            if name not in link.issued
        }
        contents = [
            content
            for operation in contract.operations.values()
            for content in (operation.body, *(each.content for each in operation.answers.values()))
        ]
        return cls(
            words=frozenset({*_words(nodes), *fixed}),
            names=frozenset(name for name, _ in _properties(nodes)),
            numbers=frozenset(name for name, schema in _properties(nodes) if _is_number(schema)),
            media_types=frozenset(name for content in contents for name in content.schemas),
            hosts=frozenset(filter(None, [_host(base_url), *map(_host, _texts(nodes))])),
            headers=frozenset(
                header.name.lower()
                for operation in contract.operations.values()
                for answer in operation.answers.values()
                for header in answer.headers
            ),
            longest=max([_SHORTEST_LIMIT, *(limit + 1 for limit in _limits(nodes))]),
        )


def _nodes(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, Mapping):
        yield value
    inner = value.values() if isinstance(value, Mapping) else value
    for each in inner if isinstance(value, Mapping | list) else ():  # type: ignore[attr-defined]
        yield from _nodes(each)


def _words(nodes: list[Mapping[str, object]]) -> Iterator[str]:
    for node in nodes:
        listed = [
            each for name in _LISTED if isinstance(found := node.get(name), list) for each in found
        ]
        for word in (*listed, node.get("const")):
            if isinstance(word, str):
                yield word


def _properties(nodes: list[Mapping[str, object]]) -> Iterator[tuple[str, object]]:
    for node in nodes:
        found = node.get("properties")
        yield from found.items() if isinstance(found, Mapping) else ()
        if "in" in node and "schema" in node:
            yield str(node["name"]), node["schema"]


def _is_number(schema: object) -> bool:
    types = schema.get("type", ()) if isinstance(schema, Mapping) else ()
    return bool(_NUMERIC & {types}) if isinstance(types, str) else bool(_NUMERIC & set(types))


def _limits(nodes: list[Mapping[str, object]]) -> Iterator[int]:
    for node in nodes:
        for keyword in _LENGTHS:
            if isinstance(limit := node.get(keyword), int):
                yield limit


def _texts(nodes: list[Mapping[str, object]]) -> Iterator[str]:
    for node in nodes:
        yield from (value for value in node.values() if isinstance(value, str))


def _host(text: str) -> str | None:
    if not text.startswith(("http://", "https://")) or any(sign.isspace() for sign in text):
        return None
    try:
        return urlsplit(text).hostname
    except ValueError:
        return None
