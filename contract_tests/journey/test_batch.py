"""A batch against the sandbox: side by side, resumed, left early, refused, and never paid twice."""

from __future__ import annotations

import asyncio
import gc
import itertools
import threading
import time
import weakref
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import AsyncClient, Client, Journal, JournalError, RowState, errors, read_journal
from chainhub_fal_sandbox import Fault, Sandbox
from chainhub_fal_sandbox.catalogue import CATALOGUE

OPTIONS = {"schedule": lambda: itertools.repeat(0.02), "deadline": 20.0, "connect_patience": 0.2}
SMALL = {"width": 16, "height": 16}


def inputs(count: int) -> list[dict[str, Any]]:
    return [
        {"image_url": f"https://pictures.example/{n}.png", "seed": n, "image_size": SMALL}
        for n in range(count)
    ]


@pytest.fixture
def sandbox(chainhub_sandbox_factory: Any) -> Sandbox:
    return chainhub_sandbox_factory(  # type: ignore[no-any-return]
        queue_seconds=0, run_seconds=0, foreign_images="invent", workers=1000
    )


@pytest.fixture
def client(drive: Any, sandbox: Sandbox) -> Any:
    return drive.client(api_key=sandbox.key, base_url=sandbox.base_url, **OPTIONS)


@pytest.fixture
def own(sandbox: Sandbox) -> Iterator[Client]:
    """Give a sync client with connections of its own, whose batches are the only ones in a thread."""
    with Client(api_key=sandbox.key, base_url=sandbox.base_url, **OPTIONS) as made:  # type: ignore[arg-type]
        yield made


def states(path: Path) -> dict[str, int]:
    return dict(Counter(row.state.value for row in read_journal(path)))


def test_every_input_comes_back_once_with_its_own_result(client: Any, sandbox: Sandbox) -> None:
    given = inputs(12)
    items = list(client.map(REDUX, given, concurrency=5))
    assert sorted(item.position for item in items) == list(range(12))
    for item in items:
        assert item.inputs == given[item.position]
        assert item.unwrap().seed == item.position
        assert item.job.request_id == item.result.receipt.request_id
    assert sandbox.paid == 12


class Given(dict[str, Any]):
    """An input whose life can be watched."""

    __slots__ = ("__weakref__",)
    __hash__ = object.__hash__  # type: ignore[assignment] # one of a kind, whatever it holds


def test_of_any_number_of_inputs_a_few_are_held_at_a_time(
    client: Any, sandbox: Sandbox, tmp_path: Path
) -> None:
    alive: weakref.WeakSet[Given] = weakref.WeakSet()

    def endless() -> Iterator[Given]:
        for row in inputs(60):
            given = Given(row)
            alive.add(given)
            yield given

    most = 0
    for item in client.map(REDUX, endless(), concurrency=5, journal=tmp_path / "run.db"):
        assert item.ok
        gc.collect()  # what is held in a circle is not held by us
        most = max(most, len(alive))
    assert sandbox.paid == 60
    assert most <= 5 + 1 + 5


def test_one_that_fails_does_not_stop_the_others(client: Any, sandbox: Sandbox) -> None:
    given = inputs(6)
    given[2]["num_images"] = 99
    given[4]["image_url"] = "nowhere/at/all.png"
    items = {item.position: item for item in client.map(REDUX, given)}
    assert {n for n, item in items.items() if not item.ok} == {2, 4}
    assert isinstance(items[2].error, errors.InvalidInputError)
    with pytest.raises(errors.InvalidInputError):
        items[4].unwrap()
    assert sandbox.paid == 4


def test_the_same_call_again_pays_nothing_and_gives_the_same(
    client: Any, sandbox: Sandbox, tmp_path: Path
) -> None:
    path, given = tmp_path / "run.db", inputs(6)
    first = {item.position: item for item in client.map(REDUX, given, journal=path)}
    again = {item.position: item for item in client.map(REDUX, [*given, *inputs(1)], journal=path)}
    assert sandbox.paid == 7  # an input given twice is wanted twice
    assert {n: again[n].job for n in first} == {n: item.job for n, item in first.items()}
    assert all(item.unwrap().raw == first[n].unwrap().raw for n, item in again.items() if n < 6)
    assert states(path) == {"done": 7}


def test_files_that_are_there_are_not_fetched_again_and_those_that_are_not_are(
    client: Any, sandbox: Sandbox, tmp_path: Path
) -> None:
    plan: dict[str, Any] = {"journal": tmp_path / "run.db", "folder": tmp_path / "out"}
    first = list(client.map(REDUX, inputs(3), **plan))
    assert len({path for item in first for path in item.files}) == 3
    gone = first[0].files[0]
    gone.unlink()
    before = len(sandbox.calls)
    again = {item.position: item for item in client.map(REDUX, inputs(3), **plan)}
    assert gone.is_file()
    assert len(sandbox.calls) - before == 2  # its result and its file
    assert [item.result is None for item in again.values()].count(True) == 2
    assert all(item.ok and item.files for item in again.values())
    assert sandbox.paid == 3


def test_a_submit_whose_answer_was_lost_is_listed_and_not_sent_again(
    client: Any, sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "run.db"
    sandbox.faults.add("submit", CATALOGUE["submit-drop-done"], times=2)
    items = list(client.map(REDUX, inputs(5), journal=path, concurrency=1))
    lost = [item for item in items if not item.ok]
    assert [type(item.error) for item in lost] == [errors.SubmissionUnknownError] * 2
    again = list(client.map(REDUX, inputs(5), journal=path))
    assert {item.state for item in again if not item.ok} == {RowState.UNKNOWN}
    assert sandbox.paid == 5
    list(client.map(REDUX, inputs(5), journal=path, resubmit_unknown=True))
    assert sandbox.paid == 7  # because it was asked for
    assert states(path) == {"done": 5}


def test_refusals_slow_a_batch_down_and_all_jobs_are_done_in_the_end(
    client: Any, sandbox: Sandbox
) -> None:
    sandbox.faults.add("submit", Fault.status(429), times=4)
    items = list(client.map(REDUX, inputs(8), concurrency=4))
    assert all(item.ok for item in items)
    assert sandbox.paid == 8


def test_no_more_jobs_are_in_flight_than_asked(client: Any, sandbox: Sandbox) -> None:
    pulled = 0

    def source() -> Iterator[dict[str, Any]]:
        nonlocal pulled
        for given in inputs(30):
            pulled += 1
            yield given

    batch = client.map(REDUX, source(), concurrency=4)
    taken = list(itertools.islice(batch, 10))
    assert len(taken) == 10
    assert pulled <= 10 + 4 + 1  # taken, in flight, and one that waits for room
    batch.close()
    assert sandbox.paid <= pulled


def test_the_callers_own_iterator_may_fail_and_what_was_begun_is_told(
    client: Any, sandbox: Sandbox
) -> None:
    def source() -> Iterator[dict[str, Any]]:
        yield from inputs(3)
        raise ZeroDivisionError("row 3 is broken")

    items = []
    with pytest.raises(ZeroDivisionError, match="row 3"):
        items.extend(client.map(REDUX, source()))
    assert sandbox.paid == 3


def test_leaving_early_keeps_the_jobs_and_the_journal_knows_them(
    chainhub_sandbox_factory: Any, drive: Any, tmp_path: Path
) -> None:
    slow = chainhub_sandbox_factory(
        queue_seconds=0, run_seconds=60, foreign_images="invent", workers=99
    )
    patient = drive.client(api_key=slow.key, base_url=slow.base_url, **OPTIONS)
    path = tmp_path / "run.db"
    broken = inputs(1)[0] | {"num_images": 99}
    batch = patient.map(REDUX, [*inputs(4), broken], journal=path)
    item = next(batch)  # the broken one ends first
    assert not item.ok
    began = time.monotonic()
    batch.close()
    assert time.monotonic() - began < 5
    known = {row.ref.request_id for row in read_journal(path) if row.ref}
    assert known == set(slow.paid_ids)
    assert states(path) == {"queued": 4}
    assert not slow.calls_to("cancel")


def test_leaving_early_cancels_them_when_asked(drive: Any, chainhub_sandbox_factory: Any) -> None:
    slow = chainhub_sandbox_factory(
        queue_seconds=0, run_seconds=60, foreign_images="invent", workers=99
    )
    client = drive.client(api_key=slow.key, base_url=slow.base_url, on_abandon="cancel", **OPTIONS)
    batch = client.map(REDUX, [*inputs(3), inputs(1)[0] | {"num_images": 99}])
    next(batch)
    batch.close()
    client.close()
    assert {call.request_id for call in slow.calls_to("cancel")} == set(slow.paid_ids)


def test_a_submit_under_way_is_not_cut_off(client: Any, sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    sandbox.faults.add("submit", Fault.slow(0.4), times=None)
    batch = client.map(REDUX, [inputs(1)[0] | {"num_images": 99}, *inputs(3)], journal=path)
    next(batch)
    batch.close()
    assert set(states(path)) <= {"queued", "done"}
    assert len(list(read_journal(path))) == sandbox.paid


def test_a_cap_on_requests_holds_for_all_of_them(drive: Any, sandbox: Sandbox) -> None:
    client = drive.client(api_key=sandbox.key, base_url=sandbox.base_url, max_rate=40, **OPTIONS)
    list(client.map(REDUX, inputs(10)))
    client.with_options(deadline=5).run(REDUX, **inputs(1)[0])
    times = [call.at for call in sandbox.calls if call.operation != "file"]
    assert len(times) >= 22
    assert times[-1] - times[0] >= (len(times) - 1) / 40 * 0.9


def test_a_journal_in_use_is_refused_before_anything_is_sent(
    client: Any, sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "run.db"
    with Journal(path), pytest.raises(JournalError, match="in use"):
        list(client.map(REDUX, inputs(1), journal=path))
    assert not sandbox.calls


@pytest.mark.parametrize(
    ("options", "words"),
    [({"concurrency": 0}, "concurrency of 0"), ({"concurrent": 3}, "unknown option concurrent")],
)
def test_a_batch_that_cannot_be_kept_is_refused(client: Any, options: Any, words: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=words):
        list(client.map(REDUX, inputs(1), **options))


def test_a_sync_batch_reads_its_inputs_in_the_callers_thread_and_leaves_none_behind(
    own: Client,
) -> None:
    readers = set()

    def source() -> Iterator[dict[str, Any]]:
        for given in inputs(5):
            readers.add(threading.current_thread())
            yield given

    for _ in own.map(REDUX, source()):
        pass
    next(own.map(REDUX, source()))
    assert readers == {threading.current_thread()}
    ours = ("chainhub batch", "journal")
    assert [it.name for it in threading.enumerate() if it.name.startswith(ours)] == []


def test_the_callers_own_http_client_is_used_for_a_batch(sandbox: Sandbox) -> None:
    seen: list[str] = []
    hooks = {"request": [lambda request: seen.append(request.method)]}
    with (
        httpx.Client(event_hooks=hooks) as theirs,
        Client(http_client=theirs, api_key=sandbox.key, base_url=sandbox.base_url) as client,
    ):
        assert all(item.ok for item in client.map(REDUX, inputs(3)))
        assert not theirs.is_closed
    assert seen.count("POST") == 3


def test_async_inputs_and_cancellation(sandbox: Sandbox) -> None:
    async def source() -> AsyncIterator[dict[str, Any]]:
        for given in inputs(3):
            await asyncio.sleep(0)
            yield given
        await asyncio.sleep(60)

    async def main() -> int:
        done = 0
        async with AsyncClient(api_key=sandbox.key, base_url=sandbox.base_url) as client:
            async for item in client.map(REDUX, source()):
                done += item.ok
                if done == 3:
                    break
        ours = [task for task in asyncio.all_tasks() if "chainhub" in repr(task.get_coro())]
        assert ours == [asyncio.current_task()] or not ours
        return done

    assert asyncio.run(asyncio.wait_for(main(), 20)) == 3
