"""The pytest fixtures of the sandbox: one running gateway, or a factory for several."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chainhub_fal_sandbox.server import Sandbox


class SandboxFactory(Protocol):
    """Starts a sandbox with the given settings; it is stopped when the test ends."""

    def __call__(self, **changes: Any) -> Sandbox:
        """Return a running sandbox; `changes` are fields of `Settings`."""
        ...


@pytest.fixture
def chainhub_sandbox_factory() -> Iterator[SandboxFactory]:
    """Start as many sandboxes as a test asks for, and stop them all when it ends."""
    from chainhub_fal_sandbox.server import Sandbox  # noqa: PLC0415 - starts no server framework

    with ExitStack() as running:

        def start(**changes: Any) -> Sandbox:
            return running.enter_context(Sandbox(**changes))

        yield start


@pytest.fixture
def chainhub_sandbox(chainhub_sandbox_factory: SandboxFactory) -> Sandbox:
    """Return a running sandbox that speaks the gateway's dialect."""
    return chainhub_sandbox_factory(dialect="gateway")
