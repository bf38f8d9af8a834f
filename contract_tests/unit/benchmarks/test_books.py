"""The queue server is the judge: what it answers when, and what it writes down."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from benchmarks.server.faults import KINDS, Faults
from benchmarks.server.line import Line
from benchmarks.server.routes import RESET, Routes, Stream

SUBMIT = "/fal-ai/flux-1/schnell/redux"


def begun(**plan: object) -> Routes:
    routes = Routes("http://127.0.0.1:1")
    routes.begin(json.dumps(plan).encode())
    return routes


def body(answer: object) -> dict[str, Any]:
    assert isinstance(answer, bytes)
    found: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return found


def submitted(routes: Routes, number: int, at: float, path: str = SUBMIT) -> str:
    text = f'{{"image_url":"https://x.example/cat.jpg?job={number}"}}'
    ticket = body(routes.answer("POST", path, text.encode(), at))
    return str(ticket.get("request_id") or ticket["id"])


def status(routes: Routes, request_id: str, at: float) -> dict[str, Any]:
    return body(
        routes.answer("GET", f"/fal-ai/flux-1/requests/{request_id}/status?logs=1", b"", at)
    )


def test_a_job_ends_when_its_own_length_is_over_and_the_first_answer_after_that_is_the_telling() -> (
    None
):
    routes = begun(lengths=[1.0, 2.0])
    request_id = submitted(routes, 1, at=10.0)
    assert [status(routes, request_id, at)["status"] for at in (10.5, 11.9, 12.25, 13.0)] == [
        "IN_PROGRESS",
        "IN_PROGRESS",
        "COMPLETED",
        "COMPLETED",
    ]
    jobs: Any = routes.round.accounts.report()["jobs"]
    assert jobs == [
        {
            "number": 1,
            "submitted": 10.0,
            "ended": 12.0,
            "told": 12.25,
            "polls": 3,
            "reads": 4,
        }
    ]


def test_the_result_route_counts_as_a_poll_until_it_has_told_the_end() -> None:
    routes = begun(lengths=[1.0])
    path = f"/fal-ai/flux-1/requests/{submitted(routes, 0, at=0.0)}"
    early = routes.answer("GET", path, b"", 0.5)
    assert isinstance(early, bytes)
    assert early.startswith(b"HTTP/1.1 400")
    assert body(early) == {"detail": "Request is still in progress"}
    assert body(routes.answer("GET", path, b"", 1.5))["images"]
    (job,) = routes.round.accounts.jobs
    assert (job.polls, job.told) == (2, 1.5)


@pytest.mark.parametrize(
    ("submit", "read", "pending", "ended"),
    [
        ("/v1/models/a/b/predictions", "/v1/predictions/{}", "processing", "succeeded"),
        ("/v1/videos", "/v1/videos/{}", "in_progress", "completed"),
    ],
)
def test_the_other_protocols_keep_the_same_books(
    submit: str, read: str, pending: str, ended: str
) -> None:
    routes = begun(lengths=[1.0])
    path = read.format(submitted(routes, 0, at=0.0, path=submit))
    assert body(routes.answer("GET", path, b"", 0.9))["status"] == pending
    assert body(routes.answer("GET", path, b"", 1.1))["status"] == ended
    (job,) = routes.round.accounts.jobs
    assert (job.polls, job.told) == (2, 1.1)


def test_a_request_of_an_earlier_round_is_not_known_and_not_counted_in_this_one() -> None:
    routes = begun(lengths=[1.0])
    old = submitted(routes, 0, at=0.0)
    routes.begin(b'{"lengths":[1.0]}')
    submitted(routes, 0, at=5.0)
    answer = routes.answer("GET", f"/fal-ai/flux-1/requests/{old}/status", b"", 6.0)
    assert isinstance(answer, bytes)
    assert answer.startswith(b"HTTP/1.1 404")
    assert routes.round.accounts.jobs[0].reads == 0


def test_a_line_counts_down_and_serves_in_order() -> None:
    line = Line(workers=2, backlog=[4.0, 2.0, 3.0])
    first = line.admit(100.0, 1.0)
    second = line.admit(100.0, 1.0)
    # Workers are free at 102 (then the third in front runs to 105) and at 104.
    assert (first.start, first.end) == (104.0, 105.0)
    assert second.start == 105.0
    assert [line.ahead(second, at) for at in (100.0, 102.0, 104.0, 105.0)] == [2, 1, 0, 0]
    assert [line.ahead(first, at) for at in (100.0, 102.0, 104.0)] == [1, 0, 0]


def test_a_worker_that_has_been_idle_starts_a_job_when_it_comes_and_no_sooner() -> None:
    line = Line(workers=1)
    assert line.admit(0.0, 1.0).end == 1.0
    later = line.admit(50.0, 1.0)
    assert (later.start, later.end) == (50.0, 51.0)


def test_the_queue_position_is_told_while_a_job_waits() -> None:
    routes = begun(lengths=[1.0], workers=1, backlog=[2.0, 2.0])
    request_id = submitted(routes, 0, at=0.0)
    waiting = status(routes, request_id, at=1.0)
    assert (waiting["status"], waiting["queue_position"]) == ("IN_QUEUE", 1)
    assert status(routes, request_id, at=4.5)["status"] == "IN_PROGRESS"


def test_faults_are_the_same_for_whoever_asks_as_often_and_as_many_as_was_said() -> None:
    faults = Faults(0.05, seed=3)
    drawn = [faults.of(number, read) for number in range(400) for read in range(1, 26)]
    assert drawn == [
        Faults(0.05, 3).of(number, read) for number in range(400) for read in range(1, 26)
    ]
    found = [kind for kind in drawn if kind]
    assert 0.04 < len(found) / len(drawn) < 0.06
    assert all(found.count(kind) > len(found) / 8 for kind in KINDS)
    assert drawn != [
        Faults(0.05, 4).of(number, read) for number in range(400) for read in range(1, 26)
    ]


def test_every_kind_of_fault_is_answered_as_such_and_a_read_before_retry_after_is_over_is_noted() -> (
    None
):
    routes = begun(lengths=[1.0], faults=1.0)
    path = f"/fal-ai/flux-1/requests/{submitted(routes, 0, at=0.0)}/status"
    answers = [routes.answer("GET", path, b"", at * 0.1) for at in range(40)]
    assert RESET in answers
    heads = {answer[:12] for answer in answers if isinstance(answer, bytes)}
    assert heads == {b"HTTP/1.1 503", b"HTTP/1.1 429", b"HTTP/1.1 502"}
    accounts = routes.round.accounts
    assert set(accounts.faults) == set(KINDS)
    assert accounts.jobs[0].told is None
    assert accounts.report()["early"] == accounts.jobs[0].early > 0
    refusal = next(answer for answer in answers if isinstance(answer, bytes) and b" 429 " in answer)
    assert re.search(rb"retry-after: 1\r\n", refusal)


def test_a_file_has_the_size_that_was_asked_for_and_a_pictures_two_ends() -> None:
    answer = begun().answer("GET", "/files/5000/x.jpg", b"", 0.0)
    assert isinstance(answer, bytes)
    content = answer.partition(b"\r\n\r\n")[2]
    assert (len(content), content[:3], content[-2:]) == (5000, b"\xff\xd8\xff", b"\xff\xd9")


def test_a_stream_is_left_to_the_wire_and_is_no_poll() -> None:
    routes = begun(lengths=[1.0])
    path = f"/fal-ai/flux-1/requests/{submitted(routes, 0, at=0.0)}/status/stream"
    assert isinstance(routes.answer("GET", path, b"", 0.5), Stream)
    assert routes.round.accounts.jobs[0].polls == 0
