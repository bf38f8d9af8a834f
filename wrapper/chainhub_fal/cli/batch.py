"""``batch``: every row of a manifest side by side, resumed by the same command."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import cast

from .. import (
    ChainHubError,
    InvalidInputError,
    Item,
    Options,
    Result,
    RowState,
    SaveError,
    read_journal,
)
from .batch_order import BatchOrder
from .batch_record import facts_of, record_of
from .entries import Entry, Unreadable
from .exits import Exit
from .failures import Failure
from .folder import Folder
from .leaving import leaving
from .manifest import Manifest, PictureFolder
from .opening import open_manifest
from .service import heard
from .session import Session
from .summary import Summary
from .tally import UNKNOWN, Tally, settled
from .troubles import Troubles
from .wording import counted

_RENEW_EVERY = 2.0  # seconds between two renewals of the sheet, or more where one takes long
_RENEW_SHARE = 20  # a renewal may take one part in so many of the time


def run_batch(session: Session, order: BatchOrder) -> Exit:
    """Bring every row of the manifest to its end; one that fails does not stop the others."""
    manifest = open_manifest(order.manifest, order.endpoint, order.settings)
    if isinstance(manifest, PictureFolder) and manifest.path.resolve() == Path(order.out).resolve():
        raise InvalidInputError(
            "the pictures would lie among their results, and next time be taken for inputs",
            field="--out",
            hint="Choose another folder for the results",
        )
    with Folder(order.out) as folder:
        return _Batch(session, order, manifest, folder).run()


class _Batch:
    """One run over a manifest."""

    def __init__(
        self, session: Session, order: BatchOrder, manifest: Manifest, folder: Folder
    ) -> None:
        self._talk = session.talk
        self._service = session.service
        self._order = order
        self._manifest = manifest
        self._folder = folder
        self._troubles = Troubles(session.talk, tuple(order.settings))
        self._tally = Tally(manifest.count(), order.concurrency, order.price)
        self._renew_at = time.monotonic() + _RENEW_EVERY
        # The paths are for other programs: to people the folder is named at the end.
        self._shows = bool(session.service.json) or not sys.stdout.isatty()

    def run(self) -> Exit:
        """Run it, tell how it ended, and return the code."""
        self._begin()
        ended: ChainHubError | KeyboardInterrupt | None = None
        with heard() as parting:
            try:
                with leaving(self._leave):
                    self._work()
            except ChainHubError as error:
                ended = error
            except KeyboardInterrupt as interruption:
                ended = type(interruption)()  # its notes name every job, the summary some
        self._show_all()
        summary = Summary(self._order, self._tally, self._troubles.stopped_by, ended, parting)
        summary.tell(self._talk)
        if ended is None:
            return self._troubles.exit
        failure = Failure(ended, resume=summary.resume, way="resume with")
        self._talk.fail(failure)
        return failure.exit

    def _begin(self) -> None:
        order, tally = self._order, self._tally
        self._folder.read()
        if order.resubmit_unknown and Path(order.journal).is_file():
            tally.before = sum(row.state in UNKNOWN for row in read_journal(order.journal))
        count = "rows" if tally.total is None else counted(tally.total, "row")
        skipped = self._manifest.skipped
        words = f"{count} of {order.manifest} into {order.out}, journal {order.journal}"
        beside = f" ({counted(skipped, 'other file')} skipped)" if skipped else ""
        facts = {"rows": tally.total, "skipped": skipped, "journal": order.journal}
        self._talk.tell("", words + beside, {"event": "begin", **facts})
        self._talk.watch(tally)

    def _leave(self) -> None:
        self._tally.leaving = True
        self._talk.leave()

    def _work(self) -> None:
        order = self._order
        more: Options = {} if order.max_rate is None else {"max_rate": order.max_rate}
        with self._service.client(**more) as client:
            items = client.map(
                order.endpoint,
                self._inputs(),
                concurrency=order.concurrency,
                journal=order.journal,
                folder=Path(order.out).absolute(),  # the journal is read from other places, too
                resubmit_unknown=order.resubmit_unknown,
            )
            with closing(cast("Generator[Item[Result[object]]]", items)) as ending:
                for item in ending:
                    self._take(item)
                    if self._troubles.stopped_by is not None:
                        break

    def _inputs(self) -> Iterator[Entry]:
        for row in self._manifest.rows():
            self._tally.given += 1
            if isinstance(row, Unreadable):
                self._tally.end(RowState.REFUSED)
                self._troubles.add(row.error, row.place, None, state=RowState.REFUSED.value)
            else:
                yield row

    def _take(self, item: Item[Result[object]]) -> None:
        """Take note of a row that has ended."""
        entry = cast("Entry", item.inputs)
        self._tally.take(item, again=item.ok and item.result is None)
        if item.error is not None:
            self._fail(item.error, item)
        else:
            if item.result is not None:
                self._troubles.succeed()
            try:
                self._record(item, entry)
            except SaveError as error:
                self._fail(error, item)
        self._talk.tick()
        if time.monotonic() >= self._renew_at:
            self._renew()

    def _fail(self, error: ChainHubError, item: Item[Result[object]]) -> None:
        facts = {"position": item.position, "state": settled(item.state).value}
        place = cast("Entry", item.inputs).place
        self._troubles.add(error, place, error.job or item.job, **facts)
        if isinstance(error, SaveError) and not self._folder.is_writable():
            self._troubles.stopped_by = error

    def _record(self, item: Item[Result[object]], entry: Entry) -> None:
        """Put it into the record, unless an earlier run did, and show the files if they are new."""
        assert item.job is not None  # noqa: S101 - what has ended well had a job
        if item.result is None and self._folder.knows(item.job.request_id):
            return
        record = record_of(item, entry, self._folder, self._order)
        self._folder.record(record)
        if self._shows:
            paths = [self._folder.path / path.name for path in item.files]
            self._talk.show(map(str, paths), facts_of(record, paths, item, entry))

    def _renew(self) -> None:
        """Renew the sheet; what hinders it is told at the end, when it is tried again."""
        began = time.monotonic()
        with suppress(SaveError):
            self._folder.renew()
        took = time.monotonic() - began
        self._renew_at = time.monotonic() + max(_RENEW_EVERY, _RENEW_SHARE * took)

    def _show_all(self) -> None:
        try:
            self._folder.renew()
        except SaveError as error:
            self._troubles.add(error, str(self._folder.sheet), None)
