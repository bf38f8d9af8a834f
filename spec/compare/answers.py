"""Compare what two operations answer: statuses, media types, headers, links, a job's output."""

from collections.abc import Iterator

from spec.compare.findings import Finding, Located, Pair, Position, Proof, listed, locate
from spec.compare.operations import Match, Operation
from spec.compare.parts import target
from spec.compare.requests import contents, schema_of
from spec.compare.values import dump
from spec.derive import OUTPUT
from spec.nodes import JsonMap, mapping

_SUCCESS = ("1", "2", "3")


def answers(match: Match) -> Iterator[Finding | Position]:
    """Yield what differs in the answers."""
    old, new = _statuses(match.old), _statuses(match.new)
    for status in old:
        if status not in new:
            yield from _removed(match, status, old, new)
        else:
            yield from _answer(match, status, old[status], new[status])
    for status in [status for status in new if status not in old]:
        yield from _added(match, status, old, new)


def _statuses(operation: Operation) -> dict[str, Located]:
    place = (*operation.place, "responses")
    found = mapping(operation.node.get("responses") or {}, place)
    known = (str(status) for status in found if not str(status).startswith("x-"))
    return {status: locate(operation.document, (*place, status)) for status in known}


def _is_success(status: str) -> bool:
    return status.startswith(_SUCCESS)


def _covering(status: str, known: dict[str, Located]) -> str | None:
    """Return the range or the default that spoke for a status before it had its own entry."""
    wider = (f"{status[0]}XX", f"{status[0]}xx", "default")
    return next((name for name in wider if name in known and name != status), None)


def _added(
    match: Match, status: str, old: dict[str, Located], new: dict[str, Located]
) -> Iterator[Finding | Position]:
    covering = _covering(status, old)
    kind = "error-status-added"
    if covering is None and _is_success(status):
        kind = "success-status-added"
    proof = Proof(status, listed(old), listed(new))
    yield match.at(kind, "responses", status, detail=status, proof=proof)
    if covering is not None:
        yield from _answer(match, status, old[covering], new[status])


def _removed(
    match: Match, status: str, old: dict[str, Located], new: dict[str, Located]
) -> Iterator[Finding | Position]:
    kind = "error-status-removed"
    if _is_success(status):
        is_last = not any(_is_success(other) for other in new)
        kind = "last-success-status-removed" if is_last else "success-status-removed"
    yield match.at(kind, "responses", status, detail=status)
    covering = _covering(status, new)
    if covering is not None:
        yield from _answer(match, status, old[status], new[covering])


def _answer(match: Match, status: str, old: Located, new: Located) -> Iterator[Finding | Position]:
    where = f"{match.new.line}: {status}"
    yield from _media_types(match, where, old, new)
    yield from _headers(match, where, old, new)
    yield from _links(where, old, new)


def _media_types(
    match: Match, where: str, old: Located, new: Located
) -> Iterator[Finding | Position]:
    before, after = contents(old), contents(new)
    if bool(before) != bool(after):
        kind = "answer-body-added" if after else "answer-body-removed"
        yield Finding(kind, old.place, new.place, ", ".join([*before, *after]), where)
        return
    for name in before:
        if name not in after:
            # Readers say what they want in a request, so a removal is felt as callers feel it.
            proof = Proof(name, listed(after), listed(before))
            place = (*new.place, "content")
            kind = "answer-media-type-removed"
            yield Finding(kind, before[name].place, place, name, where, proof=proof)
        else:
            yield from schema_of(match, (before[name], after[name]), "response", where)
    for name in [name for name in after if name not in before]:
        place = (*old.place, "content")
        yield Finding("answer-media-type-added", place, after[name].place, name, where)
    first = next(iter(before), ""), next(iter(after), "")
    if first[0] != first[1] and first[0] in after:
        detail = " -> ".join(first)
        yield Finding("answer-media-type-first", old.place, new.place, detail, where)


def _headers(match: Match, where: str, old: Located, new: Located) -> Iterator[Finding | Position]:
    before = _named(match.old.document, old, "headers")
    after = _named(match.new.document, new, "headers")
    demanded = [_demanded(found) for found in (before, after)]
    proof = Proof({}, *demanded)
    for name, header in before.items():
        if name not in after:
            is_required = header.node.get("required") is True
            kind = "header-removed-required" if is_required else "header-removed"
            yield Finding(kind, header.place, new.place, name, where, proof=proof)
            continue
        flags = [found[name].node.get("required") is True for found in (before, after)]
        if flags[0] != flags[1]:
            kind = "header-required" if flags[1] else "header-optional"
            yield Finding(kind, header.place, after[name].place, name, where, proof=proof)
        sides = header, after[name]
        yield from schema_of(match, sides, "response", f"{where} header {name}")
    for name in [name for name in after if name not in before]:
        yield Finding("header-added", old.place, after[name].place, name, where)


def _demanded(headers: dict[str, Located]) -> JsonMap:
    names = [name for name, it in headers.items() if it.node.get("required") is True]
    return {"type": "object", "required": [*names]}


def _named(document: JsonMap, found: Located, key: str) -> dict[str, Located]:
    place = (*found.place, key)
    named = mapping(found.node.get(key) or {}, place)
    every = {name.lower(): locate(document, (*place, name)) for name in named}
    return {name: it for name, it in every.items() if (key, name) != ("headers", "content-type")}


def _links(where: str, old: Located, new: Located) -> Iterator[Finding]:
    before, after = (mapping(it.node.get("links") or {}, it.place) for it in (old, new))
    for name in [*before, *(name for name in after if name not in before)]:
        places = [(*it.place, "links", name) for it in (old, new)]
        if name not in after:
            yield Finding("link-removed", places[0], new.place, name, where)
        elif name not in before:
            yield Finding("link-added", old.place, places[1], name, where)
        elif _leading(before[name]) != _leading(after[name]):
            yield Finding("link-changed", places[0], places[1], name, where)


def _leading(link: object) -> list[str]:
    """Return what a link does, without words and evidence."""
    keys = ("$ref", "operationId", "operationRef", "parameters", "requestBody", "server")
    return [dump(link.get(key)) for key in keys] if isinstance(link, dict) else []


def output(match: Match) -> Iterator[Finding | Position]:
    """Yield what differs in what a finished job returns."""
    old, new = (side.node.get(OUTPUT) for side in match)
    if old is None and new is None:
        return
    if old is None or new is None:
        yield match.at("output-added" if old is None else "output-removed", OUTPUT)
        return
    places = [target(found, side.place) for found, side in zip((old, new), match, strict=True)]
    pair = Pair(match.old.schemas.at(places[0]), match.new.schemas.at(places[1]))
    yield Position(pair, "response", f"{match.new.line}: output")
