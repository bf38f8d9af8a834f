"""Files over real sockets: continued, redirected, and never from an address that is too near."""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import AsyncClient, SaveError
from chainhub_fal_sandbox import Fault, Sandbox
from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.exchange import Exchange

from .sandbox_client import NO_TLS, PICTURE

QUICK = {"schedule": lambda: itertools.repeat(0.02), "deadline": 30}


@pytest.fixture
def sandbox(chainhub_sandbox_factory: Callable[..., Sandbox]) -> Sandbox:
    return chainhub_sandbox_factory()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Resolve every name under ``.example`` to this machine; return what was asked for."""
    asked = set()
    resolve = socket.getaddrinfo

    def resolve_here(host: Any, *args: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        if name.endswith(".example"):
            asked.add(name)
            host = "127.0.0.1"
        return resolve(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve_here)
    return asked


def named(sandbox: Sandbox, host: str) -> str:
    """Return the sandbox's base URL under another host name."""
    return f"http://{host}:{urlsplit(sandbox.base_url).port}"


def run(drive: Any, sandbox: Sandbox, cat: Path, base_url: str = "", **options: Any) -> Any:
    options = {**QUICK, "api_key": sandbox.key, "dialect": "gateway", **options}
    client = drive.client(base_url=base_url or sandbox.base_url, **options)
    return client.run(REDUX, image_url=cat, seed=1)


def test_a_connection_that_breaks_in_the_middle_costs_only_the_rest(
    drive: Any, sandbox: Sandbox, cat: Path, tmp_path: Path
) -> None:
    sandbox.faults.add("file", Fault.named("file-drop-half"))
    result = run(drive, sandbox, cat)
    (path,) = result.save(tmp_path / "broken")
    (again,) = result.save(tmp_path / "whole")
    assert path.read_bytes() == again.read_bytes()
    assert list(path.parent.iterdir()) == [path]
    half = path.stat().st_size // 2
    asked = [(call.headers.get("range"), call.status) for call in sandbox.calls_to("file")]
    assert asked == [(None, 200), (f"bytes={half}-", 206), (None, 200)]


def test_a_redirect_on_one_machine_is_followed(
    drive: Any, sandbox: Sandbox, cat: Path, tmp_path: Path
) -> None:
    sandbox.faults.add("file", Fault.named("file-redirect"))
    (path,) = run(drive, sandbox, cat).save(tmp_path)
    assert path.stat().st_size > 0
    assert [call.query for call in sandbox.calls_to("file")] == [{}, {"moved": "1"}]


def test_a_public_name_that_leads_to_this_machine_is_refused_before_a_byte_is_sent(
    drive: Any, sandbox: Sandbox, cat: Path, tmp_path: Path, world: set[str]
) -> None:
    """The name is only known to be public until it is connected to: as if it were re-bound."""
    sandbox.faults.add("result", moved_to(named(sandbox, "cdn.example")), times=None)
    result = run(drive, sandbox, cat, named(sandbox, "api.example"), http={"verify": NO_TLS})
    with pytest.raises(SaveError, match=r"images\[0\]: its host is at a loopback address"):
        result.save(tmp_path)
    assert "cdn.example" in world
    assert sandbox.calls_to("file") == ()
    assert list(tmp_path.iterdir()) == []


def test_the_apis_own_origin_may_be_on_this_machine(
    drive: Any, sandbox: Sandbox, cat: Path, tmp_path: Path, world: set[str]
) -> None:
    result = run(drive, sandbox, cat, named(sandbox, "api.example"), http={"verify": NO_TLS})
    assert len(result.save(tmp_path)) == 1
    assert world == {"api.example"}


class Proxy(BaseHTTPRequestHandler):
    """Answers for every host with a picture."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(PICTURE)))
        self.end_headers()
        self.wfile.write(PICTURE)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Send all but the API's own requests through a proxy on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("no_proxy", "api.example")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("proxy")
def test_a_callers_proxy_may_be_on_this_machine_and_resolves_its_own_names(
    drive: Any, sandbox: Sandbox, cat: Path, tmp_path: Path, world: set[str]
) -> None:
    sandbox.faults.add("result", moved_to("http://cdn.example"), times=None)
    result = run(drive, sandbox, cat, named(sandbox, "api.example"), http={"verify": NO_TLS})
    (path,) = result.save(tmp_path)
    assert path.read_bytes() == PICTURE
    assert world == {"api.example"}


def moved_to(origin: str) -> Fault:
    """Move the files of a result to another origin."""

    def move(answer: Answer, _: Exchange) -> Answer:
        return answer.edited(lambda value: _move(value, origin))

    return Fault(alter=move)


def _move(value: dict[str, Any], origin: str) -> None:
    for image in value.get("images", ()):
        image["url"] = origin + urlsplit(image["url"]).path


def test_a_save_that_is_cancelled_leaves_nothing(
    sandbox: Sandbox, cat: Path, tmp_path: Path
) -> None:
    async def cancel_in_the_middle() -> list[Path]:
        asked, loop = asyncio.Event(), asyncio.get_running_loop()

        def tell(answer: Answer, _: Exchange) -> Answer:
            loop.call_soon_threadsafe(asked.set)
            return answer

        sandbox.faults.add("file", Fault(alter=tell, seconds=30))
        async with AsyncClient(api_key=sandbox.key, base_url=sandbox.base_url) as client:
            result = await client.run(REDUX, image_url=cat)
            saving = asyncio.create_task(result.save(tmp_path))
            await asyncio.wait_for(asked.wait(), 10)
            before = list(tmp_path.iterdir())  # noqa: ASYNC240 - one folder, nobody else waits
            saving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await saving
        return before

    assert len(asyncio.run(cancel_in_the_middle())) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_format_that_was_not_asked_for_is_saved_as_what_it_is(
    drive: Any, sandbox: Sandbox, cat: Path, tmp_path: Path
) -> None:
    sandbox.faults.add("file", Fault.named("file-other-type"))
    (path,) = run(drive, sandbox, cat).save(tmp_path)
    assert path.suffix == ".gif"
