"""The client against the sandbox: from a picture on disk to pictures on disk, in both dialects."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import AsyncClient, Backoff, Cancellation, JobRef, errors
from chainhub_fal_sandbox import Fault, Sandbox

QUICK = {"schedule": Backoff(0.02, 1.2, 0.1)}


@pytest.fixture(params=["gateway", "fal"])
def sandbox(request: pytest.FixtureRequest, chainhub_sandbox_factory: Any) -> Sandbox:
    return chainhub_sandbox_factory(dialect=request.param)  # type: ignore[no-any-return]


def client_of(drive: Any, sandbox: Sandbox, **options: Any) -> Any:
    return drive.client(
        api_key=sandbox.key,
        base_url=sandbox.base_url,
        dialect=sandbox.settings.dialect,
        **{**QUICK, **options},
    )


@pytest.mark.parametrize(
    ("inputs", "size", "kind"),
    [
        ({"num_images": 4, "image_size": "16:9"}, (1024, 576), "JPEG"),
        ({"num_images": 2, "image_size": "square", "output_format": "png"}, (512, 512), "PNG"),
        ({"image_size": {"width": 320, "height": 200}, "sync_mode": True}, (320, 200), "JPEG"),
    ],
)
def test_the_pictures_are_what_was_asked(
    drive: Any, sandbox: Sandbox, cat: Path, tmp_path: Path, inputs: Any, size: Any, kind: str
) -> None:
    result = client_of(drive, sandbox).run(REDUX, image_url=cat, seed=7, **inputs)
    paths = result.save(tmp_path / "out")
    assert len(paths) == len(result.images) == inputs.get("num_images", 1)
    for path, image in zip(paths, result.images, strict=True):
        with Image.open(path) as picture:
            assert (picture.size, picture.format) == (size, kind)
        assert (image.width, image.height) == size
    assert result.seed == 7
    assert result.output.seed == 7
    assert result.receipt.unexpected == {}
    assert sandbox.paid == 1
    assert sandbox.keys_sent_to_files == 0
    assert sandbox.foreign_hits == ()


def test_the_same_seed_gives_the_same_pictures(
    drive: Any, sandbox: Sandbox, cat: Path, tmp_path: Path
) -> None:
    client = client_of(drive, sandbox)
    runs = [client.run(REDUX, image_url=cat, seed=5).save(tmp_path / name) for name in "ab"]
    assert runs[0][0].read_bytes() == runs[1][0].read_bytes()


def test_updates_tell_the_way_and_the_reference_resumes_it_elsewhere(
    drive: Any, chainhub_sandbox_factory: Any, cat: Path
) -> None:
    sandbox = chainhub_sandbox_factory(dialect="fal", queue_seconds=0.15, run_seconds=0.15)
    job = client_of(drive, sandbox).submit(REDUX, image_url=cat)
    updates = list(job.updates())
    states = [update.state for update in updates]
    assert states == sorted(states, key=["IN_QUEUE", "IN_PROGRESS", "COMPLETED"].index)
    assert {"IN_QUEUE", "COMPLETED"} <= set(states)
    assert any(update.new_logs for update in updates)
    assert job.status().state == "COMPLETED"
    assert job.cancel() is Cancellation.TOO_LATE
    elsewhere = client_of(drive, sandbox).job(JobRef.from_json(job.ref.to_json()))
    assert elsewhere.result().images == job.result().images
    assert sandbox.paid == 1


def test_a_plain_string_names_an_endpoint_too(drive: Any, sandbox: Sandbox, cat: Path) -> None:
    client = client_of(drive, sandbox)
    assert len(client.run("fal-ai/flux-1/schnell/redux", image_url=cat, num_images=2).images) == 2
    with pytest.raises(errors.UnknownEndpointError, match="Did you mean fal-ai/flux-1"):
        client.run("fal-ai/flux-1/schnel", image_url=cat)


def test_a_deadline_names_the_job_and_another_client_takes_it_up(
    drive: Any, sandbox: Sandbox, cat: Path
) -> None:
    sandbox.faults.add("status", Fault.named("status-stuck"), times=20)
    sandbox.faults.add("result", Fault.fields(status="IN_PROGRESS", images=None), times=20)
    with pytest.raises(errors.DeadlineExceededError) as caught:
        client_of(drive, sandbox, deadline=0.3).run(REDUX, image_url=cat)
    sandbox.faults.clear()
    assert caught.value.stage == "the wait"
    assert client_of(drive, sandbox).job(caught.value.job).result().images
    assert sandbox.paid == 1


@pytest.mark.parametrize(
    ("operation", "stage", "error"),
    [
        ("submit", "", errors.SubmissionUnknownError),
        ("result", "the wait", errors.DeadlineExceededError),
        ("file", "the download", errors.DeadlineExceededError),
    ],
)
def test_the_deadline_holds_at_each_stage(
    drive: Any, sandbox: Sandbox, cat: Path, tmp_path: Path,
    operation: str, stage: str, error: type[errors.ChainHubError],
) -> None:  # fmt: skip
    sandbox.faults.add(operation, Fault.slow(30), times=None)
    client = client_of(drive, sandbox, deadline=1.0)
    with pytest.raises(error) as caught:
        client.run(REDUX, image_url=cat).save(tmp_path)
    assert getattr(caught.value, "stage", "") == stage
    assert (caught.value.job is not None) == bool(stage)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_loses_nothing(
    drive: Any, sandbox: Sandbox, cat: Path, tmp_path: Path
) -> None:
    client = client_of(drive, sandbox)
    result = client.run(REDUX, image_url=cat)
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(errors.SaveError) as caught:
        result.save(tmp_path / "out")
    assert caught.value.job == result.receipt.job
    again = client.job(caught.value.job).result()
    assert len(again.save(tmp_path / "elsewhere")) == 1
    assert sandbox.paid == 1


@pytest.mark.parametrize("choice", ["keep", "cancel"])
def test_leaving_the_context_settles_what_becomes_of_open_jobs(
    drive: Any, chainhub_sandbox_factory: Any, cat: Path, choice: str, caplog: Any
) -> None:
    sandbox = chainhub_sandbox_factory(queue_seconds=60)
    with (
        caplog.at_level(logging.WARNING),
        client_of(drive, sandbox, on_abandon=choice) as client,
    ):
        job = client.submit(REDUX, image_url=cat)
    assert job.request_id in caplog.text
    assert len(sandbox.calls_to("cancel")) == (choice == "cancel")


@pytest.mark.parametrize("choice", ["keep", "cancel"])
def test_a_cancelled_task_settles_its_job_and_says_so(
    chainhub_sandbox_factory: Any, cat: Path, choice: Any
) -> None:
    sandbox = chainhub_sandbox_factory(queue_seconds=60)

    async def give_up() -> list[str]:
        async with AsyncClient(
            api_key=sandbox.key, base_url=sandbox.base_url, on_abandon=choice
        ) as client:
            job = await client.submit(REDUX, image_url=cat)
            updates = job.updates()
            assert (await anext(updates)).state == "IN_QUEUE"
            waiting = asyncio.ensure_future(anext(updates))
            await asyncio.sleep(0)  # let it begin to wait
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await waiting
            assert job.request_id in caught.value.__notes__[0]
            return caught.value.__notes__

    notes = asyncio.run(give_up())
    assert ("was cancelled" in notes[0]) == (choice == "cancel")
    assert len(sandbox.calls_to("cancel")) == (choice == "cancel")


def test_a_refused_connection_says_that_nothing_was_charged(drive: Any, cat: Path) -> None:
    with Sandbox() as sandbox:
        pass  # its port is closed now
    with pytest.raises(errors.NoAnswerError, match="nothing was charged"):
        client_of(drive, sandbox, connect_patience=0.2).run(REDUX, image_url=cat)


def test_a_server_that_comes_up_late_is_found(drive: Any, cat: Path) -> None:
    sandbox = Sandbox()
    with sandbox:
        pass
    import threading  # noqa: PLC0415 - this test alone starts something later

    later = threading.Timer(0.2, sandbox.start)
    later.start()
    try:
        result = client_of(drive, sandbox, connect_patience=10).run(REDUX, image_url=cat)
    finally:
        later.join()
        sandbox.stop()
    assert result.images
    assert sandbox.paid == 1


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"api_key": "wrong-key"}, errors.AuthenticationError),
        ({"fault": "submit-no-quota"}, errors.QuotaError),
        ({"fault": "submit-413"}, errors.RequestRefusedError),
        ({"fault": "submit-page"}, errors.NotTheApiError),
    ],
)
def test_a_refused_submit_is_told_apart_and_costs_nothing(
    drive: Any, sandbox: Sandbox, cat: Path, settings: Any, error: type[Exception]
) -> None:
    if fault := settings.get("fault"):
        sandbox.faults.add("submit", Fault.named(fault), times=None)
    client = drive.client(
        api_key=settings.get("api_key", sandbox.key),
        base_url=sandbox.base_url,
        dialect=sandbox.settings.dialect,
    )
    with pytest.raises(error) as caught:
        client.run(REDUX, image_url=cat)
    assert "wrong-key" not in str(caught.value)
    assert sandbox.paid == 0
