"""What wire tests speak of: the key, the hosts, one job, and answers made from the contract."""

from __future__ import annotations

import itertools
import json
import struct
import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Any, Protocol, TypeAlias, cast

import httpx

from chainhub_fal import FLUX_1_SCHNELL_REDUX, Client

from ..contract import Contract
from ..events import EVENT_STREAM
from .router import SpecRouter

Json: TypeAlias = dict[str, Any]  # any value may stand in JSON

CONTRACT = Contract.load()
REDUX = FLUX_1_SCHNELL_REDUX
KEY = "sk-wire-0123456789"
GATEWAY = "https://api.chainhub.tech"
FAL = "https://queue.fal.run"
CDN = "https://v3.fal.media/files/zebra"
SUBMIT, RESULT, STATUS, CANCEL = REDUX.operation_id, "get_result", "get_status", "cancel_request"
STREAM = "stream_status"
PICTURE_URL = "https://pictures.example/cat.png"


def png(comment: bytes = b"a sample") -> bytes:
    """Make a whole PNG picture, one white pixel, that carries a comment (PNG, third edition)."""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"tEXt", b"Comment\0" + comment),
        (b"IDAT", zlib.compress(b"\0\xff")),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


PNG = png()


def example(operation_id: str, status: int, name: str = "example") -> Json:
    """Return one of the contract's examples, to be changed at will."""
    return cast("Json", CONTRACT.operations[operation_id].examples(status)[name])


REQUEST_ID: str = example(SUBMIT, 200)["request_id"]
PATH = f"/fal-ai/{REDUX.model_name}/requests/{REQUEST_ID}"


def at_once() -> Iterator[float]:
    """Poll as fast as a schedule may: for tests that must not wait."""
    return itertools.repeat(0.01)


def ticket(**changes: object) -> httpx.Response:
    """Answer a submit with the contract's ticket, changed."""
    return httpx.Response(200, json=example(SUBMIT, 200) | changes)


def output(*urls: str, **changes: object) -> httpx.Response:
    """Answer with a finished job's output: the contract's example, with these pictures."""
    body = example(RESULT, 200, REDUX.operation_id.removeprefix("submit_"))
    (picture,) = body["images"]
    images = [picture | {"url": url, "content_type": "image/png"} for url in urls]
    return httpx.Response(200, json=body | ({"images": images} if urls else {}) | changes)


def state(name: str, status: int = 200, **changes: object) -> httpx.Response:
    """Answer with a status body in this state."""
    body = {"status": name, "request_id": REQUEST_ID, **changes}
    return httpx.Response(status, json=body)


def stream(*states: str, **changes: object) -> httpx.Response:
    """Answer with an event for each of these states, each with a comment after it."""
    bodies = [{"status": name, "request_id": REQUEST_ID, **changes} for name in states]
    text = "".join(f"data: {json.dumps(body)}\n\n: ping\n\n" for body in bodies)
    return httpx.Response(200, text=text, headers={"Content-Type": EVENT_STREAM})


def pending() -> httpx.Response:
    """Answer as fal does when a result is asked for too early."""
    return httpx.Response(400, json=example(RESULT, 400, "pending"))


def page(status: int = 200) -> httpx.Response:
    """Answer with a web page, as this gateway family does for any path it does not route."""
    return httpx.Response(status, html="<!doctype html><title>Console</title>")


class CutStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body whose connection breaks before it is whole."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content
        raise httpx.RemoteProtocolError("peer closed connection")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk


def cut(content: bytes, media_type: str) -> httpx.Response:
    """Answer with the first part of a body, and no more."""
    return httpx.Response(200, stream=CutStream(content), headers={"Content-Type": media_type})


class Connect(Protocol):
    """Makes a client, of the colour of the test, that speaks to a router."""

    def __call__(self, router: SpecRouter, **options: Any) -> Client:
        """Return it; the options are the client's, with defaults that do not wait."""
