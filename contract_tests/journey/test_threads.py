"""One client in many threads, on several event loops, and after a fork: it works, or says why not."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import AsyncClient, Client, errors
from chainhub_fal_sandbox import Sandbox

THREADS = 50
SMALL = {"width": 16, "height": 16}


def inputs(seed: int) -> dict[str, Any]:
    url = f"https://pictures.example/{seed}.png"
    return {"image_url": url, "seed": seed, "image_size": SMALL}


@pytest.fixture
def sandbox(chainhub_sandbox_factory: Any) -> Sandbox:
    return chainhub_sandbox_factory(  # type: ignore[no-any-return]
        queue_seconds=0, run_seconds=0, foreign_images="invent", workers=1000
    )


def options(sandbox: Sandbox, **more: Any) -> dict[str, Any]:
    speaks = {"api_key": sandbox.key, "base_url": sandbox.base_url}
    return {**speaks, "schedule": lambda: itertools.repeat(0.02), "deadline": 30.0, **more}


def by_run(client: Client, seed: int) -> int | None:
    return client.run(REDUX, **inputs(seed)).seed


def by_submit(client: Client, seed: int) -> int | None:
    job = client.submit(REDUX, **inputs(seed))
    assert job.status().state
    return job.result().seed


def by_reference(client: Client, seed: int) -> int | None:
    ref = client.submit(REDUX, **inputs(seed)).ref
    return client.with_options(deadline=20).job(ref, endpoint=REDUX).result().seed


def by_updates(client: Client, seed: int) -> int | None:
    job = client.submit(REDUX, **inputs(seed))
    assert [update.state for update in job.updates()][-1] == "COMPLETED"
    return job.result().seed


def by_map(client: Client, seed: int) -> int | None:
    (item,) = client.map(REDUX, [inputs(seed)])
    return item.unwrap().seed


WAYS: list[Callable[[Client, int], int | None]] = [
    by_run,
    by_submit,
    by_reference,
    by_updates,
    by_map,
]


def test_one_client_serves_fifty_threads_each_with_its_own_result(sandbox: Sandbox) -> None:
    together = threading.Barrier(THREADS)
    with Client(**options(sandbox)) as client:

        def work(seed: int) -> int | None:
            together.wait()
            return WAYS[seed % len(WAYS)](client, seed)

        with ThreadPoolExecutor(THREADS) as pool:
            assert list(pool.map(work, range(THREADS))) == list(range(THREADS))
        assert not client._waiting
    assert sandbox.paid == THREADS
    assert threading.active_count() < THREADS


def on_a_loop(use: Callable[[], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        return await use()

    return asyncio.run(run())


def test_a_second_event_loop_is_refused_before_anything_is_sent(sandbox: Sandbox) -> None:
    with asyncio.Runner() as first:
        client = AsyncClient(**options(sandbox))
        job = first.run(client.submit(REDUX, **inputs(1)))
        before = len(sandbox.calls)

        async def batch() -> list[Any]:
            return [item async for item in client.map(REDUX, [inputs(3)])]

        uses: list[Callable[[], Awaitable[Any]]] = [
            lambda: client.run(REDUX, **inputs(2)),
            lambda: client.with_options(deadline=5).submit(REDUX, **inputs(2)),
            job.result,
            job.status,
            job.cancel,
            client.close,
            batch,
        ]
        with ThreadPoolExecutor(1) as another:
            for use in uses:
                with pytest.raises(errors.ConfigurationError, match="another event loop"):
                    another.submit(on_a_loop, use).result()
        assert len(sandbox.calls) == before
        assert first.run(job.result()).seed == 1
        first.run(client.close())


def test_a_loop_that_has_ended_is_still_the_clients_own(sandbox: Sandbox) -> None:
    client = AsyncClient(**options(sandbox))

    async def use() -> Any:
        async with client:
            return await client.run(REDUX, **inputs(1))

    assert asyncio.run(use()).seed == 1
    with pytest.raises(errors.ConfigurationError, match="Make a client on each event loop"):
        asyncio.run(use())
    assert sandbox.paid == 1


def test_two_loops_at_the_same_time_get_one_client_and_one_refusal(sandbox: Sandbox) -> None:
    client = AsyncClient(**options(sandbox))
    together = threading.Barrier(2)

    async def use() -> Any:
        together.wait()  # before the first request, so that both are new to the client
        try:
            result = await client.run(REDUX, **inputs(1))
        except errors.ConfigurationError as refusal:
            return refusal
        await client.close()
        return result

    with ThreadPoolExecutor(2) as pool:
        ends = [pool.submit(asyncio.run, use()) for _ in range(2)]
    kinds = sorted(type(end.result()).__name__ for end in ends)
    assert kinds == ["AsyncResult", "ConfigurationError"]
    assert sandbox.paid == 1


def in_a_fork(act: Callable[[], object]) -> str:
    """Run it in a forked child and return what it raised, or "nothing"."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        said = "nothing"
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is told
            said = f"{type(error).__name__}: {error}"
        os.write(writer, said.encode())
        os._exit(0)  # the child has no business with the parent's fixtures
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        said = file.read().decode()
    os.waitpid(child, 0)
    return said


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("on_abandon", ["keep", "cancel"])
def test_a_forked_child_is_refused_and_leaves_the_parents_jobs_alone(
    sandbox: Sandbox, on_abandon: str
) -> None:
    with Client(**options(sandbox, on_abandon=on_abandon)) as client:
        job = client.submit(REDUX, **inputs(1))
        before = len(sandbox.calls)
        uses: list[Callable[[], object]] = [
            lambda: client.run(REDUX, **inputs(2)),
            lambda: list(client.map(REDUX, [inputs(2)])),
            job.result,
            job.status,
            lambda: list(job.updates()),
        ]
        for use in uses:
            said = in_a_fork(use)
            assert said.startswith("ConfigurationError: this client was made before")
            assert "Make a client in each process" in said
        assert in_a_fork(client.close) == "nothing"
        assert len(sandbox.calls) == before
        assert job.result().seed == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_takes_a_job_up_with_a_client_of_its_own(sandbox: Sandbox) -> None:
    with Client(**options(sandbox)) as client:
        ref = client.submit(REDUX, **inputs(1)).ref

    def fetch() -> None:
        with Client(**options(sandbox)) as own:
            sys.exit(f"seed {own.job(ref).result().seed}")

    assert in_a_fork(fetch) == "SystemExit: seed 1"
    assert sandbox.paid == 1
