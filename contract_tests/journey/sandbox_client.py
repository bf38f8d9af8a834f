"""A client that holds every answer of a running sandbox against openapi.yaml."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
import yaml

from chainhub_fal_sandbox import Sandbox
from chainhub_fal_sandbox.pictures import invent
from chainhub_fal_sandbox.pytest_plugin import SandboxFactory

CONTRACT = Path(__file__).parents[2] / "openapi.yaml"
SUBMIT = "/fal-ai/flux-1/schnell/redux"
PICTURE = invent("a source")
DATA_URI = "data:image/png;base64," + base64.b64encode(PICTURE).decode()
BODY: dict[str, object] = {"image_url": DATA_URI, "image_size": {"width": 96, "height": 64}}
# Loading the certificates of the world takes longer than most tests here.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
DIALECTS = pytest.mark.parametrize("dialect", ["gateway", "fal"])


class Clock:
    """Seconds that only a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Connected:
    """A sandbox and a client that holds every answer of the queue against the contract."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        headers = {"authorization": sandbox.authorization}
        self.client = httpx.Client(base_url=sandbox.base_url, headers=headers, verify=NO_TLS)

    def ask(self, operation: str, method: str, path: str, **more: Any) -> httpx.Response:
        answer = self.client.request(method, path, **more)
        keeps_contract(operation, answer)
        return answer

    def submit(self, **changes: object) -> httpx.Response:
        return self.ask("submit_flux_1_schnell_redux", "POST", SUBMIT, json={**BODY, **changes})

    def job(self, **changes: object) -> str:
        return str(self.submit(**changes).json()["request_id"])

    def status(self, job: str, logs: int = 0) -> httpx.Response:
        path = f"/fal-ai/flux-1/requests/{job}/status"
        return self.ask("get_status", "GET", path, params={"logs": logs})

    def result(self, job: str, model: str = "flux-1") -> httpx.Response:
        return self.ask("get_result", "GET", f"/fal-ai/{model}/requests/{job}")

    def cancel(self, job: str) -> httpx.Response:
        return self.ask("cancel_request", "PUT", f"/fal-ai/flux-1/requests/{job}/cancel")


Connect = Callable[..., Connected]


def connections(factory: SandboxFactory) -> Iterator[Connect]:
    """Yield what starts sandboxes with a client for each; the clients are closed afterwards."""
    with ExitStack() as opened:

        def start(**changes: Any) -> Connected:
            connected = Connected(factory(**changes))
            opened.enter_context(connected.client)
            return connected

        yield start


def download(url: str, **headers: str) -> httpx.Response:
    """Read a URL as a stranger does, without a key."""
    return httpx.get(url, headers=headers, verify=NO_TLS)


def keeps_contract(operation: str, answer: httpx.Response) -> None:
    known = documented_answers()
    key = (operation, str(answer.status_code))
    assert key in known, f"{operation} answered {answer.status_code}, which is not documented"
    assert answer.headers["content-type"] == "application/json"
    known[key].validate(answer.json())


@cache
def documented_answers() -> dict[tuple[str, str], jsonschema_rs.Draft202012Validator]:
    document = yaml.safe_load(CONTRACT.read_text())
    components = document["components"]
    validators = {}
    for item in document["paths"].values():
        for operation in (item[method] for method in ("get", "put", "post") if method in item):
            for status, response in operation["responses"].items():
                name = response.get("$ref", "").rpartition("/")[2]
                content = components["responses"].get(name, response)["content"]
                if "application/json" not in content:
                    continue  # a stream, which is never asked for here
                schema = {**content["application/json"]["schema"], "components": components}
                validators[operation["operationId"], str(status)] = (
                    jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
                )
    return validators
