"""Certificates and HTTP/2: who is believed, and that what is proof of a submit stays proof."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import pytest
import trustme

from chainhub_fal import NoAnswerError
from chainhub_fal._drivers import Driver
from chainhub_fal._drivers_async import AsyncDriver
from chainhub_fal._effects import Answer, Call, Download, Downloaded, Exchange, Flow, ask

from .running import OWN, run, settings_at
from .serving import Peer, Script, answer, listening

POST = Exchange("submit", "POST", "/jobs", body=b"0123456789")
PATIENCE = 0.3


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def believed(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the environment name the authority that signed the server's certificate."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["h2", "http/1.1"])
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def submit(timeout: float = 5.0) -> Flow[Answer]:
    return (yield from ask(Call(POST, timeout, timeout), Answer))


@pytest.mark.usefixtures("believed")
@pytest.mark.parametrize("way", OWN)
def test_the_environments_certificates_are_believed(
    way: str, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    script = Script([answer(b"{}"), answer(b"x" * 300_000)])
    with listening(script, tls) as port:
        settings = settings_at(port, scheme="https")
        assert run(way, submit(), settings).body == b"{}"
        effect = Download(f"{settings.base_url}/a", str(tmp_path), 10**6, 5.0, 5.0)
        assert run(way, ask(effect, Downloaded), settings).size == 300_000


@pytest.mark.parametrize("way", OWN)
def test_a_stranger_is_not_believed_and_gets_nothing(way: str, tls: ssl.SSLContext) -> None:
    script = Script([answer()])
    with listening(script, tls) as port, pytest.raises(NoAnswerError) as caught:
        run(way, submit(), settings_at(port, scheme="https"))
    assert (caught.value.unsent, caught.value.phase) == (True, "connect")
    assert script.asked == []


@pytest.mark.parametrize("way", OWN)
def test_a_server_that_never_shakes_hands_is_proof_that_nothing_left(way: str) -> None:
    def stay_silent(connection: socket.socket) -> None:
        while connection.recv(4096):
            pass

    with listening(stay_silent) as port, pytest.raises(NoAnswerError) as caught:
        run(way, submit(PATIENCE), settings_at(port, scheme="https"))
    assert (caught.value.unsent, caught.value.phase) == (True, "connect")


# HTTP/2


def speaking(then: Callable[[h2.connection.H2Connection, int], None] | None) -> Peer:
    """Speak HTTP/2: hang up once a request is whole, or do something then."""

    def serve(connection: socket.socket) -> None:
        state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        state.initiate_connection()
        connection.sendall(state.data_to_send())
        while data := connection.recv(65536):
            for event in state.receive_data(data):
                if isinstance(event, h2.events.StreamEnded):
                    if then is None:
                        return
                    then(state, event.stream_id)
            connection.sendall(state.data_to_send())

    return serve


def say_yes(state: h2.connection.H2Connection, stream: int) -> None:
    state.send_headers(stream, [(":status", "200"), ("content-type", "application/json")])
    state.send_data(stream, b"{}", end_stream=True)


def say_nothing(_state: h2.connection.H2Connection, _stream: int) -> None:
    """Have read the request, and leave it at that."""


def over_http2(colour: str, port: int, timeout: float = 5.0) -> Answer:
    settings = replace(settings_at(port, scheme="https"), http2=True)
    if colour == "sync":
        driver = Driver.of(None, settings)
        try:
            return driver.run(submit(timeout))
        finally:
            driver.transport.close()

    async def go() -> Answer:
        over = AsyncDriver.of(None, settings)
        try:
            return await over.run(submit(timeout))
        finally:
            await over.transport.close()

    return asyncio.run(go())


@pytest.mark.usefixtures("believed")
@pytest.mark.parametrize("colour", ["sync", "async"])
def test_http2_is_spoken_when_it_is_asked_for(colour: str, tls: ssl.SSLContext) -> None:
    with listening(speaking(say_yes), tls) as port:
        assert over_http2(colour, port).body == b"{}"


@pytest.mark.usefixtures("believed")
@pytest.mark.parametrize("colour", ["sync", "async"])
@pytest.mark.parametrize(("then", "timeout"), [(None, 5.0), (say_nothing, PATIENCE)])
def test_over_http2_a_submit_that_was_read_is_no_proof(
    colour: str,
    then: Callable[[h2.connection.H2Connection, int], None] | None,
    timeout: float,
    tls: ssl.SSLContext,
) -> None:
    with listening(speaking(then), tls) as port, pytest.raises(NoAnswerError) as caught:
        over_http2(colour, port, timeout)
    assert (caught.value.unsent, caught.value.phase) == (False, "wait for the answer")
    assert caught.value.bytes_written == len(POST.body or b"")


@pytest.mark.parametrize("colour", ["sync", "async"])
def test_over_http2_a_stranger_is_proof_that_nothing_left(colour: str, tls: ssl.SSLContext) -> None:
    with listening(speaking(say_yes), tls) as port, pytest.raises(NoAnswerError) as caught:
        over_http2(colour, port)
    assert (caught.value.unsent, caught.value.phase) == (True, "connect")
