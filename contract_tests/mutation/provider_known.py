"""The sandbox's own catalogue as mutants: the group of each fault, and why it matters."""

from __future__ import annotations

from collections.abc import Iterator

from chainhub_fal_sandbox.catalogue import CATALOGUE

from ..harness.target import Dialect
from .provider_mutant import Group, Mutant, mutant

_BUSY = "a valid request is always turned away"
_DOWN = "the route never works"
_LOST = "a paid job without a receipt"
_OPEN = "strangers are let in"
_LATE = "a client without a limit hangs"
_AWAY = "a client that follows takes the key along"
_FAILS = "no job ever gives what was paid for"
_PAGE = "a web page that counts as success"

_KNOWN: dict[str, tuple[Group, str]] = {
    "submit-429": ("status", _BUSY),
    "submit-429-wait": ("header", _BUSY),
    "submit-429-date": ("header", _BUSY),
    "submit-429-empty": ("schema", "a refusal without a word"),
    "submit-500": ("status", _DOWN),
    "submit-502-html": ("media type", "a proxy's page for an error"),
    "submit-503": ("status", _DOWN),
    "submit-503-wait": ("header", _DOWN),
    "submit-504-empty": ("schema", "a refusal without a word"),
    "submit-520": ("status", "a status nobody documents"),
    "submit-no-quota": ("status", _BUSY),
    "submit-413": ("status", "small bodies count as large"),
    "submit-page": ("media type", _PAGE),
    "submit-redirect-302": ("header", _AWAY),
    "submit-redirect-307": ("header", _AWAY),
    "submit-drop-unread": ("status", _DOWN),
    "submit-drop-read": ("status", _DOWN),
    "submit-drop-done": ("status", _LOST),
    "submit-drop-headers": ("status", _LOST),
    "submit-drop-half": ("status", _LOST),
    "submit-slow": ("time", _LATE),
    "submit-foreign-urls": ("identity", _AWAY),
    "submit-other-id": ("identity", "the URLs lead to another job"),
    "submit-no-id": ("schema", _LOST),
    "submit-unknown-state": ("schema", "a client does not know what to do next"),
    "submit-text": ("media type", "a client that goes by the type reads nothing"),
    "submit-same-id": ("identity", "all but one job are lost"),
    "submit-no-auth": ("auth", _OPEN),
    "submit-no-validation": ("validation", "bad input is paid for"),
    "submit-ends-policy": ("sequence", _FAILS),
    "submit-ends-image-load": ("sequence", _FAILS),
    "submit-ends-500": ("sequence", _FAILS),
    "submit-ends-timeout": ("time", _FAILS),
    "submit-ends-runner": ("sequence", _FAILS),
    "status-429": ("status", _BUSY),
    "status-429-wait": ("header", _BUSY),
    "status-500": ("status", _DOWN),
    "status-502-html": ("media type", "a proxy's page for an error"),
    "status-503-empty": ("schema", "a refusal without a word"),
    "status-page": ("media type", _PAGE),
    "status-not-found": ("sequence", "a paid job counts as unknown"),
    "status-failed": ("sequence", _FAILS),
    "status-error": ("sequence", "an error is told of a job that succeeded"),
    "status-unknown-state": ("schema", "a client does not know what to do next"),
    "status-stuck": ("time", "a client polls for ever"),
    "status-back": ("sequence", "a client polls for ever"),
    "status-other-id": ("identity", "the answer is about another job"),
    "status-no-auth": ("auth", _OPEN),
    "status-drop": ("status", _DOWN),
    "status-slow": ("time", _LATE),
    "status-redirect": ("header", _AWAY),
    "stream-cut": ("status", "the line breaks within an event"),
    "stream-stalled": ("time", _LATE),
    "stream-never": ("time", _LATE),
    "stream-ends-early": (
        "sequence",
        "who takes the end of the stream for the job's reads too early",
    ),
    "stream-nonsense": ("schema", "an event nobody can read"),
    "stream-repeats": ("sequence", "the end is told twice"),
    "stream-backwards": ("sequence", "a client that saw the end is told to wait"),
    "stream-of-another": ("identity", "the events are about another job"),
    "stream-page": ("media type", _PAGE),
    "stream-404": ("status", "fal documents the route"),
    "stream-buffered": ("time", "who listens knows less than who asks"),
    "stream-not-events": ("media type", "a client that goes by the type hears nothing"),
    "result-429-wait": ("header", _BUSY),
    "result-500": ("status", _DOWN),
    "result-502-html": ("media type", "a proxy's page for an error"),
    "result-page": ("media type", _PAGE),
    "result-expired": ("sequence", "done, and nothing to fetch"),
    "result-failed": ("sequence", _FAILS),
    "result-shape": ("schema", "an output that no model of the contract makes"),
    "result-list": ("schema", "an output that no model of the contract makes"),
    "result-unknown-state": ("schema", "a client does not know what to do next"),
    "result-empty": ("schema", "an answer without a body"),
    "result-half-json": ("schema", "an answer nobody can read"),
    "result-text": ("media type", "a client that goes by the type reads nothing"),
    "result-drop": ("status", _DOWN),
    "result-drop-half": ("status", _DOWN),
    "result-slow": ("time", _LATE),
    "result-no-auth": ("auth", "anybody can read the pictures"),
    "result-redirect": ("header", _AWAY),
    "cancel-500": ("status", _DOWN),
    "cancel-page": ("media type", _PAGE),
    "cancel-not-found": ("sequence", "a running job counts as unknown"),
    "cancel-ignored": ("sequence", "paid for although it was called off"),
    "cancel-no-auth": ("auth", "anybody can stop paid jobs"),
    "cancel-drop": ("status", _DOWN),
    "file-404": ("files", "paid, and nothing to fetch"),
    "file-503": ("files", "paid, and nothing to fetch"),
    "file-truncated": ("files", "half a picture is saved as a whole one"),
    "file-drop-half": ("files", "half a picture"),
    "file-other-type": ("files", "a file that is not what its name says"),
    "file-page": ("files", "a web page saved as a picture"),
    "file-403": ("files", "paid, and nothing to fetch"),
    "file-416": ("files", "paid, and nothing to fetch"),
    "file-empty": ("files", "an empty file is saved as a picture"),
    "file-part": ("files", "half a picture"),
    "file-redirect": ("files", "a client that follows nothing gets nothing"),
    "file-redirect-inward": ("files", "a client that follows reads a cloud's credentials"),
    "file-slow": ("time", _LATE),
}
_WAITING = frozenset({"cancel-ignored", "cancel-not-found", "stream-buffered"})
_OF_FAL = frozenset({"stream-404"})  # a gateway need not have the route


def known_mutants() -> Iterator[Mutant]:
    """Yield every fault of the catalogue; raises KeyError for one that has no reason here."""
    for name, fault in CATALOGUE.items():
        group, why = _KNOWN[name]
        sentence = f"{fault.description}: {why}"
        dialect: Dialect = "fal" if name in _OF_FAL else "gateway"
        waiting = name in _WAITING
        yield mutant(group, name, sentence, fault, dialect=dialect, waiting=waiting)
