"""Cases about who may come in and by which door: the key, unknown addresses, methods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ..contract import Contract, Operation
from ..harness.target import Dialect
from .exchange import KEY_WORD, Case
from .inputs import JSON, base_body, encoded
from .subjects import Subject

_UNAUTHORISED = frozenset({401})
_UNKNOWN = frozenset({404})
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
                    tries=("header.Authorization", "security", "invalid"),
                )


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
            tries=(f"path.{subject.issued[0]}", "minLength", "valid"),
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


def _bodies(contract: Contract, operation: Operation) -> dict[str, bytes | None]:
    """Return what to send along: a good body and bad ones, so that the key comes first."""
    if "application/json" not in operation.body.schemas:
        return {"": None}
    return {
        "": encoded(base_body(contract, operation)),
        " and a body that is no JSON": b"{",
        " and a body without its fields": b"{}",
    }
