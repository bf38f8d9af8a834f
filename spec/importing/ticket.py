"""What a model's page says of the ticket, of keys and of servers, held against the queue's own."""

import re
from collections.abc import Iterator

from spec import names
from spec.evidence import Evidence
from spec.importing.losses import Change, Loss
from spec.importing.reading import Reading
from spec.nodes import JsonMap, Place, at, mapping, sequence
from spec.values import problem_with

_APP = re.compile(rf"/{names.OWNER}/([^/]+)/requests/")
_QUEUE = "https://queue.fal.run"
_NOBODYS_ID = "00000000-0000-4000-8000-000000000000"
_MEDIA = ("responses", "200", "content", "application/json")


def losses_of_ticket(reading: Reading, shared: JsonMap) -> Iterator[Loss]:
    """Yield where the example of the submit's answer is another page's, or is no ticket."""
    place: Place = ("paths", reading.path, reading.method, *_MEDIA, "example")
    example = at(reading.document, *place)
    if example is None:
        if "QueueTicket" in shared:
            yield Loss(place, "no ticket is shown: one is made up", (_made_up(reading, place),))
        return
    app = names.model_name(reading.path)
    fixed = {
        key: _APP.sub(f"/{names.OWNER}/{app}/requests/", value)
        for key, value in (example.items() if isinstance(example, dict) else ())
        if isinstance(value, str)
    }
    document: JsonMap = {"components": {"schemas": shared}}
    if "QueueTicket" in shared:
        problem = problem_with(document, shared["QueueTicket"], example)
        if problem is not None:
            evidence = Evidence("gateway-docs", f"The page's example is no ticket: {problem}.")
            changes = (Change(place, evidence, remove=True), _made_up(reading, place))
            what = f"the example is no ticket: {problem}; one is made up in its place"
            yield Loss(place, what, changes)
            return
    wrong: JsonMap = {key: value for key, value in fixed.items() if value != at(example, key)}
    if wrong:
        found = sorted({app for key in wrong for app in _APP.findall(str(at(example, key)))})
        note = (
            f"The page's example names {', '.join(found)}, copied from another page; the gateway's "
            f"tutorial and sibling pages keep the app of the endpoint, here {app}."
        )
        change = Change(place, Evidence("gateway-docs", note), wrong)
        what = f"the example's addresses name {', '.join(found)}: copied; read as {app}"
        yield Loss(place, what, (change,))


def _made_up(reading: Reading, place: Place) -> Change:
    """Make the example of a ticket whose addresses keep the endpoint's app."""
    followed = f"{_QUEUE}/{names.OWNER}/{names.model_name(reading.path)}/requests/{_NOBODYS_ID}"
    example: JsonMap = {
        "status": "IN_QUEUE",
        "request_id": _NOBODYS_ID,
        "response_url": followed,
        "status_url": f"{followed}/status",
        "cancel_url": f"{followed}/cancel",
        "logs": None,
        "metrics": {},
        "queue_position": 0,
    }
    note = "The page shows no ticket; sibling pages show such a one, with the endpoint's own app."
    return Change(place[:-1], Evidence("inferred", note), {"example": example})


def losses_of_access(reading: Reading, servers: set[str]) -> Iterator[Loss]:
    """Yield what the page says of keys and servers that the queue's own pages do not.

    `servers` are those of the pages in the tree; without any, the page's own are taken.
    """
    operation: Place = ("paths", reading.path, reading.method)
    if reading.operation.get("security") == [] and reading.document.get("security"):
        note = "The gateway's tutorial asks for a key on every call."
        change = Change((*operation, "security"), Evidence("gateway-docs", note), remove=True)
        what = "`security: []` says that no key is needed; the page's own default asks for one"
        yield Loss((*operation, "security"), what, (change,))
    if not is_foreign(reading, servers):
        return
    yield Loss(operation, "another tenant's page: that this gateway has the endpoint is inferred")
    for url in sorted(_urls(reading) - servers):
        note = "A server of another tenant; no key of ours belongs there."
        target = "$.servers[?@.url == '{}']".format(url.replace("'", "\\'"))
        change = Change((), Evidence("inferred", note), remove=True, target=target)
        yield Loss(("servers",), f"{url} is another tenant's: left out", (change,))


def is_foreign(reading: Reading, servers: set[str]) -> bool:
    """Tell whether a page is another tenant's: its path has a prefix, or it names other servers."""
    return bool(reading.prefix) or bool(servers and not _urls(reading) & servers)


def _urls(reading: Reading) -> set[str]:
    entries = sequence(reading.document.get("servers") or [], ("servers",))
    return {str(mapping(entry, ("servers",)).get("url")) for entry in entries}
