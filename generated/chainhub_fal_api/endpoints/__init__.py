# @generated from openapi.yaml (sha256:cb8a0879f703) by openapi-python-client 0.29.1 and ruff 0.17.6, "make generate"; do not edit.
"""The queue endpoints of the contract, each imported when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final

__all__ = ["Endpoint", "FLUX_1_SCHNELL_REDUX", "FileInput", "PictureLike"]

_MODULES = {
    "Endpoint": "._types",
    "FileInput": "._types",
    "PictureLike": "._types",
    "FLUX_1_SCHNELL_REDUX": ".flux_1_schnell_redux",
}

if TYPE_CHECKING:
    from ._types import Endpoint as Endpoint
    from ._types import FileInput as FileInput
    from ._types import PictureLike as PictureLike
    from .flux_1_schnell_redux import FLUX_1_SCHNELL_REDUX as FLUX_1_SCHNELL_REDUX
else:

    def __getattr__(name: str) -> object:
        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value: object = getattr(import_module(module, __name__), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)


INDEX: Mapping[str, str] = {"fal-ai/flux-1/schnell/redux": "FLUX_1_SCHNELL_REDUX"}

DEFAULT: Final = "fal-ai/flux-1/schnell/redux"


def get(endpoint_id: str) -> Endpoint[..., object]:
    """Return the endpoint with this id; raises KeyError when the contract has none."""
    constant = INDEX[endpoint_id]
    endpoint: Endpoint[..., object] = getattr(import_module(_MODULES[constant], __name__), constant)
    return endpoint
