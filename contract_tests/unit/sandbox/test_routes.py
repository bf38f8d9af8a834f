"""Which path means what, in each dialect."""

from __future__ import annotations

import pytest

from chainhub_fal_sandbox.contract import load_contract
from chainhub_fal_sandbox.exchange import app_of, match

SUBMIT = "/fal-ai/flux-1/schnell/redux"
SHORT = "/fal-ai/flux-1/requests/7"
FULL = "/fal-ai/flux-1/schnell/redux/requests/7"


@pytest.mark.parametrize(
    ("path", "in_gateway", "in_fal"),
    [
        (SUBMIT, "submit", "submit"),
        (SUBMIT + "/", "", "submit"),
        (SHORT, "result", "result"),
        (SHORT + "/", "", "result"),
        (SHORT + "/response", "", "result"),
        (SHORT + "/status", "status", "status"),
        (SHORT + "/status/", "", "status"),
        (SHORT + "/cancel", "cancel", "cancel"),
        (FULL, "", "result"),
        (FULL + "/status", "", "status"),
        ("/fal-ai/auto/requests/7", "result", "result"),
        ("/fal-ai/auto/requests/a%2Fb", "result", "result"),
        ("/other/flux-1/requests/7", "", "result"),
        ("/fal-ai/flux-1/requests/", "", ""),
        ("/fal-ai/flux-1/requests/7/stream", "", ""),
        ("/requests/7", "", ""),
        ("/files/name.png", "file", "file"),
        ("/", "", ""),
    ],
)
def test_a_path_means_the_same_as_at_the_service(path: str, in_gateway: str, in_fal: str) -> None:
    contract = load_contract()
    assert match(path, contract, "gateway").kind == in_gateway
    assert match(path, contract, "fal").kind == in_fal


def test_a_gateway_can_route_nothing_but_the_result() -> None:
    contract = load_contract()
    kinds = [match(SHORT + t, contract, "gateway", "result-only").kind for t in ("", "/status")]
    assert kinds == ["result", ""]


@pytest.mark.parametrize(
    ("endpoint_id", "app"),
    [
        ("fal-ai/flux-1/schnell/redux", "fal-ai/flux-1"),
        ("fal-ai/imagen4/preview", "fal-ai/imagen4"),
        ("workflows/someone/flow/deep", "workflows/someone/flow"),
        ("comfy/someone/flow", "comfy/someone/flow"),
    ],
)
def test_only_owner_and_app_survive_in_request_urls(endpoint_id: str, app: str) -> None:
    assert app_of(endpoint_id) == app
