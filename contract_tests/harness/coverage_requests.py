"""What requests were tried with: each keyword of a body or a parameter, kept and broken."""

from __future__ import annotations

from collections.abc import Iterator

from ..contract import Contract, Operation, Parameter
from ..suite.chains import body_schema, parameter_schema
from ..suite.samples import Samples, types_of
from ..suite.values import Values
from .coverage import Grid, Mark, grid_of, mark
from .findings import Ledger, Polarity

_POLARITIES: tuple[Polarity, ...] = ("valid", "invalid")
_TEXT_ONLY = "an address or a header holds text only, so every value is a string"
_EMPTY_SEGMENT = "a path with an empty segment is another path"
_ENUM_KEEPS = "the members of its enum keep it, and were tried"
_KEY = ("header.Authorization", "security")


def requests(contract: Contract, operation: Operation, ledger: Ledger) -> Grid:
    """Return places by keywords: all that the contract declares, and what else was tried."""
    name = operation.operation_id
    places = dict.fromkeys(_declared(contract, operation))
    tried = {(place, keyword) for of, place, keyword, _ in ledger.keywords if of == name}
    found = [
        (place, keyword, each)
        for place, keyword in places
        for each in _marks(contract, operation, ledger, place, keyword)
    ]
    for place, keyword in sorted(tried - places.keys()):
        found += [(place, keyword, each) for each in _undeclared(ledger, name, place, keyword)]
    found.sort(key=lambda each: each[0] != _KEY[0])
    about = f"what {operation.method} {operation.template} can be sent"
    return grid_of(name, about, found, first="type")


def _declared(contract: Contract, operation: Operation) -> Iterator[tuple[str, str]]:
    """Yield place and keyword of everything that a request can keep or break."""
    values = Values(Samples(contract.document))
    if operation.secured:
        yield _KEY
    for parameter in operation.parameters:
        place = f"{parameter.place}.{parameter.name}"
        schema = parameter_schema(contract, operation, parameter.name)
        if parameter.required and parameter.place != "path":
            yield place, "required"
        for _, keyword in sorted(values.asserted(schema)):
            yield place, keyword
    if operation.body.schemas:
        yield "body", "media type"
        for inner, keyword in sorted(values.asserted(body_schema(contract, operation))):
            yield f"body{inner}", keyword


def _marks(
    contract: Contract, operation: Operation, ledger: Ledger, place: str, keyword: str
) -> Iterator[Mark]:
    name = operation.operation_id
    for polarity in _POLARITIES:
        count = ledger.keywords[name, place, keyword, polarity]
        if (place, keyword, polarity) == (*_KEY, "valid"):
            count = _successes(ledger, name)
        implied = _ENUM_KEEPS if _implied(ledger, name, place, keyword, polarity) else ""
        excuse = _excuse(contract, operation, place, keyword, polarity)
        yield mark(polarity, count, implied or excuse)


def _implied(ledger: Ledger, name: str, place: str, keyword: str, polarity: Polarity) -> bool:
    """Tell whether a type was kept by the members of an enum, beside which no other value can."""
    kept = ledger.keywords[name, place, "enum", "valid"]
    return (keyword, polarity) == ("type", "valid") and kept > 0


def _successes(ledger: Ledger, name: str) -> int:
    """Count the answers that only the right key can have brought."""
    return sum(
        count for (of, status), count in ledger.answers.items() if of == name and status // 100 == 2
    )


def _excuse(
    contract: Contract, operation: Operation, place: str, keyword: str, polarity: Polarity
) -> str:
    """Say why a keyword of a parameter cannot be tried; nothing if it can."""
    parameter = _parameter(operation, place)
    if parameter is None:
        return ""
    schema = Samples(contract.document).resolve(
        parameter_schema(contract, operation, parameter.name)
    )
    if keyword == "type" and types_of(schema) == ["string"]:
        return _TEXT_ONLY
    shortest = (parameter.place, keyword, polarity, schema.get("minLength"))
    return _EMPTY_SEGMENT if shortest == ("path", "minLength", "invalid", 1) else ""


def _parameter(operation: Operation, place: str) -> Parameter | None:
    return next(
        (each for each in operation.parameters if f"{each.place}.{each.name}" == place), None
    )


def _undeclared(ledger: Ledger, name: str, place: str, keyword: str) -> Iterator[Mark]:
    """Yield what was tried beyond the keywords, such as bodies that are no JSON."""
    for polarity in _POLARITIES:
        if count := ledger.keywords[name, place, keyword, polarity]:
            yield mark(polarity, count)
