"""Mutants of identity: which job an answer is about, where its URLs lead, and what was ordered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.faults import URL_FIELDS, Fault
from chainhub_fal_sandbox.queue import Job
from chainhub_fal_sandbox.rules import Rules

from .provider_edits import JOB_ROUTES, Body, Edit, each_file, each_list, edits, output, resets
from .provider_mutant import Make, Mutant, mutant


def identity_mutants() -> Iterator[Mutant]:
    """Yield the mutants of identity."""
    for operation in JOB_ROUTES:
        acts = operation == "cancel"  # on a job that is done it does nothing to anybody's job
        for name, why, choose in _FINDS:
            make = _finds(operation, choose)
            yield Mutant(f"{operation}-{name}", "identity", why, make, waiting=acts)
    for name, why, edit in _URLS:
        yield mutant("identity", f"ticket-{name}", why, edits("submit", edit))
    for name, why, edit in _ECHOES:
        yield mutant("identity", f"result-{name}", why, edits("result", edit))
    foreign = edits("status", _at("https://fal.example"))
    why = "a status that sends the key to another host"
    yield mutant("identity", "status-foreign-urls", why, foreign)
    slashed = Fault(operation="submit", bend=_slashed_ids)
    yield mutant("identity", "id-with-slash", "an id that cannot stand in a path", slashed)


Find = Callable[[Exchange, Rules, dict[str, Job]], Job | None]


def _finds(operation: str, choose: Find) -> Make:
    """Look jobs up in another way, by all that were found before."""

    def make() -> tuple[Fault, ...]:
        known: dict[str, Job] = {}

        def bend(rules: Rules) -> Rules:
            def find(exchange: Exchange) -> Job | None:
                found = rules.find(exchange)
                if found is not None:
                    known[found.request_id] = found
                return choose(exchange, rules, known)

            return replace(rules, find=find)

        # The other routes find as they should, and tell which jobs there are.
        watched = [route for route in JOB_ROUTES if route != operation]
        return (
            Fault(operation=operation, bend=bend),
            *(Fault(operation=route, bend=_noting(known)) for route in watched),
        )

    return make


def _noting(known: dict[str, Job]) -> Callable[[Rules], Rules]:
    def bend(rules: Rules) -> Rules:
        def find(exchange: Exchange) -> Job | None:
            found = rules.find(exchange)
            if found is not None:
                known[found.request_id] = found
            return found

        return replace(rules, find=find)

    return bend


def _any_known(exchange: Exchange, _: Rules, known: dict[str, Job]) -> Job | None:
    return known.get(exchange.route.name) or next(iter(known.values()), None)


def _always_first(exchange: Exchange, rules: Rules, known: dict[str, Job]) -> Job | None:
    found = rules.find(exchange)
    return found and next(iter(known.values()))


def _by_prefix(exchange: Exchange, _: Rules, known: dict[str, Job]) -> Job | None:
    start = exchange.route.name[:8]
    return next((job for name, job in known.items() if start and name.startswith(start)), None)


_FINDS: tuple[tuple[str, str, Find], ...] = (
    ("unknown-id-found", "an id never given out is answered with somebody's job", _any_known),
    ("first-job", "the job of another caller is answered", _always_first),
    ("id-prefix", "only the start of an id counts: neighbours' jobs can be read", _by_prefix),
)


def _each_url(change: Callable[[str], str]) -> Edit:
    def edit(body: Body) -> None:
        body.update({name: change(str(body[name])) for name in URL_FIELDS if name in body})

    return edit


def _swapped(body: Body) -> None:
    body["status_url"], body["cancel_url"] = body["cancel_url"], body["status_url"]


def _at(template: str) -> Edit:
    """Move URLs to another origin; ``{host}`` is the one they were at."""

    def change(url: str) -> str:
        parts = urlsplit(url)
        return template.format(host=parts.netloc) + parts.path

    return _each_url(change)


_URLS: tuple[tuple[str, str, Edit], ...] = (
    ("urls-plain-http", "the key would travel in the open", _at("http://{host}")),
    ("urls-lookalike", "a host that begins like fal's", _at("https://{host}.example")),
    (
        "urls-userinfo",
        "fal's name as a user of another host",
        _at("https://{host}@fal.example"),
    ),
    ("urls-port", "another port is another origin", _at("https://{host}:8443")),
    ("urls-script", "a URL that is no address", _at("javascript://{host}")),
    ("urls-swapped", "asking for the status cancels the job", _swapped),
    (
        "urls-other-app",
        "URLs under another model's name",
        _each_url(lambda url: url.replace("/requests/", "-pro/requests/")),
    ),
    (
        "urls-whole-endpoint",
        "request routes keep owner and app only",
        _each_url(lambda url: url.replace("/requests/", "/sub/path/requests/")),
    ),
    (
        "urls-climb",
        "a path that climbs",
        _each_url(lambda url: url.replace("/requests/", "/../requests/")),
    ),
    (
        "cancel-url-is-status",
        "a cancel that only looks",
        lambda body: body.update(cancel_url=body["status_url"]),
    ),
)


def _thinned(files: list[object]) -> None:
    del files[1:]


def _doubled(files: list[object]) -> None:
    files.extend(files[:1] if len(files) < 4 else [])


def _other_type(file: Body) -> None:
    file["content_type"] = "image/png" if file.get("content_type") == "image/jpeg" else "image/jpeg"


def _swapped_sides(file: Body) -> None:
    file["width"], file["height"] = file.get("height", 1), file.get("width", 2)


_ECHOES: tuple[tuple[str, str, Edit], ...] = (
    ("one-file", "one picture, whatever was ordered and paid", each_list(_thinned)),
    ("file-too-many", "one picture more than ordered", each_list(_doubled)),
    ("other-type", "another format than ordered", each_file(_other_type)),
    ("sides-swapped", "upright for lying", each_file(_swapped_sides)),
    (
        "size-ignored",
        "one size, whatever was ordered",
        each_file(lambda f: f.update(width=640, height=480)),
    ),
    (
        "seed-ignored",
        "another seed than asked for: nothing can be repeated",
        output(resets("seed", 99)),
    ),
    ("verdict-short", "a picture without a verdict", output(resets("has_nsfw_concepts", []))),
)


def _slashed_ids(rules: Rules) -> Rules:
    return replace(rules, new_id=lambda: f"job/{rules.new_id()}")
