"""Mutants made from the contract: an answer with one keyword, header or media type broken."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import cast

import httpx

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.events import Blocks, data_of, event
from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.faults import Fault

from ..contract import X_EVENT, Contract, Operation
from ..events import is_event_stream
from ..schemas import Node, StrictJsonError, lookup, parse_json
from .mechanical_spots import Schemas, Spot
from .mechanical_values import Json
from .provider_mutant import Mutant
from .provider_world import World, contract

PREFIX = "mechanical"
_JSON = "application/json"
_OTHER_TYPE = "application/x-nobody-reads-this"
_HEADER_TEXTS = ("", "no such thing", "-1", "99-99")  # one of them breaks nearly any schema

Break = Callable[[Answer], Iterator[Answer]]


@dataclass(frozen=True)
class Mechanical:
    """One thing that the contract says of an answer, and how an answer breaks it."""

    name: str
    operation: Operation
    status: str
    why: str
    breaks: Break

    def is_about(self, answer: Answer) -> bool:
        """Tell whether an answer has the status that this is about."""
        return str(answer.status) == self.status

    def broken(self, answer: Answer) -> Answer | None:
        """Return the answer broken, as the contract's own validator confirms; None if it cannot be.

        What the contract allows after all, because a union has another branch for it, is not.
        """
        if not self.is_about(answer):
            return None
        changed = (each for each in self.breaks(answer) if self._refused(each))
        return next(changed, None)

    def mutant(self, world: World) -> Mutant:
        """Return it as a mutant that is tried in the world where such an answer is given."""

        def alter(answer: Answer, exchange: Exchange) -> Answer:
            endpoint = exchange.route.endpoint
            if endpoint is not None and endpoint.operation_id != self.operation.operation_id:
                return answer
            broken = self.broken(answer)
            if broken is None and answer.events is not None:
                return answer.reworked(partial(self._reworked, answer))
            return broken or answer

        fault = Fault(operation=self.operation.operation_id, alter=alter)
        return Mutant(
            self.name, "mechanical", self.why, lambda: (fault,), world.dialect, world.waiting
        )

    async def _reworked(self, answer: Answer, blocks: Blocks) -> Blocks:
        """Break each event of a stream that can be."""
        async for block in blocks:
            broken = self.broken(Answer(answer.status, block, answer.headers))
            yield block if broken is None else broken.body

    def _refused(self, answer: Answer) -> bool:
        response = httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body)
        return bool(self.operation.answer_problems(response))


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Mechanical]:
    """Return every mechanical mutant of the contract by its name."""
    return mechanical(contract())


def mechanical(found: Contract) -> Mapping[str, Mechanical]:
    """Make a mutant of everything that a contract says of an answer with a status of its own."""
    schemas = Schemas(found.document)
    every = [
        each
        for operation in found.operations.values()
        for status in map(str, operation.statuses)
        for each in _of_answer(found, schemas, operation, status)
    ]
    return {each.name: each for each in every}


def _of_answer(
    found: Contract, schemas: Schemas, operation: Operation, status: str
) -> Iterator[Mechanical]:
    about = f"{PREFIX}:{operation.operation_id}:{status}"
    answer = _answer(found, operation, status)
    content = cast("Node", answer.get("content", {}))
    for media_type, item in content.items():
        schema, write = cast("Node", item).get("schema", {}), _as_body
        if is_event_stream(media_type):
            schema, write = cast("Node", schema)[X_EVENT], event
        elif media_type.lower() != _JSON:
            continue
        for spot in schemas.spots(schema):
            why = f"an answer breaks the contract's {spot.keyword}"
            breaks = _body_breaks(schemas, schema, spot, write)
            yield Mechanical(f"{about}:{spot.words}", operation, status, why, breaks)
    if content:
        why = "an answer announces a media type that is not documented"
        yield Mechanical(f"{about}:media type", operation, status, why, _announces_another)
    for name in cast("Node", answer.get("headers", {})):
        yield from _of_header(f"{about}:header:{name}", operation, status, name.lower())


def _of_header(about: str, operation: Operation, status: str, name: str) -> Iterator[Mechanical]:
    def without(answer: Answer) -> Iterator[Answer]:
        yield answer.without_header(name)

    def otherwise(answer: Answer) -> Iterator[Answer]:
        if name in answer.headers:
            yield from (answer.with_headers({name: text}) for text in _HEADER_TEXTS)

    lost, wrong = "a promised header is gone", "a header breaks its schema"
    yield Mechanical(f"{about}:required", operation, status, lost, without)
    yield Mechanical(f"{about}:schema", operation, status, wrong, otherwise)


def _body_breaks(
    schemas: Schemas, schema: object, spot: Spot, write: Callable[[bytes], bytes]
) -> Break:
    def breaks(answer: Answer) -> Iterator[Answer]:
        held = held_by(answer)
        for changed in schemas.broken(schema, held[0], spot) if held else ():
            body = write(json.dumps(changed, ensure_ascii=False).encode())
            yield Answer(answer.status, body, answer.headers)

    return breaks


def held_by(answer: Answer) -> tuple[Json] | None:
    """Return the JSON of a body, or of the event that stands in its place; None if it has none."""
    try:
        return (parse_json(data_of(answer.body) or answer.body),)
    except StrictJsonError:
        return None


def _as_body(data: bytes) -> bytes:
    return data


def _announces_another(answer: Answer) -> Iterator[Answer]:
    yield answer.with_headers({"content-type": _OTHER_TYPE})


def _answer(found: Contract, operation: Operation, status: str) -> Node:
    """Return an answer as it stands in the document, its reference followed."""
    paths = cast("Mapping[str, Mapping[str, Node]]", found.document["paths"])
    answers = cast("Node", paths[operation.template][operation.method.lower()]["responses"])
    given = cast("Node", {str(code): each for code, each in answers.items()}[status])
    while "$ref" in given:
        given = lookup(found.document, str(given["$ref"]))
    return given
