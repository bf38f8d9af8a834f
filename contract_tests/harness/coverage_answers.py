"""What answers were held to: notes the keywords that each answer reached, and lays them out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import cast

import httpx

from ..contract import X_EVENT, Contract, Operation
from ..events import EventsError, is_event_stream, read_events
from ..schemas import Node, StrictJsonError, parse_json
from ..suite.chains import node_of
from ..suite.samples import Samples
from .coverage import Grid, Mark, grid_of, mark
from .coverage_schemas import Keywords
from .findings import Ledger

_JSON = "application/json"


@dataclass(frozen=True)
class _Watched(Operation):
    """An operation whose answers, whenever they are checked, are noted keyword by keyword."""

    contract: Contract
    keywords: Keywords
    ledger: Ledger

    def answer_problems(self, response: httpx.Response) -> list[str]:
        """Say what the contract does not allow, and note what it speaks of."""
        for place, keyword in self._reached(response):
            self.ledger.read(self.operation_id, response.status_code, place, keyword)
        return super().answer_problems(response)

    def _reached(self, response: httpx.Response) -> set[tuple[str, str]]:
        found = _documented(self.contract, self, response.status_code)
        reached = {
            (f"header.{name}{place}", keyword)
            for name, schema in _headers(self.contract, found).items()
            if name in response.headers
            for place, keyword in self.keywords.of(schema)
        }
        about, schema = _held(found)
        for value in _values(response) if schema is not None else ():
            reached |= {(f"{about}{place}", it) for place, it in self.keywords.of(schema, value)}
        return reached


def _values(response: httpx.Response) -> Iterator[object]:
    """Yield what a body of JSON holds, or each event of a stream; what cannot be read is none."""
    content_type = response.headers.get("content-type", "")
    with suppress(EventsError, StrictJsonError):
        if is_event_stream(content_type):
            yield from (parse_json(data.encode()) for data in read_events(response.content).data)
        elif _JSON in content_type:
            yield parse_json(response.content)


def watched(contract: Contract, ledger: Ledger) -> Contract:
    """Return the same contract; what its operations check is noted in a ledger."""
    keywords = Keywords(contract)
    return replace(
        contract,
        operations={
            name: _Watched(
                **{field.name: getattr(operation, field.name) for field in fields(Operation)},
                contract=contract,
                keywords=keywords,
                ledger=ledger,
            )
            for name, operation in contract.operations.items()
        },
    )


def answers(contract: Contract, operation: Operation, ledger: Ledger) -> list[Grid]:
    """Return places by keywords for the statuses that were met, those of one schema together."""
    keywords, name = Keywords(contract), operation.operation_id
    met = sorted(status for (of, status), count in ledger.answers.items() if of == name and count)
    alike: dict[tuple[tuple[str, str], ...], list[int]] = defaultdict(list)
    for status in met:
        declared = tuple(dict.fromkeys(_declared(contract, operation, status, keywords)))
        if declared:
            alike[declared].append(status)
    return [
        grid_of(
            f"{name} {' '.join(map(str, together))}",
            "what its answers hold",
            _marks(declared, together, name, ledger),
            first="type",
        )
        for declared, together in alike.items()
    ]


def _marks(
    declared: tuple[tuple[str, str], ...], together: list[int], name: str, ledger: Ledger
) -> Iterator[tuple[str, str, Mark]]:
    for place, keyword in declared:
        count = sum(ledger.reads[name, status, place, keyword] for status in together)
        column, _, member = keyword.partition("=")
        yield place, column, mark(member, count)


def _declared(
    contract: Contract, operation: Operation, status: int, keywords: Keywords
) -> Iterator[tuple[str, str]]:
    found = _documented(contract, operation, status)
    for name, schema in _headers(contract, found).items():
        yield from ((f"header.{name}{place}", keyword) for place, keyword in keywords.of(schema))
    about, schema = _held(found)
    if schema is not None:
        yield from ((f"{about}{place}", keyword) for place, keyword in keywords.of(schema))


def _documented(contract: Contract, operation: Operation, status: int) -> Node:
    """Return what the document says about a status; nothing if it is not documented."""
    responses = cast("Node", node_of(contract, operation)["responses"])
    by_name = {str(name): answer for name, answer in responses.items()}
    names = (str(status), f"{status // 100}XX", "default")
    found = next((by_name[name] for name in names if name in by_name), None)
    return Samples(contract.document).resolve(found)


def _headers(contract: Contract, found: Node) -> Mapping[str, object]:
    follow = Samples(contract.document).resolve
    headers = cast("Node", found.get("headers", {}))
    return {name: follow(header).get("schema") for name, header in headers.items()}


def _held(found: Node) -> tuple[str, object]:
    """Return how a body, or an event of a stream, is called and what it is held to, if anything."""
    content = cast("Mapping[str, Node]", found.get("content", {}))
    for name, media_type in content.items():
        if is_event_stream(name):
            return "event", cast("Node", media_type["schema"])[X_EVENT]
    return "body", content.get(_JSON, {}).get("schema")
