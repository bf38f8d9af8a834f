"""Mutants of a batch's memory: what is written down before what, how it is left, what comes too late."""

from __future__ import annotations

from .consumer_mutants import ClientMutant

_WRITTEN = (
    ClientMutant(
        "commit-told-before-the-disk-has-it",
        "paying",
        "_journal_file.py",
        "PRAGMA synchronous = FULL",
        "PRAGMA synchronous = NORMAL",
        "a power cut takes an intent back, and the job is paid for again",
    ),
    ClientMutant(
        "next-step-before-the-row-is-written",
        "paying",
        "journal.py",
        "        self._order(row, future)\n        await future\n",
        "        self._order(row, future)\n",
        "a kill between the two leaves a paid job that the journal does not know",
    ),
    ClientMutant(
        "earlier-run-not-looked-up",
        "paying",
        "journal.py",
        "file.find(self._reader, key) if self._had_rows else None",
        "None",
        "the same command again pays for everything again",
    ),
    ClientMutant(
        "row-not-changed-in-its-place",
        "waiting",
        "_journal_file.py",
        "DO UPDATE SET ",
        "DO NOTHING --",
        "a finished job stays an unknown one for ever",
    ),
    ClientMutant(
        "a-full-disk-is-not-told",
        "waiting",
        "journal.py",
        "            failure = error\n",
        "            failure = None\n",
        "a batch goes on and pays with nothing written down",
    ),
    ClientMutant(
        "no-intent",
        "paying",
        "flows/batching.py",
        "            before=self._intend,\n",
        "",
        "a kill during the submit leaves no trace of it, and the next run pays again",
    ),
    ClientMutant(
        "unsettled-sent-again",
        "paying",
        "flows/batching.py",
        "        if self.row.state in UNSETTLED:\n            raise self._unknown()\n",
        "",
        "what may be paid for is paid for again without asking",
    ),
    ClientMutant(
        "receipt-not-written",
        "paying",
        "flows/batching.py",
        "        yield from self._receive(work.job)\n",
        "",
        "a job that was paid for is unknown after a kill",
    ),
    ClientMutant(
        "same-input-twice-is-one-row",
        "waiting",
        "journal.py",
        "(seen, occurrence + 1)",
        "(seen, occurrence)",
        "of two inputs that are alike one is never made",
    ),
    ClientMutant(
        "two-processes-share-a-journal",
        "paying",
        "_journal_file.py",
        'held.execute("BEGIN EXCLUSIVE")',
        'held.execute("BEGIN")',
        "two batches at once pay for the same inputs",
    ),
)
_LEAVING = (
    ClientMutant(
        "failure-kept-by-the-step-it-went-through",
        "leaving",
        "_effects.py",
        "            del failure\n",
        "            pass\n",
        "each job that is given up is held until a garbage collection finds it",
    ),
    ClientMutant(
        "left-job-held-until-the-last-has-ended",
        "leaving",
        "_crowd.py",
        "        except asyncio.CancelledError:\n",
        "        except NotImplementedError:\n",
        "thousands of jobs take a second longer to leave, and the memory of all their errors",
    ),
)
_LATE = (
    ClientMutant(
        "submit-sent-just-before-the-deadline",
        "paying",
        "flows/submitting.py",
        "settings.submit_timeout, least=tries.least)",
        "settings.submit_timeout)",
        "a submit is cut off by its own deadline, and may be charged for nothing",
    ),
    ClientMutant(
        "turn-waited-for-until-nothing-is-left",
        "paying",
        "_effects.py",
        "max(0.0, self.within - self.least)",
        "self.within",
        "a turn is waited for that comes too late for a submit",
    ),
    ClientMutant(
        "late-turn-used",
        "paying",
        "_drivers.py",
        "    if left < call.least:",
        "    if left < 0:",
        "on a busy machine a submit is sent with no time for its answer",
    ),
    ClientMutant(
        "patience-used-up-in-line",
        "manners",
        "flows/submitting.py",
        "self._first_failed = self._deadline.now",
        "self._first_failed = self._deadline.started",
        "who waited for a turn is not tried again when its connection fails",
    ),
    ClientMutant(
        "refusal-waited-for-in-vain",
        "manners",
        "flows/submitting.py",
        "        self._deadline.check(delay + self.least)\n",
        "",
        "the deadline is sat out when nothing more can come of it",
    ),
)
JOURNAL = (*_WRITTEN, *_LEAVING, *_LATE)
"""Every mutant of this module."""
