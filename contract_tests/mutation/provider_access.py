"""Mutants at the door: who is let in, in which order things are checked, and by which method."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.exchange import QUEUE_KINDS, Exchange
from chainhub_fal_sandbox.faults import Fault
from chainhub_fal_sandbox.rules import Rules

from .provider_edits import JOB_ROUTES, alters, from_read, only
from .provider_mutant import Mutant, mutant

Judge = Callable[[Exchange, Rules], bool]

_SCHEMES = ("Bearer", "Key", "Token", "Basic")


def auth_mutants() -> Iterator[Mutant]:
    """Yield the mutants of the key, and of what is checked before it."""
    for operation in QUEUE_KINDS:
        for name, why, judge in _DOORS:
            yield mutant("auth", f"{operation}-{name}", why, _lets(operation, judge))
    for operation in JOB_ROUTES:
        why = "404 before 401: strangers can find out which jobs exist"
        yield mutant("auth", f"{operation}-404-first", why, _lets(operation, _unknown_or_keyed))
    lower = _lets("submit", _scheme_as_written)
    why = "the scheme has no case (RFC 9110)"
    same = "this client always writes the scheme as it is documented"
    yield mutant("auth", "submit-scheme-case", why, lower, equivalent=same)
    early = _lets("submit", _keyed_or_bodyless)
    yield mutant(
        "auth", "submit-body-first", "bodies are judged before keys, for strangers too", early
    )
    echo = alters("submit", only((422,), _echo_key))
    yield mutant("auth", "submit-422-echoes-key", "an error that quotes the key leaks it", echo)
    yield Mutant(
        "status-key-wears-out",
        "auth",
        "the key is good for two looks at a job: a poll dies half way",
        lambda: (alters("status", from_read(3, _refused)),),
    )


def _lets(operation: str, judge: Judge) -> Fault:
    def bend(rules: Rules) -> Rules:
        return replace(rules, authorised=lambda exchange: judge(exchange, rules))

    return Fault(operation=operation, bend=bend)


def _sent(exchange: Exchange) -> tuple[str, str]:
    scheme, _, key = exchange.headers.get("authorization", "").partition(" ")
    return scheme, key


def _passes(key: str, exchange: Exchange, rules: Rules) -> bool:
    """Tell whether a key would pass behind the right scheme."""
    headers = [{**exchange.headers, "authorization": f"{word} {key}"} for word in _SCHEMES]
    return any(rules.authorised(replace(exchange, headers=each)) for each in headers)


def _any_key(exchange: Exchange, _: Rules) -> bool:
    return bool(_sent(exchange)[1])


def _any_scheme(exchange: Exchange, rules: Rules) -> bool:
    return _passes(_sent(exchange)[1], exchange, rules)


def _unknown_or_keyed(exchange: Exchange, rules: Rules) -> bool:
    return rules.find(exchange) is None or rules.authorised(exchange)


def _keyed_or_bodyless(exchange: Exchange, rules: Rules) -> bool:
    return rules.authorised(exchange) or not (exchange.body or b"").startswith(b"{")


def _scheme_as_written(exchange: Exchange, rules: Rules) -> bool:
    return _sent(exchange)[0] in _SCHEMES and rules.authorised(exchange)


_DOORS: tuple[tuple[str, str, Judge], ...] = (
    ("any-key", "any key passes: strangers spend the account's money", _any_key),
    ("any-scheme", "the key passes behind a wrong scheme word", _any_scheme),
)


def _echo_key(answer: Answer, exchange: Exchange) -> Answer:
    told = exchange.headers.get("authorization", "")
    return answer.edited(lambda body: body.update({"request": {"authorization": told}}))


def _refused(answer: Answer, exchange: Exchange) -> Answer:  # noqa: ARG001 - an alteration
    return Answer.json(401, {"detail": "invalid key credentials"}, {"www-authenticate": "Bearer"})


def method_mutants() -> Iterator[Mutant]:
    """Yield the mutants of the request method."""
    for operation in QUEUE_KINDS:
        for name, why, answer in _INSTEAD:
            yield mutant("method", f"{operation}-{name}", why, _instead(operation, answer))
    accepted = Answer.json(202, {"status": "CANCELLATION_REQUESTED"})
    for method in ("GET", "POST"):
        name = f"cancel-by-{method.lower()}"
        why = f"{method} cancels: a link preview, or a slip, stops a paid job"
        yield mutant("method", name, why, _instead("cancel", accepted, method))
    deleted = _instead("result", Answer(204), "DELETE")
    yield mutant("method", "result-deletable", "DELETE works, and nobody documents it", deleted)


_DETAIL = {"detail": "Internal Server Error"}
_INSTEAD = (
    ("method-ok", "a method nobody documents is answered 200", Answer.json(200, {})),
    ("method-404", "a wrong method looks like a wrong path", Answer.json(404, {"detail": "no"})),
    ("method-crash", "a wrong method crashes it", Answer.json(500, _DETAIL)),
)


def _instead(operation: str, given: Answer, method: str = "") -> Fault:
    """Answer a refused method, or only this one, as if it were allowed."""

    def alter(answer: Answer, exchange: Exchange) -> Answer:
        meant = answer.status == 405 and method in ("", exchange.method)
        return given if meant else answer

    return alters(operation, alter)
