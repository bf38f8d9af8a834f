"""What a program sees of its jobs: log lines, hooks and spans, in both colours, and by default nothing."""

from __future__ import annotations

import gc
import itertools
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import errors
from chainhub_fal_sandbox import Fault, Sandbox

OPTIONS = {"schedule": lambda: itertools.repeat(0.02), "deadline": 20.0, "missing_patience": 0.1}
INPUTS: dict[str, Any] = {
    "image_url": "https://pictures.example/cat.png",
    "image_size": {"width": 16, "height": 16},
}


@pytest.fixture
def sandbox(chainhub_sandbox_factory: Any) -> Sandbox:
    return chainhub_sandbox_factory(  # type: ignore[no-any-return]
        queue_seconds=0.1, run_seconds=0.1, foreign_images="invent"
    )


@pytest.fixture
def connect(drive: Any, sandbox: Sandbox) -> Any:
    speaks = {"api_key": sandbox.key, "base_url": sandbox.base_url}
    return lambda **options: drive.client(**speaks, **{**OPTIONS, **options})


def lines(caplog: pytest.LogCaptureFixture, level: int) -> list[str]:
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno == level and record.name.startswith("chainhub_fal")
    ]


def test_one_line_for_each_change_and_one_below_for_each_exchange(
    connect: Any, sandbox: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="chainhub_fal")
    sandbox.faults.add("result", Fault.status(503))
    result = connect().run(REDUX, **INPUTS)
    result.save(tmp_path)
    told = [line for line in lines(caplog, logging.INFO) if result.receipt.request_id in line]
    states = [line.partition(": ")[2].partition(" after")[0] for line in told]
    assert [state for state, _ in itertools.groupby(states)] == states
    assert (states[0], states[-1]) == ("queued", "COMPLETED")
    assert REDUX.id in told[0]
    exchanges = lines(caplog, logging.DEBUG)
    assert len(exchanges) == 1 + result.receipt.polls + 1  # the submit, the looks, the file
    assert any("answered 503 in" in line for line in exchanges)
    assert result.receipt.retries == 1
    assert lines(caplog, logging.WARNING) == []


def test_a_person_is_warned_of_what_may_be_lost_or_paid(
    connect: Any, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.faults.add("submit", Fault.status(500))
    with pytest.raises(errors.SubmissionUnknownError):
        connect().run(REDUX, **INPUTS)
    with pytest.raises(errors.DeadlineExceededError) as caught:
        connect(deadline=0.15).run(REDUX, **INPUTS)
    assert caught.value.job is not None
    warned = lines(caplog, logging.WARNING)
    assert ["may be queued and charged" in line for line in warned] == [True, False]
    assert caught.value.job.request_id in warned[1]


def test_a_program_that_did_not_ask_hears_nothing(sandbox: Sandbox) -> None:
    sandbox.faults.add("submit", Fault.status(500))
    code = (
        "from chainhub_fal import Client, FLUX_1_SCHNELL_REDUX as R, SubmissionUnknownError\n"
        f"client = Client(api_key={sandbox.key!r}, base_url={sandbox.base_url!r})\n"
        "try: client.run(R, image_url='https://pictures.example/cat.png')\n"
        "except SubmissionUnknownError: print('raised')"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert (done.stdout.strip(), done.stderr) == ("raised", "")


class HookError(Exception):
    """What a hook of the caller's raises."""


def test_hooks_hear_of_each_job_and_each_change_in_every_way_to_wait(connect: Any) -> None:
    jobs: list[str] = []
    states: list[tuple[str, str]] = []
    client = connect(
        on_enqueue=lambda job: jobs.append(job.request_id),
        on_update=lambda job, update: states.append((job.request_id, update.state)),
    )
    ran = client.run(REDUX, **INPUTS).receipt.request_id
    job = client.submit(REDUX, **INPUTS)
    assert jobs == [ran, job.request_id]
    job.result()
    mapped = [item.job.request_id for item in client.map(REDUX, [INPUTS, {**INPUTS, "seed": 1}])]
    assert sorted(jobs) == sorted([ran, job.request_id, *mapped])
    for request_id in jobs:
        own = [state for one, state in states if one == request_id]
        assert own[-1] == "COMPLETED"
        assert own.count("COMPLETED") == 1


@pytest.mark.parametrize("hook", ["on_enqueue", "on_update"])
def test_a_hook_that_fails_costs_no_job(
    connect: Any, sandbox: Sandbox, tmp_path: Path, hook: str
) -> None:
    def fail(*_: object) -> None:
        raise HookError

    with pytest.raises(HookError) as caught:
        connect(**{hook: fail}).run(REDUX, **INPUTS)
    (paid,) = sandbox.paid_ids
    assert paid in caught.value.__notes__[0]
    journal = tmp_path / "run.db"
    with pytest.raises(HookError):
        list(connect(**{hook: fail}).map(REDUX, [INPUTS], journal=journal))
    (item,) = connect().map(REDUX, [INPUTS], journal=journal)
    assert item.ok
    assert sandbox.paid == 2


def test_a_hook_that_would_have_to_be_awaited_is_refused(connect: Any) -> None:
    async def hook(*_: object) -> None: ...

    for option in ("on_enqueue", "on_update"):
        for wrong in (hook, "print"):
            with pytest.raises(errors.ConfigurationError, match=option):
                connect(**{option: wrong})


class Span:
    """A span as OpenTelemetry's interface has it, kept to be looked at."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.attributes: dict[str, Any] = {}
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.status: Any = None
        self.ended: Any = None

    def set_attribute(self, key: str, value: Any) -> None:
        assert self.ended is None
        self.attributes[key] = value

    def add_event(self, name: str, attributes: dict[str, Any]) -> None:
        assert self.ended is None
        self.events.append((name, attributes))

    def set_status(self, status: Any) -> None:
        self.status = status

    def end(self, end_time: int) -> None:
        assert self.ended is None
        self.ended = end_time


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Span]]:
    """Load a tracing interface that keeps what it is given, as a program would load the real one."""
    kept: list[Span] = []

    def start_span(name: str) -> Span:
        kept.append(Span(name))
        return kept[-1]

    trace: Any = ModuleType("opentelemetry.trace")
    trace.get_tracer = lambda *_: SimpleNamespace(start_span=start_span)
    trace.Status = lambda code, words: (code, words)
    trace.StatusCode = SimpleNamespace(ERROR="ERROR")
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", trace)
    yield kept
    assert all(span.name == "chainhub_fal.job" for span in kept)


def test_a_job_is_one_span_from_the_submit_to_the_saved_file(
    connect: Any, sandbox: Sandbox, tmp_path: Path, spans: list[Span]
) -> None:
    sandbox.faults.add("submit", Fault.status(429))
    result = connect().run(REDUX, **INPUTS)
    (span,) = spans
    assert not span.ended
    result.save(tmp_path)
    receipt = result.receipt
    assert span.ended
    assert span.status is None
    assert {name.removeprefix("chainhub_fal."): it for name, it in span.attributes.items()} == {
        "endpoint": REDUX.id,
        "request_id": receipt.request_id,
        "state": "COMPLETED",
        "polls": receipt.polls,
        "retries": 1,
        "bytes_saved": sum(path.stat().st_size for path in tmp_path.iterdir()),
    }
    assert [span.events[0][0], span.events[-1][0]] == ["retry", "COMPLETED"]


def test_what_ends_badly_says_so_in_its_span_in_one_word(
    connect: Any, sandbox: Sandbox, spans: list[Span]
) -> None:
    sandbox.faults.add("submit", Fault.status(422))
    with pytest.raises(errors.RequestRefusedError):
        connect().run(REDUX, **INPUTS)
    job = connect(deadline=0.1).submit(REDUX, **INPUTS)
    with pytest.raises(errors.DeadlineExceededError):
        job.result()
    refused, late = spans
    for span, name in ((refused, "RequestRefusedError"), (late, "DeadlineExceededError")):
        assert span.status == ("ERROR", name)
        assert span.attributes["error.type"] == name
        assert span.ended
    connect().job(job.ref).result()
    assert spans[2].attributes["chainhub_fal.resumed"] is True


def test_a_job_that_nobody_waits_for_ends_its_span_when_it_is_forgotten(
    connect: Any, spans: list[Span]
) -> None:
    job = connect().submit(REDUX, **INPUTS)
    (span,) = spans
    assert not span.ended
    del job
    gc.collect()
    assert span.ended
    assert span.status is None


def test_the_real_interface_takes_what_it_is_given(connect: Any, tmp_path: Path) -> None:
    from opentelemetry import trace  # noqa: PLC0415 - loading it turns spans on, for this test only
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor  # noqa: PLC0415
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import (  # noqa: PLC0415
        InMemorySpanExporter,
    )

    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trace, "_TRACER_PROVIDER", provider)
        result = connect().run(REDUX, **INPUTS)
        result.save(tmp_path)
        with pytest.raises(errors.NotFoundError):
            connect().job("unknown-1", endpoint=REDUX).result()
    spans: tuple[Any, ...] = exporter.get_finished_spans()  # their fields are optional there
    done, failed = spans
    assert done.name == "chainhub_fal.job"
    assert done.attributes["chainhub_fal.request_id"] == result.receipt.request_id
    assert done.events[-1].name == "COMPLETED"
    assert done.start_time < done.end_time
    assert failed.status.description == "NotFoundError"
    provider.shutdown()
