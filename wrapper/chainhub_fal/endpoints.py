"""The endpoints of the contract, one constant each, as the generated table names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainhub_fal_api import endpoints as _table

if TYPE_CHECKING:
    from chainhub_fal_api.endpoints import *  # noqa: F403 - one constant per endpoint

if not TYPE_CHECKING:  # a type checker reads the star above, which it takes as re-exported
    __all__ = _table.__all__

    def __getattr__(name: str) -> object:
        """Give out a constant; its module is loaded now and not before."""
        if name in _table.__all__:
            return getattr(_table, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
