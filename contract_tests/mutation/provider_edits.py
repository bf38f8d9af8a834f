"""The pieces that mutants are made of: changes of an answer, of a request, and of a memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.exchange import QUEUE_KINDS, Exchange
from chainhub_fal_sandbox.faults import Alteration, Fault
from chainhub_fal_sandbox.rules import Rules

Body = dict[str, Any]  # whatever the sandbox answers: JSON
Edit = Callable[[Body], object]
GOOD = (200, 202)
JOB_ROUTES = tuple(kind for kind in QUEUE_KINDS if kind != "submit")


def alters(operation: str, alter: Alteration) -> Fault:
    """Change every answer of an operation."""
    return Fault(operation=operation, alter=alter)


def edits(operation: str, edit: Edit, *statuses: int) -> Fault:
    """Change the JSON object of answers with these statuses; none given: the good ones."""
    return alters(operation, only(statuses or GOOD, lambda answer, _: answer.edited(edit)))


def only(statuses: tuple[int, ...], alter: Alteration) -> Alteration:
    """Change answers with these statuses alone."""
    return lambda answer, exchange: alter(answer, exchange) if answer.status in statuses else answer


def recodes(operation: str, old: int, new: int) -> Fault:
    """Answer with another status, and the same body."""
    return alters(operation, only((old,), lambda answer, _: replace(answer, status=new)))


def replaces(operation: str, old: int, answer: Answer) -> Fault:
    """Answer something else instead of a status."""
    return alters(operation, only((old,), lambda *_: answer))


def announces(media_type: str) -> Alteration:
    """Announce another media type; an empty one announces none."""

    def alter(answer: Answer, _: Exchange) -> Answer:
        if not media_type:
            return answer.without_header("content-type")
        return answer.with_headers({"content-type": media_type})

    return alter


def types(operation: str, media_type: str, *statuses: int) -> Fault:
    """Announce another media type for answers with these statuses; none given: the good ones."""
    return alters(operation, only(statuses or GOOD, announces(media_type)))


def heads(operation: str, name: str, value: str, *statuses: int) -> Fault:
    """Send another header."""
    alter: Alteration = lambda answer, _: answer.with_headers({name: value})  # noqa: E731
    return alters(operation, only(statuses or GOOD, alter))


def beheads(operation: str, name: str, *statuses: int) -> Fault:
    """Leave a header out."""
    return alters(operation, only(statuses, lambda answer, _: answer.without_header(name)))


def writes(operation: str, edit: Callable[[bytes], bytes], *statuses: int) -> Fault:
    """Change the bytes of a body, for what no JSON writer would write."""
    return alters(
        operation,
        only(statuses or GOOD, lambda answer, _: replace(answer, body=edit(answer.body))),
    )


def sets(name: str, value: object) -> Edit:
    """Set a field."""
    return lambda body: body.update({name: value})


def drops(name: str) -> Edit:
    """Leave a field out."""
    return lambda body: body.pop(name, None)


def output(edit: Edit) -> Edit:
    """Change a model's output, and no status body that stands in its place."""
    return lambda body: None if "status" in body else edit(body)


def resets(name: str, value: object) -> Edit:
    """Change a field that is there."""
    return lambda body: body.update({name: value}) if name in body else None


def each_file(edit: Edit) -> Edit:
    """Change every file of an output, wherever the model puts it."""
    return output(lambda body: [edit(found) for found in list(_files(body))])


def _files(value: object) -> Iterator[Body]:
    if isinstance(value, dict):
        if "url" in value:
            yield value
        for inner in value.values():
            yield from _files(inner)
    if isinstance(value, list):
        for inner in value:
            yield from _files(inner)


def each_list(edit: Callable[[list[Any]], object]) -> Edit:
    """Change every list of files in an output."""

    def change(body: Body) -> None:
        for value in body.values():
            if isinstance(value, list) and any(True for _ in _files(value)):
                edit(value)

    return output(change)


def reads(operation: str, edit: Callable[[Exchange], object]) -> Fault:
    """Change a request as it comes in, before anything but its route has been looked at."""

    def bend(rules: Rules) -> Rules:
        def authorised(exchange: Exchange) -> bool:
            edit(exchange)
            return rules.authorised(exchange)

        return replace(rules, authorised=authorised)

    return Fault(operation=operation, bend=bend)


def every(number: int, alter: Alteration) -> Alteration:
    """Change one answer in ``number``, to any request that is let in."""
    seen = Counter[str]()

    def sometimes(answer: Answer, exchange: Exchange) -> Answer:
        if answer.status not in GOOD:
            return answer
        seen["answers"] += 1
        return answer if seen["answers"] % number else alter(answer, exchange)

    return sometimes


def from_read(number: int, alter: Alteration) -> Alteration:
    """Change the answers about a job from the ``number``-th good one about it."""
    seen = Counter[str]()

    def later(answer: Answer, exchange: Exchange) -> Answer:
        if answer.status not in GOOD:
            return answer
        seen[exchange.route.name] += 1
        return alter(answer, exchange) if seen[exchange.route.name] >= number else answer

    return later


def until_read(number: int, alter: Alteration) -> Alteration:
    """Change the first ``number`` good answers about a job."""
    seen = Counter[str]()

    def sooner(answer: Answer, exchange: Exchange) -> Answer:
        if answer.status not in GOOD:
            return answer
        seen[exchange.route.name] += 1
        return alter(answer, exchange) if seen[exchange.route.name] <= number else answer

    return sooner


def error(status: int) -> Alteration:
    """Answer an error in a documented shape."""
    return lambda *_: Answer.json(status, {"detail": "Internal Server Error"})


def missing() -> Alteration:
    """Answer that there is no such job."""
    return lambda *_: Answer.json(404, {"status": "NOT_FOUND"})


def says(**fields: object) -> Alteration:
    """Answer with other fields."""
    return lambda answer, _: answer.edited(lambda body: body.update(fields))
