"""Hundreds of jobs in flight in one process: none waits in vain, and Ctrl-C is obeyed at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from .crowd import COLOURS, Colour, measure

JOBS = 500
KILOBYTES = 100.0
"""A job may cost: ten thousand of them then take less than a gigabyte."""
LEAVES_IN = 2.0
"""Seconds from Ctrl-C to the end of the process."""


@pytest.mark.timeout(120)
@pytest.mark.parametrize("colour", COLOURS)
def test_hundreds_are_in_flight_and_leave_at_once(colour: Colour, tmp_path: Path) -> None:
    measured = measure(colour, JOBS, tmp_path / "run.db")
    assert measured.interrupted
    assert measured.left_in < LEAVES_IN
    assert measured.kilobytes < KILOBYTES
    assert measured.tried_again == ()
    assert measured.states == {"queued": JOBS}
