"""The schedule's part: simulated against the optimum, so that no machine's noise is in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .lengths import LENGTHS
from .schedules import LEARNING
from .simulate import FIRST, JOBS, PRICES, SETTLED, regime, simulate, total

NAME = "schedule"


def check_schedule(*, quick: bool) -> dict[str, Any]:
    """Return the record: cost over the optimum's, by distribution and by price of a poll."""
    rows = []
    for name, draw in LENGTHS.items():
        for price in PRICES:
            part = regime(draw, JOBS, price)
            (tallies,) = simulate(LEARNING, [part], price, runs=4 if quick else 20)
            late = total(tallies[SETTLED:])
            # Of the first jobs each run has but five: in a hundred of them chance is a tenth.
            few = replace(part, jobs=FIRST)
            (early,) = simulate(LEARNING, [few], price, runs=20 if quick else 200)
            rows.append(
                {
                    "lengths": name,
                    "price": price,
                    "first": total(early).ratio,
                    "settled": late.ratio,
                    "polls": late.polls / late.jobs,
                    "delay": late.delay / late.jobs,
                }
            )
    return {"scenario": NAME, "rows": rows}
