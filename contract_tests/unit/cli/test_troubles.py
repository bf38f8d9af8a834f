"""When a batch gives up, what it tells of its failures, and what its tally says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from chainhub_fal import (
    AuthenticationError,
    ChainHubError,
    InvalidInputError,
    Item,
    QuotaError,
    RowState,
    ServerError,
    SubmissionUnknownError,
)
from chainhub_fal.cli.exits import Exit
from chainhub_fal.cli.talk import JsonTalk, PlainTalk
from chainhub_fal.cli.tally import Tally
from chainhub_fal.cli.troubles import PATIENCE, TOLD, Troubles

WRONG_KEY = AuthenticationError("401", status=401)
NO_QUOTA = QuotaError("403", status=403)
BUSY = ServerError("500", status=500)
LOST = SubmissionUnknownError("no answer", phase="x", digest="d", submitted_at=0.0)


def after(*events: ChainHubError | None, shared: tuple[str, ...] = ()) -> Troubles:
    troubles = Troubles(PlainTalk(), shared)
    for event in events:
        if event is None:
            troubles.succeed()
        else:
            troubles.add(event, "rows.csv:2", None)
    return troubles


@pytest.mark.parametrize(
    ("events", "stops"),
    [
        ([WRONG_KEY], True),
        ([BUSY, BUSY, NO_QUOTA], True),
        ([BUSY] * 50, False),
        ([None, *[NO_QUOTA] * (PATIENCE - 1)], False),
        ([None, *[NO_QUOTA] * PATIENCE], True),
        ([None, *[NO_QUOTA] * (PATIENCE - 1), None, NO_QUOTA], False),
        ([InvalidInputError("9", field="num_images")], False),
    ],
)
def test_it_gives_up_where_every_row_would_end_alike(
    events: list[ChainHubError | None], *, stops: bool
) -> None:
    assert (after(*events).stopped_by is not None) == stops


def test_a_wrong_setting_of_all_rows_ends_the_batch_at_the_first() -> None:
    wrong = InvalidInputError("0 must be more than 0", field="image_size.width")
    assert after(wrong, shared=("image_size",)).stopped_by is wrong


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ([None], Exit.OK),
        ([LOST, LOST], Exit.UNKNOWN),
        ([LOST, BUSY], Exit.SEVERAL),
        ([BUSY, WRONG_KEY], Exit.AUTHENTICATION),
    ],
)
def test_it_ends_with_the_code_of_its_failures(
    events: list[ChainHubError | None], code: Exit
) -> None:
    assert after(*events).exit is code


def test_many_failures_of_a_kind_are_counted_for_people_and_all_told_to_machines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    after(*[BUSY] * (TOLD + 30), LOST)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == TOLD + 2
    assert lines[TOLD] == "more failures of this kind, ServerError, are only counted"
    troubles = Troubles(JsonTalk())
    for _ in range(TOLD + 30):
        troubles.add(BUSY, "rows.csv:2", None)
    assert capsys.readouterr().err.count('"error"') == TOLD + 30


def ended(state: RowState) -> Item[Any]:
    return Item(0, {}, state)


def test_the_tally_knows_the_rate_the_rest_and_the_price() -> None:
    now = 100.0
    tally = Tally(total=40, concurrency=4, price=Decimal("0.10"), clock=lambda: now)
    tally.given = 14
    for state in (RowState.DONE,) * 8 + (RowState.UNKNOWN, RowState.REFUSED):
        now += 0.5
        tally.take(ended(state))
    assert (tally.rate, tally.left) == (2.0, 15.0)
    assert (tally.in_flight, tally.calls, tally.paid()) == (4, 13, "1.30 for 13 calls")
    assert tally.words() == "2.0/s, 4 in flight, 8 done, 1 failed, 1 unknown, paid at most 1.30 for 13 calls, 15 s left"  # fmt: skip


def test_rows_that_were_done_before_say_nothing_about_the_rate() -> None:
    now = 0.0
    tally = Tally(total=1000, clock=lambda: now)
    for _ in range(500):
        tally.take(ended(RowState.DONE), again=True)
    assert (tally.rate, tally.left, tally.done) == (None, None, 500)
