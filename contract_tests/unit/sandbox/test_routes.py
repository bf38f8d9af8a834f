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
        (SHORT + "/status/stream", "stream", "stream"),
        (SHORT + "/status/stream/", "", "stream"),
        (SHORT + "/cancel", "cancel", "cancel"),
        (FULL, "", "result"),
        (FULL + "/status", "", "status"),
        (FULL + "/status/stream", "", "stream"),
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


@pytest.mark.parametrize(
    ("routes", "kinds"),
    [
        ("all", ["result", "status", "stream", "cancel"]),
        ("no-stream", ["result", "status", "", "cancel"]),
        ("result-only", ["result", "", "", ""]),
    ],
)
def test_a_gateway_may_lack_what_it_does_not_document(routes: str, kinds: list[str]) -> None:
    contract = load_contract()
    paths = [SHORT + tail for tail in ("", "/status", "/status/stream", "/cancel")]
    assert [match(path, contract, "gateway", routes).kind for path in paths] == kinds
    served = [match(path, contract, "fal", routes).kind for path in paths]
    assert served == ["result", "status", "stream", "cancel"]


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
