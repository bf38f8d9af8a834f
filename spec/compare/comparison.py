"""Compare two contracts: every change, judged.

What is compared is meaning. References are followed and `allOf` is joined before anything is
compared; descriptions, examples, evidence, order, unused tags and spellings that allow the same
values are no changes.

A renamed component says nothing on the wire and is a note for users of the generated client, not
a break: they reach nested models through the operation that holds them. It is a break where the
component is what an operation's signature names: its body, its success answers, its job's output.
A component that disappears without a successor in the same position is a break for them, too.
"""

from collections.abc import Iterator

from spec.compare.access import security, servers
from spec.compare.answers import answers, output
from spec.compare.changes import Change, Comparison
from spec.compare.contracts import Contract
from spec.compare.findings import Finding, Pair, Position
from spec.compare.operations import Match, lone, matched, operations, own_fields
from spec.compare.requests import body, parameters
from spec.compare.values import dump
from spec.compare.verdicts import Judge
from spec.derive import OUTPUT, RESULT, submits
from spec.evidence import KEY
from spec.nodes import Json, JsonMap, at, mapping

_FIELDS = (own_fields, parameters, body, answers, security, output)
_SCHEMAS = ("components", "schemas")


def compare(old: Contract, new: Contract, only: frozenset[str] | None = None) -> Comparison:
    """Return every change from `old` to `new`, or those of some paths.

    Raises SpecError when either side cannot be compared: that is never "no change".
    """
    judge = Judge(old, new)
    before, after = (list(operations(side.schemas, only)) for side in (old, new))
    matches = list(matched(before, after))
    judge.take(lone(before, after, {side for match in matches for side in match}))
    for match in matches:
        for fields in _FIELDS:
            items = list(fields(match))
            judge.take(items)
            judge.take(_signature(match, items))
    if only is None:
        judge.take(_whole(old, new))
    _forget_told_names(judge)
    _forget_new_outputs(judge, old, new)
    changes = sorted(judge.changes(), key=_rank)
    is_reworded = dump(_bare(old.document)) != dump(_bare(new.document))
    return Comparison(old.file, new.file, old.version, new.version, tuple(changes), is_reworded)


def _rank(change: Change) -> tuple[int, int]:
    return -change.worst, -change.wire


def _signature(match: Match, items: list[Finding | Position]) -> Iterator[Finding]:
    """Yield the classes that an operation's signature names, where they have other names."""
    for item in items:
        if not isinstance(item, Position):
            continue
        old, new = item.pair
        part = item.where.removeprefix(f"{match.new.line}: ")
        kind = _signature_kind(part)
        if kind and old.is_class and new.is_class and old.class_name != new.class_name:
            yield Finding(kind, old.class_place, new.class_place, _renaming(item.pair), item.where)


def _signature_kind(part: str) -> str:
    kinds = {"request body": "body-model-renamed", "output": "output-model-renamed"}
    is_success = part.startswith("2") and " " not in part
    return "answer-model-renamed" if is_success else kinds.get(part, "")


def _renaming(pair: Pair) -> str:
    return " -> ".join(side.class_name or "(in place)" for side in pair)


def _whole(old: Contract, new: Contract) -> Iterator[Finding | Position]:
    """Yield what belongs to no operation: servers, webhooks, components."""
    yield from servers(old.document, new.document)
    hooks = [side.document.get("webhooks") for side in (old, new)]
    if dump(hooks[0]) != dump(hooks[1]):
        yield Finding("callbacks-changed", ("webhooks",), ("webhooks",), "", "webhooks")
    before, after = (_components(side) for side in (old, new))
    for name in before:
        if name in after:
            places = (*_SCHEMAS, name)
            pair = Pair(old.schemas.at(places), new.schemas.at(places))
            yield Position(pair, "model", f"component {name}")
        elif old.schemas.at((*_SCHEMAS, name)).is_class:
            yield Finding("model-removed", (*_SCHEMAS, name), _SCHEMAS, name, f"component {name}")
    for name in [name for name in after if name not in before]:
        if new.schemas.at((*_SCHEMAS, name)).is_class:
            yield Finding("model-added", _SCHEMAS, (*_SCHEMAS, name), name, f"component {name}")


def _components(contract: Contract) -> JsonMap:
    return mapping(at(contract.document, *_SCHEMAS) or {}, _SCHEMAS)


def _forget_told_names(judge: Judge) -> None:
    """Drop what a renaming tells already: the old and the new name, and the note of a signature."""
    renamed = [met for met in judge.all() if met.finding.kind.endswith("model-renamed")]
    told = {met.finding.detail for met in renamed if met.finding.kind != "model-renamed"}
    names = {name for met in renamed for name in met.finding.detail.split(" -> ")}
    judge.drop(
        met
        for met in judge.all()
        if (met.finding.kind in ("model-removed", "model-added") and met.finding.detail in names)
        or (met.finding.kind == "model-renamed" and met.finding.detail in told)
    )


def _forget_new_outputs(judge: Judge, old: Contract, new: Contract) -> None:
    """Drop the result route's further arm for a new endpoint: nobody has a job of it yet."""
    known = {path for path, _ in submits(old.document)}
    fresh = {
        str(operation.get(OUTPUT)).rpartition("/")[2]
        for path, operation in submits(new.document)
        if path not in known
    }
    result = RESULT[:3]
    judge.drop(
        met
        for met in judge.all()
        if met.finding.kind == "arm-added"
        and met.finding.detail in fresh
        and met.finding.old[: len(result)] == result
    )


def _bare(node: Json) -> Json:
    """Return a document without what is no word to anybody: its version and its evidence."""
    if isinstance(node, dict):
        return {key: _bare(value) for key, value in node.items() if key not in (KEY, "version")}
    return [_bare(item) for item in node] if isinstance(node, list) else node
