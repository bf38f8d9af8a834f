"""Pictures for the journeys; the sandbox's own fixtures come from its pytest plugin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..drive import DRIVES, WAYS, Drive

ROOT = Path(__file__).parents[2]


@pytest.fixture
def cat() -> Path:
    """The photograph of the demo."""
    return ROOT / "demo" / "cat.jpg"


@pytest.fixture(params=WAYS)
def drive(request: pytest.FixtureRequest) -> Iterator[Drive]:
    """Make clients of one colour over one transport; here sockets are real, so all are tried."""
    found = (DRIVES.get(request.param) or WAYS[request.param])()
    try:
        yield found
    finally:
        found.close()
