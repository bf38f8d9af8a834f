"""One paid job through the real client: submitted, waited for, its files fetched and looked at."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
from PIL import Image

from chainhub_fal import ChainHubError, Client, File, JobFailedError, Result, SaveError

from ..contract import Contract
from ..harness.findings import Finding, Ledger
from ..harness.report_text import counted
from ..semantics.endpoints import Endpoint, endpoints
from ..semantics.orders import minimal
from ..suite.chains import node_of
from .exchanges import Exchange
from .gate import GatedTarget
from .routes import Routes

LAYER = "client"
PHASES = ("client",)


def buy(
    target: GatedTarget,
    contract: Contract,
    ledger: Ledger,
    *,
    patience: float,
    tell: Callable[[str], None],
) -> list[Finding]:
    """Walk one job of the contract's first endpoint through the client; return what went wrong.

    ``patience`` is the client's deadline in seconds; everything else is its default. The gate
    tells the job's id before anything waits for it. Raises CapReachedError when the purse is
    empty.
    """
    endpoint = next(endpoints(contract))
    heard: list[Exchange] = []
    with (
        target.gate.heard_by(heard.append),
        httpx.Client(transport=target.gate, trust_env=False) as http,
    ):
        findings = list(_walk(target, contract, endpoint, http, patience, tell))
    return [*_judged(target, contract, ledger, heard), *findings]


def _walk(
    target: GatedTarget,
    contract: Contract,
    endpoint: Endpoint,
    http: httpx.Client,
    patience: float,
    tell: Callable[[str], None],
) -> Iterator[Finding]:
    name = str(node_of(contract, endpoint.submit)["x-endpoint-id"])
    operation = endpoint.submit.operation_id
    try:
        with Client(
            api_key=target.key,
            base_url=target.base_url,
            dialect=target.dialect,
            http_client=http,
            deadline=patience,
        ) as client:
            result = client.submit(name, **minimal(endpoint)).result()
            target.gate.purse.finish(result.receipt.request_id)
            tell(_cost(result))
            for rule, words in _wrong_with(result, endpoint):
                yield Finding(LAYER, rule, operation, words)
    except JobFailedError as error:
        yield Finding(LAYER, "valid-failed", operation, f"a valid job failed: {error}")
    except ChainHubError as error:
        yield Finding(LAYER, "no-result", operation, f"{type(error).__name__}: {error}")


def _wrong_with(result: Result[object], endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    for problem in endpoint.output_schema.problems(dict(result.raw)):
        yield "output", f"the result is not the output that the contract names: {problem}"
    for name, count in result.receipt.unexpected.items():
        yield "unexpected", f"{name}, which the contract does not know, came {count} times"
    if not result.files:
        yield "no-file", "the job is done and its result names no file"
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            saved = result.save(folder)
        except SaveError as error:
            yield "file", f"a file could not be fetched: {error}"
            return
        for file, path in zip(result.files, saved, strict=True):
            yield from (("file", words) for words in _differences(file, path))


def _differences(file: File, path: Path) -> Iterator[str]:
    """Say where a picture is not what its entry says; of other files, that they are empty."""
    if not path.stat().st_size:
        yield f"{file.key} is empty"
    if not file.is_image:
        return
    try:
        with Image.open(path) as picture:
            picture.load()
            kind, size = f"image/{str(picture.format).lower()}", picture.size
    except (OSError, SyntaxError, ValueError):
        yield f"{file.key} of {path.stat().st_size} bytes does not open as a picture"
        return
    if file.content_type not in {None, kind}:
        yield f"{file.key} should be {file.content_type} and is {kind}"
    told = (file.width, file.height)
    if None not in told and told != size:
        yield f"{file.key} should measure {told} and measures {size}"


def _cost(result: Result[object]) -> str:
    receipt = result.receipt
    return (
        f"  {receipt.request_id}: done after {receipt.elapsed:.1f} s,"
        f" {counted(receipt.polls, 'poll')}, {counted(len(result.files), 'file')};"
        " the price is in the account's usage log"
    )


def _judged(
    target: GatedTarget, contract: Contract, ledger: Ledger, heard: list[Exchange]
) -> Iterator[Finding]:
    """Hold every answer that the client got against the contract, which the client does not."""
    routes = Routes(contract, target.base_url)
    for exchange in heard:
        ledger.phase(LAYER)
        place = routes.find(exchange.request.method, exchange.request.url)
        if place is None or not exchange.status or not _same_server(target, exchange):
            continue
        name = place.operation.operation_id
        ledger.answer(name, exchange.status)
        if exchange.unheard:
            continue
        for problem in place.operation.answer_problems(exchange.response):
            yield Finding(LAYER, "answer", name, f"{exchange.status}: {problem}")


def _same_server(target: GatedTarget, exchange: Exchange) -> bool:
    return exchange.request.url.netloc == httpx.URL(target.base_url).netloc
