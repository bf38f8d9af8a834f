"""Compares schedules with the best possible one, job after job: ``python -m benchmarks.simulate``.

Every schedule sees the same jobs, and so does the optimum: the ratios are paired, so chance in the
jobs' lengths cancels out. Round trips are left out; they add the same to all.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from benchmarks.lengths import LENGTHS, Draw, scaled
from benchmarks.optimum import Looks, best_looks
from benchmarks.schedules import LEARNING, PEERS, Peer, Seen, watch
from chainhub_fal.learning import POLL_COST

PRICES = (0.002, 0.008, 0.03, 0.12)
JOBS = 120
FIRST, SETTLED = 5, 20
CHANGE = 4.0
"""How many times as long jobs take after the change of regime."""
_SAMPLE = 20_000


@dataclass
class Tally:
    """Sums over jobs, in seconds: what they cost, and what the optimum's looks cost for them."""

    jobs: int = 0
    polls: int = 0
    delay: float = 0.0
    cost: float = 0.0
    least: float = 0.0
    latest: float = 0.0
    """The worst delay over the larger of half a second and 12 % of the job's length."""
    over: int = field(default=0)
    """Jobs whose delay was more than that."""

    def add(self, seen: Seen, length: float, price: float, looks: Looks) -> None:
        """Count one job."""
        self.jobs += 1
        self.polls += seen.polls
        self.delay += seen.delay
        self.cost += seen.polls * price + seen.delay
        self.least += looks.cost(length, price)
        lateness = seen.delay / max(0.5, 0.12 * length)
        self.latest = max(self.latest, lateness)
        self.over += lateness > 1

    @property
    def ratio(self) -> float:
        """The cost over the optimum's for the same jobs."""
        return self.cost / self.least


@dataclass(frozen=True)
class Regime:
    """So many jobs of one distribution, and the best looks for them."""

    draw: Draw
    jobs: int
    looks: Looks


def regime(draw: Draw, jobs: int, price: float, *, seed: int = 1) -> Regime:
    """Return a regime; the optimum is planned for a sample drawn from the seed."""
    random = Random(seed)
    sample = [draw(random) for _ in range(_SAMPLE)]
    return Regime(draw, jobs, best_looks([*sample, 4 * max(sample)], price))


def simulate(
    peer: Peer, regimes: Sequence[Regime], price: float, *, runs: int
) -> list[list[Tally]]:
    """Return, for each regime, a tally per job's place in it, summed over the runs."""
    tallies = [[Tally() for _ in range(part.jobs)] for part in regimes]
    for run in range(runs):
        random = Random(1000 + run)
        schedule = peer.make(price)
        for part, places in zip(regimes, tallies, strict=True):
            for tally in places:
                length = part.draw(random)
                tally.add(watch(schedule.begin("simulated"), length), length, price, part.looks)
    return tallies


def total(tallies: Sequence[Tally]) -> Tally:
    """Return the sum of several tallies."""
    whole = Tally()
    for tally in tallies:
        for name in ("jobs", "polls", "delay", "cost", "least", "over"):
            setattr(whole, name, getattr(whole, name) + getattr(tally, name))
        whole.latest = max(whole.latest, tally.latest)
    return whole


def table_of_lengths(prices: Sequence[float], runs: int) -> Iterator[str]:
    """Yield a line for each distribution, price and schedule."""
    yield (
        f"{'lengths':12} {'price ms':>8} {'schedule':18} {'polls':>7} {'delay ms':>8}"
        f" {'jobs 1-5':>8} {'6-20':>6} {'21+':>6}   (cost over the optimum)"
    )
    for name, draw in LENGTHS.items():
        for price in prices:
            part = regime(draw, JOBS, price)
            for peer in (LEARNING, *PEERS):
                (tallies,) = simulate(peer, [part], price, runs=runs)
                cuts = (tallies[:FIRST], tallies[FIRST:SETTLED], tallies[SETTLED:])
                early, middle, late = map(total, cuts)
                yield (
                    f"{name:12} {price * 1e3:8g} {peer.name:18} {late.polls / late.jobs:7.2f}"
                    f" {late.delay / late.jobs * 1e3:8.0f} {early.ratio:8.2f} {middle.ratio:6.2f}"
                    f" {late.ratio:6.2f}"
                )


def table_of_changes(prices: Sequence[float], runs: int) -> Iterator[str]:
    """Yield a line for each distribution, price, and side of a change there and back."""
    yield (
        f"{'lengths':12} {'price ms':>8} {'change':8} {'jobs 1-10':>9} {'11-20':>6} {'21+':>6}"
        f" {'latest':>7} {'late %':>7}   (late: over 0.5 s and 12 % of the length)"
    )
    for name, draw in LENGTHS.items():
        for price in prices:
            usual = regime(draw, 60, price)
            changed = regime(scaled(draw, CHANGE), 60, price)
            _, there, back = simulate(LEARNING, [usual, changed, usual], price, runs=runs)
            for word, tallies in ((f"x{CHANGE:g}", there), ("back", back)):
                parts = [total(tallies[cut]) for cut in (slice(10), slice(10, 20), slice(20, None))]
                whole = total(tallies)
                ratios = f"{parts[0].ratio:9.2f} {parts[1].ratio:6.2f} {parts[2].ratio:6.2f}"
                yield (
                    f"{name:12} {price * 1e3:8g} {word:8} {ratios} {whole.latest:7.2f}"
                    f" {100 * whole.over / whole.jobs:7.2f}"
                )


def main(say: Callable[[str], object] = print) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulate", description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help="repetitions of each simulation")
    options = parser.parse_args()
    for line in table_of_lengths(PRICES, options.runs):
        say(line)
    say("")
    for line in table_of_changes(sorted({*PRICES, POLL_COST}), options.runs):
        say(line)


if __name__ == "__main__":
    main()
