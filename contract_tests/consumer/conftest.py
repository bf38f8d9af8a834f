"""The fixture of the consumer tests: the real client, fed by script, once in each colour."""

from __future__ import annotations

import pytest

from ..drive import Drive
from .feeding import Feeder


@pytest.fixture
def feeder(drive: Drive) -> Feeder:
    """Give what feeds the client."""
    return Feeder(drive)
