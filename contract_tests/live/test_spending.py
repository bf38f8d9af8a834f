"""The purse and the gate: what costs, what counts, and that nothing beyond the cap leaves."""

from __future__ import annotations

import threading
from typing import Any

import httpx
import pytest

from . import spending
from .conftest import CONTRACT, KEY, Rig
from .gate import Pace
from .journal import journal
from .spending import CapReachedError, Submit

SUBMIT = "/fal-ai/flux-1/schnell/redux"
JOB = "/fal-ai/flux-1/requests/6a1f"
TICKET = {"request_id": "6a1f", "status": "IN_QUEUE"}


def ticket(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json=TICKET)


@pytest.mark.parametrize("cap", [0, 1, 3])
def test_no_submit_beyond_the_cap_reaches_a_socket(cap: int) -> None:
    rig = Rig(cap, ticket)
    with rig.target.client() as client:
        for _ in range(cap):
            client.post(SUBMIT, json={})
        for _ in range(2):
            with pytest.raises(CapReachedError, match="was not sent"):
                client.post(SUBMIT, json={})
        client.get(JOB)
        client.put(f"{JOB}/cancel")
    assert [request.method for request in rig.sent] == ["POST"] * cap + ["GET", "PUT"]
    assert rig.purse.counted == cap


def test_the_cap_holds_among_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    rig, held = Rig(3, ticket), []

    def counted(*arguments: Any) -> Submit:
        held.append(rig.purse._lock.locked())
        return Submit(*arguments)

    monkeypatch.setattr(spending, "Submit", counted)

    def submit() -> None:
        with rig.target.client() as client:
            try:
                client.post(SUBMIT, json={})
            except CapReachedError:
                return

    threads = [threading.Thread(target=submit) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rig.sent) == 3
    assert held == [True] * 3  # from the count to the entry nobody else may count


def broken(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("", request=request)


def unsent(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("", request=request)


@pytest.mark.parametrize(
    ("answer", "counts", "state"),
    [
        (ticket, 1, "accepted"),
        (lambda _: httpx.Response(422, json={"detail": []}), 0, "refused"),
        (lambda _: httpx.Response(429), 0, "refused"),
        (lambda _: httpx.Response(500, json={"detail": ""}), 1, "unknown"),
        (lambda _: httpx.Response(503), 1, "unknown"),
        (lambda _: httpx.Response(408), 1, "unknown"),
        (lambda _: httpx.Response(307, headers={"location": "https://else.example"}), 1, "unknown"),
        (lambda _: httpx.Response(200, html="<title>Console</title>"), 1, "unknown"),
        (broken, 1, "unknown"),
        (unsent, 0, "unsent"),
    ],
)
def test_a_submit_counts_unless_it_was_plainly_refused_or_never_left(
    answer: object, counts: int, state: str
) -> None:
    rig = Rig(1, answer)  # type: ignore[arg-type]
    with rig.target.client() as client:
        try:
            client.post(SUBMIT, json={})
        except httpx.HTTPError:
            assert answer in {broken, unsent}
    assert (rig.purse.counted, rig.purse.left) == (counts, 1 - counts)
    assert [submit.state for submit in rig.purse.submits] == [state]
    assert bool(rig.told) == bool(counts)


@pytest.mark.parametrize(
    ("method", "path", "key", "free"),
    [
        ("GET", SUBMIT, KEY, True),
        ("POST", SUBMIT, KEY, False),
        ("PUT", SUBMIT, KEY, False),
        ("POST", SUBMIT, "nobody's", True),
        ("PUT", f"{JOB}/cancel", KEY, True),
        ("PUT", f"{JOB}/no-such-route", KEY, True),
        ("POST", f"{JOB}/no-such-route", KEY, False),
        ("POST", "/fal-ai/some-new/model", KEY, False),
        ("DELETE", "/account", KEY, False),
    ],
)
def test_what_could_make_a_job_with_the_key_is_not_free(
    method: str, path: str, key: str, *, free: bool
) -> None:
    rig = Rig(0, ticket)
    with rig.target.client(authorization=f"Bearer {key}") as client:
        if free:
            client.request(method, path)
        else:
            with pytest.raises(CapReachedError):
                client.request(method, path)
    assert bool(rig.sent) == free


def test_the_key_is_found_wherever_it_stands() -> None:
    rig = Rig(0, ticket)
    with rig.target.client(authorization=None) as client:
        for request in (
            {"headers": {"x-api-key": f"other {KEY}-1"}},
            {"params": {"key": KEY}},
        ):
            with pytest.raises(CapReachedError):
                client.post(SUBMIT, **request)  # type: ignore[arg-type]
    assert rig.sent == []


def test_an_open_door_is_tried_once() -> None:
    rig = Rig(0, ticket)
    with rig.target.client(authorization=None) as client:
        client.post(SUBMIT, json={})
        with pytest.raises(CapReachedError):
            client.post(SUBMIT, json={})
    said = list(journal(rig.purse, rig.target, CONTRACT))
    assert said[0] == "spent: 0 of at most 0 paid jobs"
    assert said[1] == "  6a1f: accepted, sent without the key (submit_flux_1_schnell_redux)"


def test_an_id_is_told_before_the_caller_has_the_ticket() -> None:
    rig = Rig(1, ticket)
    with rig.target.client() as client, client.stream("POST", SUBMIT, json={}) as answer:
        for _ in answer.iter_bytes():
            assert rig.told == []
    assert rig.told == ["paid job 1: 6a1f (submit_flux_1_schnell_redux)"]
    assert "chainhub-fal --base-url https://gateway.example --dialect gateway result 6a1f" in (
        "".join(journal(rig.purse, rig.target, CONTRACT))
    )


class Torn(httpx.SyncByteStream):
    def __iter__(self):  # type: ignore[no-untyped-def]
        yield b'{"status": "IN_QUEUE", "request_id": "6a1f", "respo'
        raise httpx.RemoteProtocolError("")


def test_a_torn_ticket_still_gives_its_id() -> None:
    rig = Rig(1, lambda _: httpx.Response(200, stream=Torn()))
    with rig.target.client() as client, pytest.raises(httpx.RemoteProtocolError):
        client.post(SUBMIT, json={})
    (submit,) = rig.purse.submits
    assert (submit.state, submit.request_id, rig.purse.left) == ("unknown", "6a1f", 0)


def test_requests_keep_their_distance() -> None:
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 6))
        now[0] += seconds

    pace = Pace(2, clock=lambda: now[0], sleep=sleep)
    pace.wait()
    pace.wait()
    now[0] += 0.2
    pace.wait()
    now[0] += 60
    pace.wait()
    assert slept == [0.5, 0.3]
