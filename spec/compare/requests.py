"""Compare what two operations take: parameters and the request body."""

from collections.abc import Iterator

from spec.compare.findings import Direction, Finding, Located, Pair, Position, Proof, listed, locate
from spec.compare.operations import Match, Operation
from spec.compare.schemas import Schemas
from spec.compare.values import dump
from spec.nodes import Json, JsonMap, Place, mapping

_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}


def parameters(match: Match) -> Iterator[Finding | Position]:
    """Yield what differs in the parameters."""
    old, new = match.old.parameters, match.new.parameters
    moved = {
        gone: come
        for gone in old.keys() - new.keys()
        for come in new.keys() - old.keys()
        if old[gone].node.get("name") == new[come].node.get("name")
    }
    proof = Proof({}, _demanded(old), _demanded(new))
    for key, parameter in old.items():
        other = new.get(moved.get(key, key))
        if other is None:
            place = (*match.new.place, "parameters")
            yield _found(match, "parameter-removed", parameter.place, place, _name(parameter))
        else:
            yield from _parameter(match, parameter, other, proof)
    for key, parameter in new.items():
        if key not in old and key not in moved.values():
            kind = "parameter-added-required" if _is_required(parameter) else "parameter-added"
            place = (*match.old.place, "parameters")
            yield _found(match, kind, place, parameter.place, _name(parameter), proof)


def _found(
    match: Match, kind: str, old: Place, new: Place, detail: str, proof: Proof | None = None
) -> Finding:
    return Finding(kind, old, new, detail, match.new.line, proof=proof)


def _demanded(found: dict[tuple[str, str], Located]) -> JsonMap:
    names: list[Json] = [" ".join(key) for key, it in found.items() if _is_required(it)]
    return {"type": "object", "required": names}


def _name(parameter: Located) -> str:
    return f"{parameter.node.get('in')} {parameter.node.get('name')}"


def _is_required(parameter: Located) -> bool:
    return parameter.node.get("required") is True


def _parameter(
    match: Match, old: Located, new: Located, proof: Proof
) -> Iterator[Finding | Position]:
    name = _name(new)
    if old.node.get("name") != new.node.get("name") and old.node.get("in") == "path":
        detail = f"{old.node.get('name')} -> {new.node.get('name')}"
        yield _found(match, "parameter-renamed", old.place, new.place, detail)
    if old.node.get("in") != new.node.get("in"):
        kind, detail = "parameter-moved", f"{_name(old)} -> {name}"
        yield _found(match, kind, old.place, new.place, detail)
    elif _style(old) != _style(new):
        yield _found(match, "parameter-style-changed", old.place, new.place, name)
    if _is_required(old) != _is_required(new):
        kind = "parameter-required" if _is_required(new) else "parameter-optional"
        yield _found(match, kind, old.place, new.place, name, proof)
    flags = [it.node.get("deprecated") is True for it in (old, new)]
    if flags[0] != flags[1]:
        kind = "parameter-deprecated" if flags[1] else "parameter-undeprecated"
        yield _found(match, kind, old.place, new.place, name)
    yield from values(match, old, new, name)


def values(match: Match, old: Located, new: Located, name: str) -> Iterator[Finding | Position]:
    """Yield the schemas of a parameter, given as such or by its media type."""
    sides = [(_media(match.old, old), old), (_media(match.new, new), new)]
    if sides[0][0] != sides[1][0]:
        yield _found(match, "parameter-style-changed", old.place, new.place, name)
        return
    schemas = [it if media is None else _child(it, "content", media) for media, it in sides]
    where = f"{match.new.line}: {name}"
    yield from schema_of(match, (schemas[0], schemas[1]), "request", where)


def _media(operation: Operation, parameter: Located) -> str | None:
    content = parameter.node.get("content")
    place = (*operation.place, "parameters")
    return None if content is None else next(iter(mapping(content, place)), None)


def _child(parameter: Located, *steps: str) -> Located:
    node = parameter.node
    for step in steps:
        node = mapping(node[step], parameter.place)
    return Located((*parameter.place, *steps), node)


def schema_of(
    match: Match, sides: tuple[Located, Located], direction: Direction, where: str
) -> Iterator[Finding | Position]:
    """Yield the position of two objects' schemas, or that only one of them has a schema."""
    old, new = sides
    has = "schema" in old.node, "schema" in new.node
    if all(has):
        pair = Pair(
            match.old.schemas.at((*old.place, "schema")),
            match.new.schemas.at((*new.place, "schema")),
        )
        yield Position(pair, direction, where)
    elif any(has):
        yield from _lone_schema(match, sides, direction, where, is_new=has[1])


def _lone_schema(
    match: Match, sides: tuple[Located, Located], direction: Direction, where: str, *, is_new: bool
) -> Iterator[Finding | Position]:
    """Compare a schema with none at all: anything goes there."""
    anything = Schemas({"paths": {}, "components": {"schemas": {"anything": {}}}})
    free = anything.at(("components", "schemas", "anything"))
    owner = (match.new if is_new else match.old).schemas
    given = owner.at((*sides[is_new].place, "schema"))
    pair = Pair(free, given) if is_new else Pair(given, free)
    if not given.takes_anything:
        kind = "schema-introduced" if is_new else "schema-lifted"
        yield Finding(kind, sides[0].place, sides[1].place, "", where, pair, direction=direction)


def body(match: Match) -> Iterator[Finding | Position]:
    """Yield what differs in the request body."""
    old, new = (
        locate(side.document, (*side.place, "requestBody")) if "requestBody" in side.node else None
        for side in match
    )
    if old is None and new is None:
        return
    proof = Proof({}, _body_demanded(old), _body_demanded(new))
    if old is None:
        kind = "body-added-required" if new and _is_required(new) else "body-added"
        yield match.at(kind, "requestBody", proof=proof)
    elif new is None:
        yield match.at("body-removed", "requestBody")
    else:
        if _is_required(old) != _is_required(new):
            kind = "body-required" if _is_required(new) else "body-optional"
            yield match.at(kind, "requestBody", "required", proof=proof)
        yield from _media_types(match, old, new)


def _body_demanded(found: Located | None) -> JsonMap:
    return {"type": "object", "required": ["body"] if found and _is_required(found) else []}


def _media_types(match: Match, old: Located, new: Located) -> Iterator[Finding | Position]:
    before, after = contents(old), contents(new)
    for name in [*before, *(name for name in after if name not in before)]:
        if name not in after:
            proof = Proof(name, listed(before), listed(after))
            place = (*new.place, "content")
            yield _found(match, "body-media-type-removed", before[name].place, place, name, proof)
        elif name not in before:
            place = (*old.place, "content")
            yield _found(match, "body-media-type-added", place, after[name].place, name)
        else:
            sides = before[name], after[name]
            if dump(sides[0].node.get("encoding")) != dump(sides[1].node.get("encoding")):
                yield _found(match, "encoding-changed", sides[0].place, sides[1].place, name)
            yield from schema_of(match, sides, "request", f"{match.new.line}: request body")


def contents(found: Located) -> dict[str, Located]:
    """Return the media types of a body or an answer, by name in lower case."""
    place = (*found.place, "content")
    content = mapping(found.node.get("content") or {}, place)
    return {
        name.lower(): Located((*place, name), mapping(node, (*place, name)))
        for name, node in content.items()
    }


def _style(parameter: Located) -> tuple[Json, Json, Json]:
    default = _STYLES.get(str(parameter.node.get("in")), "form")
    style = parameter.node.get("style", default)
    explode = parameter.node.get("explode", style == "form")
    return style, explode, parameter.node.get("allowReserved", False)
