"""Which mechanical mutants can be tried, and where: by the answers an unbroken sandbox gives."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.contract import load_contract
from chainhub_fal_sandbox.events import Blocks, data_of
from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.faults import Fault

from .mechanical import Mechanical, held_by
from .mechanical_values import Json
from .provider_world import WORLDS, World, examine_world, load_layer

Given = Mapping[World, Mapping[str, Sequence[Answer]]]
"""The different answers of each operation, by the world that gave them; of a stream, its events."""

UNREACHED = "out of reach: the sandbox gives this status only when told"
ABSENT = "no answer of this status holds it"
ALLOWED = "the contract allows what comes of it"


@dataclass(frozen=True)
class Plan:
    """Where each mutant that can be tried is tried, and why the others cannot, by their names."""

    worlds: Mapping[str, World] = field(default_factory=dict)
    skipped: Mapping[str, str] = field(default_factory=dict)


def planned(mutants: Iterable[Mechanical], given: Given) -> Plan:
    """Choose for each mutant the first world that gave an answer it can break."""
    worlds: dict[str, World] = {}
    skipped: dict[str, str] = {}
    for each in mutants:
        own = {
            world: [it for it in by_name.get(each.operation.operation_id, ()) if each.is_about(it)]
            for world, by_name in given.items()
        }
        world = next((world for world, found in own.items() if any(map(each.broken, found))), None)
        if world is not None:
            worlds[each.name] = world
        else:
            skipped[each.name] = _reason(each, [it for found in own.values() for it in found])
    return Plan(worlds, skipped)


def _reason(mutant: Mechanical, given: Sequence[Answer]) -> str:
    if not given:
        return UNREACHED
    return ALLOWED if any(True for it in given for _ in mutant.breaks(it)) else ABSENT


def answers(layer: str, jobs: int) -> Given:
    """Let a layer, by its module, walk through every unbroken world, ``jobs`` at a time.

    Returns what it was answered.
    """
    # Not forked: a fork of a process with threads may hang, and warns from Python 3.12 on.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as processes:
        found = processes.map(_answers_in, WORLDS, [layer] * len(WORLDS))
        return dict(zip(WORLDS, found, strict=True))


def _answers_in(world: World, layer: str) -> dict[str, list[Answer]]:
    """Note one answer of each shape; which values fill it decides nothing."""
    module = load_layer(layer)
    names = {kind: name for name, kind in load_contract().kinds.items()}
    seen: dict[str, dict[object, Answer]] = {}

    def note(answer: Answer, exchange: Exchange) -> Answer:
        endpoint = exchange.route.endpoint
        name = endpoint.operation_id if endpoint else names[exchange.route.kind]
        if answer.events is not None:
            return answer.reworked(lambda blocks: note_each(name, answer, blocks))
        keep(name, answer)
        return answer

    async def note_each(name: str, answer: Answer, blocks: Blocks) -> Blocks:
        async for block in blocks:
            if data_of(block) is not None:
                keep(name, Answer(answer.status, block, answer.headers))
            yield block

    def keep(name: str, answer: Answer) -> None:
        shape = answer.status, tuple(sorted(answer.headers)), _shape_of_body(answer)
        seen.setdefault(name, {}).setdefault(shape, answer)

    if module is not None:
        examine_world(module, world, [Fault(alter=note)], seed=1, first=False)
    return {name: list(by_shape.values()) for name, by_shape in seen.items()}


def _shape_of_body(answer: Answer) -> object:
    held = held_by(answer)
    return _shape(held[0]) if held else answer.body


def _shape(value: Json) -> object:
    if isinstance(value, dict):
        return frozenset((name, _shape(inner)) for name, inner in value.items())
    if isinstance(value, list):
        return "list", frozenset(map(_shape, value))
    return type(value)
