"""The endpoints of the contract: one constant each, as the generated table names them, or by id."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from chainhub_fal_api import endpoints as _table

from .errors import UnknownEndpointError

if TYPE_CHECKING:
    from chainhub_fal_api.endpoints import *  # noqa: F403 - one constant per endpoint
    from chainhub_fal_api.endpoints import Endpoint

ENDPOINT_IDS: tuple[str, ...] = tuple(_table.INDEX)
"""The ids of the endpoints, in the contract's order."""
DEFAULT_ENDPOINT_ID: str = _table.DEFAULT
"""The endpoint that the command line takes when none is named: the contract says which."""


def find_endpoint(endpoint_id: str) -> Endpoint[..., object]:
    """Return the endpoint with this id; raises UnknownEndpointError, which names the nearest."""
    wanted = endpoint_id.strip("/")
    try:
        return _table.get(wanted)
    except KeyError:
        near = get_close_matches(wanted, ENDPOINT_IDS, n=3, cutoff=0.3)
        raise UnknownEndpointError(
            f"{wanted!r} is not an endpoint of the contract",
            hint=f"Did you mean {' or '.join(near)}?" if near else "ENDPOINT_IDS lists them",
        ) from None


if not TYPE_CHECKING:  # a type checker reads the star above, which it takes as re-exported
    __all__ = ["DEFAULT_ENDPOINT_ID", "ENDPOINT_IDS", "find_endpoint"]
    __all__ += _table.__all__

    def __getattr__(name: str) -> object:
        """Give out a constant; its module is loaded now and not before."""
        if name in _table.__all__:
            return getattr(_table, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
