"""The long form: ``python -m contract_tests.chaos --jobs 10000 --kills 200 --seed 1``."""

from __future__ import annotations

import logging
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path

from .campaign import Campaign
from .process import Order


def main() -> int:
    """Run a campaign, tell each step and what is wrong; 1 if anything is."""
    parser = ArgumentParser(prog="python -m contract_tests.chaos", description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument(
        "--kills",
        type=int,
        default=200,
        help="times that it gets SIGKILL; it is also told to leave",
    )
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dialect", choices=("gateway", "fal"), default="gateway")
    given = parser.parse_args()
    # An outage cuts requests off, of which the sandbox's server would complain on every line.
    logging.getLogger("uvicorn.error").disabled = True
    with tempfile.TemporaryDirectory() as folder:
        order = Order.below(Path(folder), jobs=given.jobs, concurrency=given.concurrency)
        campaign = Campaign(given.seed, order, given.kills, given.dialect, tell=_tell)
        _tell(campaign.run())
    for sentence in campaign.wrong:
        _tell(f"WRONG: {sentence}")
    _tell(
        "lost 0, paid twice 0" if not campaign.wrong else f"{len(campaign.wrong)} things are wrong"
    )
    return bool(campaign.wrong)


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
