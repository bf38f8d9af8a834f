"""Cases about what a request carries: bodies and parameters, good and bad, keyword by keyword."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import cast

from ..contract import Contract, Operation, Parameter
from .chains import body_schema, parameter_schema
from .exchange import Case
from .interior import WRITTEN_AS_FLOAT
from .samples import Samples, properties, types_of
from .subjects import Subject
from .values import Proposal, Values

JSON = {"Content-Type": "application/json"}
_MEDIA_TYPES = ("text/plain", "application/x-www-form-urlencoded", "application/xml", None)
_NO_JSON_NUMBERS = (math.nan, math.inf, -math.inf)
# What a URL can hold that a careless reader takes for a number or a yes.
_TEXTS = ("", "a", "1.5", "true", "-", "1,2")


def base_body(contract: Contract, operation: Operation) -> object:
    """Return a valid body: the contract's own example, or one made from the schema."""
    schema = operation.body.schemas["application/json"]
    listed = list(operation.body.examples.values())
    made = Samples(contract.document).of(body_schema(contract, operation))
    return next((value for value in [*listed, made] if not schema.problems(value)), made)


def encoded(value: object) -> bytes:
    """Write a value as JSON."""
    return json.dumps(value, ensure_ascii=False).encode()


def body_cases(contract: Contract, subject: Subject) -> Iterator[Case]:
    """Yield a case for every keyword of a JSON body, then those about its bytes."""
    operation = subject.operation
    if "application/json" not in operation.body.schemas or subject.known is None:
        return
    base = base_body(contract, operation)
    for proposal in settled(contract, operation, base):
        if not proposal.interior:  # those share requests
            yield body_case(subject, proposal)
    yield from _raw_cases(contract, subject, base)


def untested(contract: Contract, operation: Operation) -> list[str]:
    """Name the keywords of a JSON body that no value was found for: the suite's own gaps."""
    if "application/json" not in operation.body.schemas:
        return []
    base = base_body(contract, operation)
    tried = {(each.place, each.keyword) for each in settled(contract, operation, base)}
    values = Values(Samples(contract.document))
    asserted = set(values.asserted(body_schema(contract, operation)))
    return sorted(f"body{place} {keyword}" for place, keyword in asserted - tried)


def settled(contract: Contract, operation: Operation, base: object) -> Iterator[Proposal]:
    """Yield the proposals that the whole schema judges as they were meant, each body once."""
    schema = operation.body.schemas["application/json"]
    seen: set[tuple[str, str, bytes]] = set()
    values = Values(Samples(contract.document))
    for proposal in values.proposals(body_schema(contract, operation), base):
        key = (proposal.place, proposal.keyword, encoded(proposal.value))
        fits = not schema.problems(proposal.value)
        if fits == (proposal.polarity == "valid") and key not in seen:
            seen.add(key)
            yield proposal


def body_case(subject: Subject, proposal: Proposal) -> Case:
    """Return the case that sends a proposed body."""
    valid = proposal.polarity == "valid"
    about = f" ({proposal.interior})" if proposal.interior else ""
    what = f"{proposal.polarity} by {proposal.keyword} at body{proposal.place}{about}"
    return Case(
        subject.operation,
        "valid-refused" if valid else "invalid-accepted",
        what,
        subject.success if valid else subject.refusals,
        path=subject.known or {},
        query=subject.required_query,
        headers=JSON | dict(subject.required_headers),
        content=encoded(proposal.value),
        tries=((f"body{proposal.place}", proposal.keyword, proposal.polarity),),
    )


def _raw_cases(contract: Contract, subject: Subject, base: object) -> Iterator[Case]:
    text = encoded(base)
    for what, content in _unreadable(contract, subject.operation, base):
        yield _raw(subject, what, JSON, content, valid=False)
    if not subject.operation.body_required:
        return
    yield _raw(subject, "no body and no media type", {}, None, valid=False)
    yield _raw(subject, "an empty body", JSON, b"", valid=False)
    for media_type in _MEDIA_TYPES:
        if media_type not in subject.operation.body.schemas:
            headers = {} if media_type is None else {"Content-Type": media_type}
            what = f"JSON sent as {media_type or 'no media type'}"
            yield _raw(subject, what, headers, text, valid=False)
    spelled = {"Content-Type": "Application/JSON; charset=utf-8"}  # RFC 9110, 8.3.1
    yield _raw(subject, "the media type in capitals with a charset", spelled, text, valid=True)


def _raw(
    subject: Subject, what: str, headers: Mapping[str, str], content: bytes | None, *, valid: bool
) -> Case:
    return Case(
        subject.operation,
        "valid-refused" if valid else "unreadable-accepted",
        what,
        subject.success if valid else subject.refusals,
        path=subject.known or {},
        query=subject.required_query,
        headers={**subject.required_headers, **headers},
        content=content,
        tries=(
            (
                "body",
                "media type" if "media type" in what else "text",
                "valid" if valid else "invalid",
            ),
        ),
    )


def _unreadable(
    contract: Contract, operation: Operation, base: object
) -> Iterator[tuple[str, bytes]]:
    """Yield what is no JSON (RFC 8259), or can be read in more than one way."""
    text = encoded(base)
    yield "JSON that breaks off", text[:-1]
    yield "JSON with a comma too many", text[:-1] + b"," + text[-1:]
    yield "two JSON values", text + text
    yield "JSON in single quotes", text.replace(b'"', b"'")
    yield "a comment in JSON", text + b" // done"
    yield "bytes that are no UTF-8", text[:-1] + b', "a": "\xff"}'
    yield "a word that is no JSON", b"undefined"
    yield "lists that are never closed", b"[" * 1500
    if not isinstance(base, dict) or not base:
        return
    name = next(iter(base))
    yield f"the key {name} twice", b"{" + _pair(name, base[name]) + b", " + text[1:]
    samples = Samples(contract.document)
    schema = samples.resolve(body_schema(contract, operation))
    for name, inner in properties(schema).items():
        if {"integer", "number"} & set(types_of(samples.resolve(inner))):
            for number in _NO_JSON_NUMBERS:  # Python writes them, JSON has no word for them
                yield f"{number} for {name}", encoded({**base, name: number})


def _pair(name: str, value: object) -> bytes:
    return encoded(name) + b": " + encoded(value)


def parameter_cases(contract: Contract, subject: Subject) -> Iterator[Case]:
    """Yield a case for every keyword of a query or header parameter."""
    if subject.known is None:
        return
    for parameter in subject.operation.parameters:
        if parameter.place == "path":
            continue
        if parameter.required:
            yield _parameter_case(contract, subject, parameter, None, "required")
        for text, keyword in _texts(contract, subject.operation, parameter):
            yield _parameter_case(contract, subject, parameter, text, keyword)


def _texts(
    contract: Contract, operation: Operation, parameter: Parameter
) -> Iterator[tuple[str, str]]:
    """Yield texts to send as a parameter, each with the keyword it tries; each such pair once."""
    schema = parameter_schema(contract, operation, parameter.name)
    samples = Samples(contract.document)
    seen: set[tuple[str, str]] = set()
    proposals = Values(samples).proposals(schema, samples.of(schema))
    tried = [
        (_as_text(found.value), found.keyword)
        for found in proposals
        if found.interior != WRITTEN_AS_FLOAT  # in a URL it is a text that one reader takes for 1
    ]
    for text, keyword in [*tried, *((text, "type") for text in _TEXTS)]:
        if (
            text is None
            or (text, keyword) in seen
            or (parameter.place == "header" and not text.isascii())
        ):
            continue
        seen.add((text, keyword))
        yield text, keyword


def _as_text(value: object) -> str | None:
    """Write a value as a URL holds it; None if it cannot be told apart from a text."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None


def _parameter_case(
    contract: Contract, subject: Subject, parameter: Parameter, text: str | None, keyword: str
) -> Case:
    valid = not parameter.problems([] if text is None else [text])
    name, in_query = parameter.name, parameter.place == "query"
    query = [pair for pair in subject.required_query if not (in_query and pair[0] == name)]
    headers = {key: value for key, value in subject.required_headers.items() if key != name}
    if text is not None and in_query:
        query.append((name, text))
    elif text is not None:
        headers[name] = text
    shown = "left out" if text is None else f"= {text!r}"
    body = _usual_body(contract, subject.operation)
    return Case(
        subject.operation,
        "valid-refused" if valid else "invalid-accepted",
        f"{parameter.place} {name} {shown}",
        subject.success if valid else subject.refusals,
        path=cast("Mapping[str, str]", subject.known),
        query=tuple(query),
        headers=headers | (JSON if body is not None else {}),
        content=body,
        tries=((f"{parameter.place}.{name}", keyword, "valid" if valid else "invalid"),),
    )


def _usual_body(contract: Contract, operation: Operation) -> bytes | None:
    has_json = "application/json" in operation.body.schemas
    return encoded(base_body(contract, operation)) if has_json else None
