"""Cases about who may come in and by which door: the key, unknown addresses, methods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import httpx

from ..contract import Contract, Operation
from ..harness.target import Dialect
from .exchange import KEY_WORD, Case
from .inputs import JSON, base_body, encoded, settled
from .subjects import Subject, documented

_UNAUTHORISED = frozenset({401})
_UNKNOWN = frozenset({404})
_CHALLENGE = "www-authenticate"
_SERVER_ERRORS = 500  # from here on the server's own
_BROKEN = b"{"
_OTHERS: tuple[object, ...] = ([], {})  # what is sent where another type is asked for
_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")
_SCHEMES: dict[Dialect, str] = {"gateway": "Bearer", "fal": "Key"}
_WRONG_KEYS: dict[Dialect, str] = {"gateway": "wrong-key", "fal": "wrong-id:wrong-secret"}


def credentials(dialect: Dialect) -> dict[str, str | None]:
    """Name every ``Authorization`` that must not open the door."""
    scheme = _SCHEMES[dialect]
    return {
        "no Authorization": None,
        "an empty Authorization": "",
        "a scheme without a key": scheme,
        "the key under another scheme": f"Basic {KEY_WORD}",
        "a wrong key": f"{scheme} {_WRONG_KEYS[dialect]}",
        "the key and more": f"{scheme} {KEY_WORD}-x",
    }


def key_cases(contract: Contract, subject: Subject, dialect: Dialect) -> Iterator[Case]:
    """Yield requests without the right key: refused before anything is looked up or read."""
    operation = subject.operation
    if not operation.secured:
        return
    bodies = _bodies(contract, operation)
    for words, authorization in credentials(dialect).items():
        for path in subject.paths:
            for kind, content in bodies.items():
                where = "" if path is subject.known else ", an unknown address"
                yield Case(
                    operation,
                    "key-not-asked-for",
                    f"{words}{kind}{where}",
                    _UNAUTHORISED,
                    path=path,
                    query=subject.required_query,
                    headers=dict(subject.required_headers) | (JSON if content is not None else {}),
                    content=content,
                    authorization=authorization,
                    tries=(("header.Authorization", "security", "invalid"),),
                )


def scheme_case(subject: Subject, dialect: Dialect) -> Case | None:
    """Return a request whose scheme is in the other case: it names the same one (RFC 9110, 11.1).

    It is no more than a warning to refuse it: a client that sends the documented word never does
    so. A body is sent broken, so that nothing is paid for; None if there is nothing to send it to.
    """
    operation = subject.operation
    if not operation.secured or subject.known is None:
        return None
    has_json = "application/json" in operation.body.schemas
    right = {status for status in documented(operation) if status < _SERVER_ERRORS}
    word = _SCHEMES[dialect]
    return Case(
        operation,
        "scheme-case",
        f"the right key behind {_recased(word)} for {word}",
        frozenset(right) - _UNAUTHORISED,
        path=subject.known,
        query=subject.required_query,
        headers=dict(subject.required_headers) | (JSON if has_json else {}),
        content=_BROKEN if has_json else None,
        authorization=f"{_recased(word)} {KEY_WORD}",
        tolerated=_UNAUTHORISED,
    )


def unchallenged(operation: Operation, answer: httpx.Response) -> bool:
    """Tell whether a 401 does not say how to authenticate, as RFC 9110 (15.5.2) wants it to.

    Where the contract demands the header its absence breaks the contract, and is found as that.
    """
    if answer.status_code not in _UNAUTHORISED:
        return False
    found = operation.answer(answer.status_code)
    headers = found.headers if found is not None else ()
    demanded = any(each.required and each.name.lower() == _CHALLENGE for each in headers)
    return not demanded and not answer.headers.get(_CHALLENGE, "").strip()


def unknown_cases(subject: Subject) -> Iterator[Case]:
    """Yield addresses that were never given out: not found, whatever form they have."""
    for path in subject.unknown:
        shown = ", ".join(f"{name}={value[:40]}" for name, value in path.items())
        yield Case(
            subject.operation,
            "unknown-found",
            f"never issued: {shown}",
            _UNKNOWN,
            path=path,
            tries=((f"path.{subject.issued[0]}", "minLength", "valid"),),
        )


def method_cases(contract: Contract, subjects: list[Subject]) -> Iterator[tuple[Case, set[str]]]:
    """Yield requests with methods a path does not have, and the methods it has."""
    allowed: dict[str, set[str]] = defaultdict(set)
    for operation in contract.operations.values():
        allowed[operation.template].add(operation.method)
    done: set[str] = set()
    for subject in subjects:
        template = subject.operation.template
        if template in done or subject.known is None:
            continue
        done.add(template)
        for method in _METHODS:
            if method not in allowed[template]:
                yield _method_case(subject, method), allowed[template]


def _method_case(subject: Subject, method: str) -> Case:
    return Case(
        subject.operation,
        "method",
        f"{method}, which this path does not have",
        frozenset({405}),
        path=subject.known or {},
        method=method,
    )


def _recased(word: str) -> str:
    return word.upper() if word == word.lower() else word.lower()


def _bodies(contract: Contract, operation: Operation) -> dict[str, bytes | None]:
    """Return what to send along: a good body and bad ones of each kind: the key comes first."""
    if "application/json" not in operation.body.schemas:
        return {"": None}
    base = base_body(contract, operation)
    bodies = {"": encoded(base), " and no body": None, " and a body that is no JSON": _BROKEN}
    return bodies | dict(_refused_bodies(contract, operation, base))


def _refused_bodies(
    contract: Contract, operation: Operation, base: object
) -> Iterator[tuple[str, bytes]]:
    """Yield bodies of another type than the contract's, and the first that breaks a keyword."""
    schema = operation.body.schemas["application/json"]
    for value in _OTHERS:
        if type(value) is not type(base) and schema.problems(value):
            yield f" and a body that is {encoded(value).decode()}", encoded(value)
    for each in settled(contract, operation, base):
        if each.polarity == "invalid" and type(each.value) is type(base):
            place = f"body{each.place}"
            yield f" and a body that is invalid by {each.keyword} at {place}", encoded(each.value)
            return
