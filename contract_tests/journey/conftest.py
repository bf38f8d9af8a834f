"""Pictures for the journeys; the sandbox's own fixtures come from its pytest plugin."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def cat() -> Path:
    """The photograph of the demo."""
    return ROOT / "demo" / "cat.jpg"
