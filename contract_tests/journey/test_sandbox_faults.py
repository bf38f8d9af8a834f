"""Faults at the socket: each does what it says, and queues a job only if it says so."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image

from chainhub_fal_sandbox import Fault, Sandbox, create_app
from chainhub_fal_sandbox.catalogue import CATALOGUE
from chainhub_fal_sandbox.faults import URL_FIELDS, Delivery
from chainhub_fal_sandbox.settings import Settings

from .sandbox_client import NO_TLS, SUBMIT

BODY = {"image_url": "https://fal.media/a.png", "image_size": {"width": 96, "height": 64}}
SECRET = "key-that-must-not-travel"


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(key=SECRET, foreign_images="invent", queue_seconds=0, run_seconds=0) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    yield running
    running.faults.clear()


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    headers = {"authorization": sandbox.authorization}
    with httpx.Client(base_url=sandbox.base_url, headers=headers, verify=NO_TLS) as opened:
        yield opened


def play(sandbox: Sandbox, name: str) -> None:
    """Switch a fault of the catalogue on for one request."""
    fault = Fault.named(name)
    sandbox.faults.add(fault.operation, fault)


def path_of(operation: str, client: httpx.Client) -> tuple[str, str]:
    """Return method and path of a request to an operation, for a job that is done."""
    if operation == "submit":
        return "POST", SUBMIT
    job = f"/fal-ai/flux-1/requests/{client.post(SUBMIT, json=BODY).json()['request_id']}"
    if operation == "file":
        return "GET", urlsplit(client.get(job).json()["images"][0]["url"]).path
    if operation == "cancel":
        return "PUT", f"{job}/cancel"
    return "GET", f"{job}/status" if operation == "status" else job


def ask(operation: str, client: httpx.Client, fault: Fault, sandbox: Sandbox) -> httpx.Response:
    method, path = path_of(operation, client)
    sandbox.faults.add(operation, fault)
    return client.request(method, path, json=BODY if method == "POST" else None)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, fault in CATALOGUE.items()
        if fault.delivery is Delivery.WHOLE and not fault.seconds and fault.operation != "stream"
    ],  # what faults of a stream do shows in its events, one by one: unit/sandbox
)
def test_every_named_fault_that_answers_changes_what_a_client_sees(
    sandbox: Sandbox, client: httpx.Client, name: str
) -> None:
    """Seen is the answer itself, or what becomes of the job."""
    fault = Fault.named(name)
    faulty = Probe(sandbox, client, fault.operation, fault).look(name)
    assert faulty != Probe(sandbox, client, fault.operation, Fault()).look(name)


class Probe:
    """Everything about one operation that a client could tell two providers apart by."""

    def __init__(
        self, sandbox: Sandbox, client: httpx.Client, operation: str, fault: Fault
    ) -> None:
        self.sandbox, self.client, self.operation, self.fault = sandbox, client, operation, fault

    def look(self, name: str) -> object:
        if name.endswith("no-auth"):
            return self._without_a_key()
        if name == "cancel-ignored":
            return self._after_a_cancel()
        if name == "submit-same-id":
            return self._two_ids_are_one()
        if name == "submit-no-validation":
            self.sandbox.faults.add("submit", self.fault)
            return self.client.post(SUBMIT, json={"num_images": 9}).status_code
        before = len(self.sandbox.paid_ids)
        answer = ask(self.operation, self.client, self.fault, self.sandbox)
        return answer.status_code, self._shape(answer), self._end(answer, before)

    def _shape(self, answer: httpx.Response) -> object:
        kept = ("content-type", "retry-after", "location")
        headers = [answer.headers.get(name) for name in kept]
        if self.operation == "file":
            return headers, answer.content[:4], _is_whole(answer.content)
        try:
            body = answer.json()
        except ValueError:
            return headers, "no JSON"
        if not isinstance(body, dict):
            return headers, type(body)
        own = str(body.get("request_id", "")) in answer.request.url.path
        hosts = {urlsplit(str(body[key])).netloc for key in body if key.endswith("_url")}
        in_urls = str(body.get("request_id")) in str(body.get("status_url"))
        return headers, body.get("status"), body.get("error_type"), set(body), own, hosts, in_urls

    def _end(self, answer: httpx.Response, before: int) -> object:
        """What becomes of a submitted job, if one was queued beyond the first so many."""
        queued = self.sandbox.paid_ids[before:]
        if self.operation != "submit" or answer.status_code != 200 or not queued:
            return None
        name = queued[-1]
        return set(self.client.get(f"/fal-ai/auto/requests/{name}").json())

    def _without_a_key(self) -> object:
        method, path = path_of(self.operation, self.client)
        self.sandbox.faults.add(self.operation, self.fault)
        url = self.sandbox.base_url + path
        return httpx.request(method, url, json=BODY, verify=NO_TLS).status_code

    def _after_a_cancel(self) -> object:
        with Sandbox(queue_seconds=60) as slow:
            headers = {"authorization": slow.authorization}
            client = httpx.Client(base_url=slow.base_url, headers=headers, verify=NO_TLS)
            slow.faults.add("cancel", self.fault)
            with client:
                job = f"/fal-ai/auto/requests/{client.post(SUBMIT, json=BODY).json()['request_id']}"
                assert client.put(f"{job}/cancel").status_code == 202
                return client.get(f"{job}/status").json()["status"]

    def _two_ids_are_one(self) -> object:
        self.sandbox.faults.add("submit", self.fault, times=2)
        ids = {self.client.post(SUBMIT, json=BODY).json()["request_id"] for _ in range(2)}
        return len(ids)


def _is_whole(data: bytes) -> bool:
    try:
        with Image.open(BytesIO(data)) as picture:
            picture.load()
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    ("delivery", "end", "received", "paid"),
    [
        (Delivery.UNREAD, "reset", b"", 0),
        (Delivery.UNREAD, "closed", b"", 0),
        (Delivery.READ, "closed", b"", 0),
        (Delivery.DONE, "closed", b"", 1),
        (Delivery.DONE, "reset", b"", 1),
        (Delivery.HEADERS, "closed", b"HTTP/1.1 200 ", 1),
        (Delivery.HALF, "closed", b'{"status":"IN_QUEUE"', 1),
    ],
)
def test_a_dropped_connection_is_closed_where_the_fault_says(
    sandbox: Sandbox,
    delivery: Delivery,
    end: str,
    received: bytes,
    paid: int,
) -> None:
    before = sandbox.paid
    sandbox.faults.add("submit", Fault.drop(delivery, reset=end == "reset"))
    text, how = raw_submit(sandbox)
    assert how == end
    assert received in text
    assert bool(text) is bool(received)
    assert sandbox.paid - before == paid
    head, _, body = text.partition(b"\r\n\r\n")
    if head:
        length = int(dict(line.split(b": ") for line in head.split(b"\r\n")[1:])[b"content-length"])
        assert len(body) == (length // 2 if delivery is Delivery.HALF else 0)


def raw_submit(sandbox: Sandbox) -> tuple[bytes, str]:
    """Submit over a bare socket; returns what came back, and how the connection ended."""
    body = json.dumps(BODY).encode()
    head = (
        f"POST {SUBMIT} HTTP/1.1\r\nHost: x\r\nAuthorization: {sandbox.authorization}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    parts = urlsplit(sandbox.base_url)
    received = b""
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
        connection.sendall(head.encode() + body)
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except ConnectionResetError:
            return received, "reset"
    return received, "closed"


@pytest.mark.parametrize("name", [n for n, fault in CATALOGUE.items() if fault.seconds])
def test_a_slow_answer_is_late_but_its_work_is_done_at_once(
    sandbox: Sandbox, client: httpx.Client, name: str
) -> None:
    operation = Fault.named(name).operation
    method, path = path_of(operation, client)
    before = sandbox.paid, len(sandbox.calls_to(operation))
    play(sandbox, name)
    with pytest.raises(httpx.ReadTimeout):
        client.request(method, path, json=BODY if method == "POST" else None, timeout=0.4)
    assert len(sandbox.calls_to(operation)) - before[1] == 1
    assert sandbox.paid - before[0] == (operation == "submit")


def test_the_foreign_host_notes_who_was_lured_there(sandbox: Sandbox, client: httpx.Client) -> None:
    before = len(sandbox.foreign_hits)
    play(sandbox, "submit-foreign-urls")
    ticket = client.post(SUBMIT, json=BODY).json()
    assert ticket["status_url"].startswith(sandbox.foreign_url + "/fal-ai/flux-1/requests/")
    client.get(ticket["status_url"])
    play(sandbox, "status-redirect")
    answer = client.get(f"/fal-ai/flux-1/requests/{ticket['request_id']}/status")
    httpx.get(answer.headers["location"], verify=NO_TLS)
    assert [hit.key for hit in sandbox.foreign_hits[before:]] == ["Bearer", "absent"]
    assert SECRET not in repr(sandbox.foreign_hits)


def test_faults_of_one_operation_follow_each_other_and_then_the_truth_returns(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    sandbox.faults.add("submit", Fault.status(429, retry_after=1, body="empty"))
    sandbox.faults.add("submit_flux_1_schnell_redux", Fault.status(520, body="html"))
    answers = [client.post(SUBMIT, json=BODY) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 520, 200]
    assert (answers[0].headers["retry-after"], answers[0].content) == ("1", b"")


def test_ticket_urls_can_name_any_host(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.faults.add("submit", Fault.foreign_urls("https://example.com"))
    ticket = client.post(SUBMIT, json=BODY).json()
    assert {urlsplit(ticket[name]).netloc for name in URL_FIELDS} == {"example.com"}


def test_faults_can_be_on_from_the_start() -> None:
    with Sandbox(faults=("submit-503",)) as broken:
        headers = {"authorization": broken.authorization}
        codes = [httpx.post(broken.base_url + SUBMIT, headers=headers).status_code for _ in "ab"]
    assert codes == [503, 503]


def test_stopping_ends_a_slow_answer_at_once(caplog: pytest.LogCaptureFixture) -> None:
    with Sandbox(faults=("submit-slow",)) as slow:
        parts = urlsplit(slow.base_url)
        connection = socket.create_connection((parts.hostname, parts.port), timeout=5)
        connection.sendall(f"POST {SUBMIT} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        while not slow.calls:
            time.sleep(0.001)
        started = time.perf_counter()
    with connection:
        assert connection.recv(1) == b""
    assert time.perf_counter() - started < 1
    assert caplog.records == []


def test_a_client_in_the_same_process_sees_a_drop_as_a_reset() -> None:
    app = create_app(Settings(faults=("submit-drop-unread",)))

    async def submit() -> None:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            await client.post(SUBMIT, json=BODY)

    with pytest.raises(ConnectionResetError):
        asyncio.run(submit())
