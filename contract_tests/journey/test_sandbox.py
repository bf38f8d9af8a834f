"""The sandbox over loopback: every answer keeps openapi.yaml, in both dialects."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from io import BytesIO

import httpx
import pytest
from PIL import Image

from chainhub_fal_sandbox import Sandbox
from chainhub_fal_sandbox.pytest_plugin import SandboxFactory

from .sandbox_client import DATA_URI, DIALECTS, SUBMIT, Clock, Connect, connections, download


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def connect(chainhub_sandbox_factory: SandboxFactory) -> Iterator[Connect]:
    yield from connections(chainhub_sandbox_factory)


@DIALECTS
def test_a_job_goes_from_ticket_to_pictures(connect: Connect, clock: Clock, dialect: str) -> None:
    here = connect(dialect=dialect, clock=clock, queue_seconds=2, run_seconds=3)
    ticket = here.submit(num_images=3, output_format="png", seed=7).json()
    job = ticket["request_id"]
    seen = []
    for clock.now in (1000, 1001.5, 1002, 1004, 1005, 1009):
        answer = here.status(job, logs=1)
        body = answer.json()
        assert body["request_id"] == job
        seen.append((answer.status_code, body["status"], body.get("queue_position")))
    early, late = (200, 200) if dialect == "gateway" else (202, 200)
    assert seen == [
        (early, "IN_QUEUE", 2),
        (early, "IN_QUEUE", 0),
        (early, "IN_PROGRESS", None),
        (early, "IN_PROGRESS", None),
        (late, "COMPLETED", None),
        (late, "COMPLETED", None),
    ]
    assert body["metrics"] == {"inference_time": 3.0}
    output = here.result(job).json()
    assert here.result(job).json() == output
    assert (output["seed"], output["prompt"], len(output["has_nsfw_concepts"])) == (7, "", 3)
    looks = set()
    for image in output["images"]:
        file = download(image["url"])
        with Image.open(BytesIO(file.content)) as picture:
            assert (picture.format, picture.size) == ("PNG", (96, 64))
        assert file.headers["content-type"] == image["content_type"] == "image/png"
        looks.add(file.content)
    assert len(looks) == 3
    assert here.sandbox.keys_sent_to_files == 0


@DIALECTS
def test_the_ticket_names_the_right_host_app_and_id(connect: Connect, dialect: str) -> None:
    here = connect(dialect=dialect)
    answer = here.submit()
    ticket = answer.json()
    host = "https://queue.fal.run" if dialect == "gateway" else here.sandbox.base_url
    base = f"{host}/fal-ai/flux-1/requests/{ticket['request_id']}"
    urls = [ticket[name] for name in ("response_url", "status_url", "cancel_url")]
    assert urls == [base, base + "/status", base + "/cancel"]
    assert (ticket["status"], ticket["logs"], ticket["metrics"]) == ("IN_QUEUE", None, {})
    header = answer.headers.get("x-fal-request-id")
    assert header == (ticket["request_id"] if dialect == "fal" else None)


@DIALECTS
def test_logs_come_when_asked_for_as_a_sliding_window(
    connect: Connect, clock: Clock, dialect: str
) -> None:
    here = connect(dialect=dialect, clock=clock, queue_seconds=1, run_seconds=10)
    job = here.job()
    assert here.status(job, logs=1).json()["logs"] is None
    clock.now += 3
    first = here.status(job, logs=1).json()["logs"]
    clock.now += 6
    later = here.status(job, logs=1).json()["logs"]
    assert here.status(job).json()["logs"] is None
    assert here.status(job, logs=2).status_code == 422
    assert first[0] not in later
    assert first[-1]["timestamp"] < later[0]["timestamp"]
    assert len(first[0]["timestamp"]) == len("2026-01-02T03:04:05.678901")


@DIALECTS
def test_a_cancel_shows_on_every_route_and_twice_is_refused(
    connect: Connect, clock: Clock, dialect: str
) -> None:
    here = connect(dialect=dialect, clock=clock, queue_seconds=5)
    job = here.job()
    accepted, again = here.cancel(job), here.cancel(job)
    assert (accepted.status_code, accepted.json()["status"]) == (202, "CANCELLATION_REQUESTED")
    assert (again.status_code, again.json()["status"]) == (400, "ALREADY_COMPLETED")
    status = here.status(job).json()
    assert status["status"] == ("FAILED" if dialect == "gateway" else "COMPLETED")
    assert status["error_type"] == here.result(job).json()["error_type"] == "client_cancelled"
    clock.now += 60
    assert "images" not in here.result(job).json()


def test_a_cancel_in_the_newer_words(connect: Connect, clock: Clock) -> None:
    here = connect(clock=clock, queue_seconds=5, cancel_queued="removed")
    answer = here.cancel(here.job())
    assert (answer.status_code, answer.json()) == (200, {"status": "OK"})


@DIALECTS
def test_ids_never_given_out_and_foreign_apps_are_404(connect: Connect, dialect: str) -> None:
    here = connect(dialect=dialect)
    for answer in (here.status("0"), here.result("0"), here.cancel("0")):
        assert (answer.status_code, answer.json()) == (404, {"status": "NOT_FOUND"})
    expected = 200 if dialect == "gateway" else 404
    assert here.result(here.job(), model="auto").status_code == expected


def test_a_gateway_may_answer_unknown_ids_from_its_task_relay(
    connect: Connect,
) -> None:
    answer = connect(unknown_job="task-not-exist").result("0")
    assert (answer.status_code, answer.json()["code"]) == (400, "task_not_exist")


def test_fal_takes_short_and_full_paths_with_and_without_a_slash(
    connect: Connect,
) -> None:
    here = connect(dialect="fal", queue_seconds=0, run_seconds=0)
    job = here.job()
    bodies = [
        here.client.get(f"{app}/requests/{job}{tail}").json()
        for app in ("/fal-ai/flux-1", SUBMIT)
        for tail in ("", "/", "/response", "/response/")
    ]
    assert all(body == bodies[0] and "images" in body for body in bodies)


@pytest.mark.parametrize(("pending", "code"), [("status", 200), ("accepted", 202), ("detail", 400)])
def test_a_pending_result_looks_as_the_settings_say(
    connect: Connect, clock: Clock, pending: str, code: int
) -> None:
    here = connect(clock=clock, pending=pending)
    answer = here.result(here.job(), model="auto")
    body = answer.json()
    assert answer.status_code == code
    waits = body.get("status") == "IN_QUEUE" or body == {"detail": "Request is still in progress"}
    assert waits


@pytest.mark.parametrize(
    ("changes", "code", "shows"),
    [
        ({"dialect": "fal"}, 422, "detail"),
        ({"failure": "status"}, 200, "error"),
        ({"failure": "flat"}, 422, "code"),
        ({"failure": "relayed"}, 422, "error"),
        ({"failure": "detail"}, 422, "detail"),
    ],
)
def test_a_picture_on_another_host_fails_the_job_in_the_words_of_the_service(
    connect: Connect, changes: dict[str, object], code: int, shows: str
) -> None:
    here = connect(queue_seconds=0, run_seconds=0, **changes)
    job = here.job(image_url="https://example.com/cat.png")
    answer = here.result(job)
    assert (answer.status_code, shows in answer.json()) == (code, True)
    if changes.get("failure") not in ("flat", "relayed"):
        assert "file_download_error" in answer.text
    failed = "FAILED" if changes.get("failure") == "status" else "COMPLETED"
    assert here.status(job).json()["status"] == failed


def test_a_foreign_picture_can_be_invented_instead_of_fetched(
    connect: Connect,
) -> None:
    here = connect(queue_seconds=0, run_seconds=0, foreign_images="invent")
    assert "images" in here.result(here.job(image_url="https://example.com/cat.png")).json()


def test_a_source_can_be_one_of_the_sandboxs_own_files(
    connect: Connect,
) -> None:
    here = connect(queue_seconds=0, run_seconds=0)
    first = here.result(here.job()).json()["images"][0]["url"]
    assert "images" in here.result(here.job(image_url=first)).json()
    assert here.sandbox.calls_to("file") == ()


@DIALECTS
def test_the_same_seed_gives_the_same_bytes_and_sync_mode_gives_them_inline(
    connect: Connect, dialect: str
) -> None:
    here = connect(dialect=dialect, queue_seconds=0, run_seconds=0)
    by_url = here.result(here.job(seed=3)).json()["images"][0]["url"]
    inline = here.result(here.job(seed=3, sync_mode=True)).json()["images"][0]
    kind, _, data = inline["url"].partition(",")
    assert kind == "data:image/jpeg;base64"
    assert base64.b64decode(data) == download(by_url).content
    assert inline["file_size"] == len(base64.b64decode(data))


def test_a_seed_is_drawn_when_none_is_given_and_repeats_the_pictures(
    connect: Connect,
) -> None:
    here = connect(queue_seconds=0, run_seconds=0)
    drawn = here.result(here.job(seed=None)).json()
    again = here.result(here.job(seed=drawn["seed"])).json()
    files = [download(output["images"][0]["url"]).content for output in (drawn, again)]
    assert files[0] == files[1]
    assert here.result(here.job()).json()["seed"] != drawn["seed"]


@pytest.mark.parametrize(
    ("wanted", "code", "part"),
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=0-99999999", 206, slice(None)),
        ("bytes=99999999-", 416, slice(0, 0)),
        ("bytes=-0", 416, slice(0, 0)),
        ("bytes=9-1", 200, slice(None)),
        ("lines=1-2", 200, slice(None)),
    ],
)
def test_files_are_served_in_parts_without_a_key(
    connect: Connect, wanted: str, code: int, part: slice
) -> None:
    here = connect(queue_seconds=0, run_seconds=0)
    url = here.result(here.job()).json()["images"][0]["url"]
    whole = download(url).content
    answer = download(url, range=wanted)
    assert (answer.status_code, answer.content) == (code, whole[part])
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert ("content-range" in answer.headers) == (code != 200)
    assert here.sandbox.keys_sent_to_files == 0
    here.client.get(url)
    assert here.sandbox.keys_sent_to_files == 1


def test_the_recorder_answers_in_sentences_and_keeps_no_secret(
    connect: Connect,
) -> None:
    here = connect()
    job = here.job(num_images=2)
    here.result(job)
    sandbox = here.sandbox
    assert (sandbox.paid, sandbox.paid_ids) == (1, (job,))
    (submit,) = sandbox.calls_to("submit")
    assert sandbox.calls_to("submit_flux_1_schnell_redux") == (submit,)
    assert (submit.key, submit.status, submit.request_id) == ("Bearer", 200, job)
    assert (submit.fields["num_images"], submit.headers["authorization"]) == (2, "present")
    assert [call.request_id for call in sandbox.calls_to("get_result")] == [job]
    assert DATA_URI[30:70] not in repr(sandbox.calls)


def test_four_large_pictures_cost_the_submit_nothing(connect: Connect) -> None:
    here = connect(queue_seconds=0, run_seconds=0)
    taken = []
    for _ in range(3):
        started = time.perf_counter()
        here.client.post(SUBMIT, json={"image_url": DATA_URI, "num_images": 4})
        taken.append(time.perf_counter() - started)
    assert min(taken) < 0.1


def test_a_sandbox_leaves_no_thread_and_no_socket_and_starts_again_where_it_was() -> None:
    before = threading.active_count()
    sandbox = Sandbox()
    with sandbox:
        url = sandbox.base_url
        assert download(url).status_code == 200
    assert threading.active_count() == before
    with pytest.raises(httpx.ConnectError):
        download(url)
    with sandbox:
        assert sandbox.base_url == url
        assert download(url).status_code == 200
    assert len(sandbox.calls) == 2
