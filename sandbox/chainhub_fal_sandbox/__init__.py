"""A local gateway to test against: fal's queue and its resale, served on loopback.

Names are loaded on first use, so that the pytest plugin costs a test run nothing until it is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chainhub_fal_sandbox.app import create_app
    from chainhub_fal_sandbox.faults import Fault
    from chainhub_fal_sandbox.recorder import Call
    from chainhub_fal_sandbox.server import Sandbox
    from chainhub_fal_sandbox.settings import Settings

__all__ = ["Call", "Fault", "Sandbox", "Settings", "create_app"]

_HOMES = {
    "Call": "recorder",
    "Fault": "faults",
    "Sandbox": "server",
    "Settings": "settings",
    "create_app": "app",
}


def __getattr__(name: str) -> object:
    """Load a public name from the module it lives in; raises AttributeError for any other."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
