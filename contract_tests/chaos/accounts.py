"""Compares what the sandbox was paid for with what the journal and the folder say: to the job."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from chainhub_fal import Row, RowState, read_journal
from chainhub_fal_sandbox import Call, Sandbox

from .given import PICTURES
from .process import Order

UNSETTLED = (RowState.INTENDED, RowState.UNKNOWN)
_RECORDS = {".html", ".jsonl"}  # what the command itself writes beside the pictures
_MOMENT = 5.0  # seconds
ENDED = (RowState.DONE, RowState.FAILED, *UNSETTLED)


@dataclass
class Accounts:
    """The books of one batch; each method returns what is wrong, in sentences."""

    sandbox: Sandbox
    order: Order
    _receipts: dict[int, str] = field(default_factory=dict)

    def rows(self) -> Sequence[Row]:
        """Return the journal's rows; none before there is a journal."""
        return list(read_journal(self.order.journal)) if self.order.journal.exists() else []

    def _paid(self) -> Mapping[int, Sequence[str]]:
        """Return the paid ids of each input, by its position, as the sandbox saw them."""
        known = self.sandbox.paid_ids
        inputs = {call.request_id: call.fields.get("seed") for call in self._calls_of(known)}
        paid: dict[int, list[str]] = {}
        for request_id in known:
            position = inputs[request_id]
            assert isinstance(position, int)
            paid.setdefault(position, []).append(request_id)
        return paid

    def _calls_of(self, known: Sequence[str]) -> Sequence[Call]:
        """Return the calls that were paid for; the sandbox notes the call just after the payment."""
        until = time.monotonic() + _MOMENT
        while True:
            calls = [call for call in self.sandbox.calls_to("submit") if call.request_id]
            if {call.request_id for call in calls} >= set(known) or time.monotonic() > until:
                return calls
            time.sleep(0.01)

    def unbalanced(self, rows: Sequence[Row], *, ended_by_itself: bool) -> list[str]:
        """Hold at any instant: nothing is paid twice or lost, and no receipt ever goes away."""
        paid = self._paid()
        wrong = [
            f"input {n} was paid for {len(ids)} times" for n, ids in paid.items() if len(ids) > 1
        ]
        wrong += [
            f"input {n} has {count} rows" for n, count in _positions(rows).items() if count > 1
        ]
        by_position = {row.position: row for row in rows}
        for position, ids in paid.items():
            row = by_position.get(position)
            if row is None or not (
                row.state in UNSETTLED or (row.ref and row.ref.request_id in ids)
            ):
                wrong.append(f"job {ids[0]} of input {position} is lost: {row}")
        if ended_by_itself:
            wrong += [
                f"a batch that ended left {row}" for row in rows if row.state is RowState.INTENDED
            ]
        return [*wrong, *self._forgotten(rows)]

    def torn(self, rows: Sequence[Row]) -> list[str]:
        """Hold when all is done: the folder has one whole set of pictures for each row, no more."""
        wrong = [f"{row.position} is {row.state}" for row in rows if row.state not in ENDED]
        wanted = {Path(path) for row in rows if row.state is RowState.DONE for path in row.files}
        sets = {row.position: len(set(row.files)) for row in rows if row.state is RowState.DONE}
        wrong += [f"input {n} has {size} files" for n, size in sets.items() if size != PICTURES]
        # What a run had saved before the verdict of the next one turned out bad may stay.
        failed = {row.ref.request_id for row in rows if row.state is RowState.FAILED and row.ref}
        there = {path for path in self.order.pictures.glob("*") if path.suffix not in _RECORDS}
        wrong += [f"{path} is missing" for path in wanted - there]
        wrong += [
            f"{p} belongs to no row"
            for p in there - wanted
            if p.name.removeprefix(".chainhub-").rpartition("-")[0] not in failed
        ]
        return wrong + [
            f"{path} is no whole picture" for path in wanted & there if not _is_whole(path)
        ]

    def leaks(self) -> list[str]:
        """Hold always: the key stayed with the base URL."""
        counts = {
            "requests to a foreign host": len(self.sandbox.foreign_hits),
            "keys sent for files": self.sandbox.keys_sent_to_files,
        }
        return [f"{count} {what}" for what, count in counts.items() if count]

    def _forgotten(self, rows: Sequence[Row]) -> list[str]:
        now = {row.position: row.ref.request_id for row in rows if row.ref}
        wrong = [f"the receipt of input {n} became {now.get(n)}" for n, it in self._receipts.items() if now.get(n) != it]  # fmt: skip
        self._receipts.update(now)
        return wrong


def _positions(rows: Sequence[Row]) -> Counter[int]:
    return Counter(row.position for row in rows)


def _is_whole(path: Path) -> bool:
    try:
        with Image.open(path) as picture:
            picture.load()
    except (OSError, SyntaxError):
        return False
    return True
