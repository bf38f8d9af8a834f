# @generated from openapi.yaml (sha256:cb8a0879f703) by openapi-python-client 0.29.1 and ruff 0.17.6, "make generate"; do not edit.
"""Every operation of the contract: method, path and the statuses it documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

CONTRACT_VERSION: Final = "0.1.0"
CONTRACT_SHA256: Final = "cb8a0879f703db749286ab7f450bf7c4233a3908c897dd08323b118b2988f5a3"


@dataclass(frozen=True)
class Operation:
    """One operation; `path` is a template with `{name}` for each path parameter."""

    operation_id: str
    method: str
    path: str
    statuses: tuple[int, ...]


OPERATIONS: Mapping[str, Operation] = {
    operation.operation_id: operation
    for operation in (
        Operation(
            "submit_flux_1_schnell_redux",
            "POST",
            "/fal-ai/flux-1/schnell/redux",
            (200, 400, 401, 403, 404, 413, 422, 429, 500, 502, 503, 504),
        ),
        Operation(
            "get_result",
            "GET",
            "/fal-ai/{model_name}/requests/{request_id}",
            (200, 202, 400, 401, 403, 404, 422, 429, 500, 502, 503, 504),
        ),
        Operation(
            "get_status",
            "GET",
            "/fal-ai/{model_name}/requests/{request_id}/status",
            (200, 202, 400, 401, 403, 404, 422, 429, 500, 502, 503, 504),
        ),
        Operation(
            "stream_status",
            "GET",
            "/fal-ai/{model_name}/requests/{request_id}/status/stream",
            (200, 400, 401, 403, 404, 422, 429, 500, 502, 503, 504),
        ),
        Operation(
            "cancel_request",
            "PUT",
            "/fal-ai/{model_name}/requests/{request_id}/cancel",
            (200, 202, 400, 401, 403, 404, 422, 429, 500, 502, 503, 504),
        ),
    )
}
