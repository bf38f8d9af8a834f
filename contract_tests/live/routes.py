"""Which operation of the contract a method and an address mean, on a given server."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

import httpx

from ..contract import Contract, Operation


@dataclass(frozen=True)
class Place:
    """An operation, and the path values that an address gives it, decoded."""

    operation: Operation
    values: Mapping[str, str]


class Routes:
    """The contract's paths below the path of one base URL."""

    def __init__(self, contract: Contract, base_url: str) -> None:
        self._prefix = httpx.URL(base_url).path.rstrip("/")
        # Literal paths first: a parameter of another path may fit the same address.
        ordered = sorted(contract.operations.values(), key=lambda each: each.template.count("{"))
        self._patterns = [(re.compile(each.path_pattern), each) for each in ordered]

    def find(self, method: str, url: httpx.URL) -> Place | None:
        """Find the operation that a request means; None if the contract has none."""
        return next((at for at in self.at(_path(url)) if at.operation.method == method), None)

    def beneath(self, url: httpx.URL) -> set[str]:
        """Name the operations whose address is the beginning of a longer one, by whole segments."""
        below = _path(url).removeprefix(self._prefix)
        return {
            operation.operation_id
            for pattern, operation in self._patterns
            if (match := pattern.match(below)) and below[match.end() :].startswith("/")
        }

    def at(self, path: str) -> Iterator[Place]:
        """Yield every operation at an encoded path, whatever its method."""
        below = path.removeprefix(self._prefix)
        for pattern, operation in self._patterns:
            if match := pattern.fullmatch(below):
                values = {name: unquote(text) for name, text in match.groupdict().items()}
                yield Place(operation, values)


def _path(url: httpx.URL) -> str:
    return url.raw_path.partition(b"?")[0].decode("ascii")
