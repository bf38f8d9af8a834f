"""Mutants of what surrounds a job: files, what is told of it, where it is used, when it is looked at."""

from __future__ import annotations

from .consumer_mutants import ClientMutant

_HOSTS = (
    ClientMutant(
        "connected-peer-not-judged",
        "hosts",
        "_peers.py",
        "return self._reach.peer_refusal(self._url, peer[0]) if peer else",
        'return "" if peer else',
        "a public name may lead to a machine of the caller's own network",
    ),
    ClientMutant(
        "redirect-gives-up-encryption",
        "hosts",
        "flows/downloading.py",
        "        if lost:\n",
        "        if lost and not target:\n",
        "a picture that comes in the clear can be read and replaced on its way",
    ),
    ClientMutant(
        "link-local-file",
        "hosts",
        "_addresses.py",
        "if address in _METADATA or address in _THIS_NETWORK or _is_no_host(address):",
        "if address in _METADATA or address in _THIS_NETWORK:",
        "a cloud hands out its credentials at a link-local address",
    ),
    ClientMutant(
        "mapped-address-public",
        "hosts",
        "_addresses.py",
        "return address.ipv4_mapped or address.sixtofour or address",
        "return address",
        "::ffff:127.0.0.1 is this machine",
    ),
)
_PARTS = (
    ClientMutant(
        "other-file-continued",
        "parts",
        "_ranges.py",
        "    return said == validator\n",
        "    return True or said == validator\n",
        "the halves of two files are glued together",
    ),
    ClientMutant(
        "weak-tag-trusted",
        "parts",
        "_ranges.py",
        'return tag if _STRONG_TAG.fullmatch(tag) else ""',
        "return tag",
        "files with the same weak tag may differ in their bytes",
    ),
    ClientMutant(
        "short-file-taken-for-whole",
        "parts",
        "_sinks.py",
        "part.total is not None and part.size < part.total",
        "part.total is not None and part.size < 0",
        "a film without its end is saved as if it were whole",
    ),
    ClientMutant(
        "part-of-a-killed-process-stays",
        "parts",
        "_disk.py",
        "    if part.alone:\n",
        "    if part.alone and part.dropped:\n",
        "temporary files pile up beside the results",
    ),
    ClientMutant(
        "part-of-a-live-process-removed",
        "parts",
        "_disk.py",
        "    if part.alone:\n",
        "    if part.owner:\n",
        "two processes that fetch the same result take each other's file away",
    ),
)
_TOLD = (
    ClientMutant(
        "error-quotes-the-prompt",
        "told",
        "flows/seeing.py",
        "        if isinstance(error, ChainHubError):\n            self._mask.error(error)\n        if spanned",
        "        if spanned",
        "a server that quotes a prompt puts it into errors and logs",
    ),
    ClientMutant(
        "enqueued-told-at-every-wait",
        "told",
        "flows/working.py",
        "            self._is_new = False\n",
        "",
        "a job is told of twice, and kept twice by whoever counts them",
    ),
    ClientMutant(
        "units-not-kept",
        "told",
        "flows/seeing.py",
        "            self._units = self._mask.text(units[:_LONGEST_UNITS])",
        "            self._units = None",
        "nobody can tell what a job will be billed",
    ),
    ClientMutant(
        "retries-not-counted",
        "told",
        "flows/working.py",
        "            self._trail.retries += watch.retries\n        self._end()",
        "            pass\n        self._end()",
        "a receipt says that all went well when it did not",
    ),
    ClientMutant(
        "odd-file-not-told",
        "told",
        "models.py",
        "odd = {**self.receipt.unexpected, **unexpected}",
        "odd = {**self.receipt.unexpected}",
        "a picture of another format than was asked for goes unnoticed",
    ),
)
_HOME = (
    ClientMutant(
        "fork-not-noticed",
        "home",
        "_home.py",
        "return os.getpid() != self._process",
        "return False",
        "two processes read each other's answers from one connection",
    ),
    ClientMutant(
        "other-loop-not-noticed",
        "home",
        "_home.py",
        "return self._loop() is loop",
        "return True",
        "connections of one event loop hang on another",
    ),
    ClientMutant(
        "client-pickled-with-its-key",
        "home",
        "_core.py",
        "    def __reduce__(self)",
        "    def _reduce(self)",
        "a key goes wherever the pickle goes",
    ),
)
_LOOKS = (
    ClientMutant(
        "looked-at-before-it-pays",
        "looks",
        "flows/looking.py",
        "if self._born is not None and (wait := ",
        "if self._born is None and (wait := ",
        "every job costs a poll that can find nothing",
    ),
    ClientMutant(
        "nothing-learned",
        "looks",
        "flows/looking.py",
        "        self._schedule.done(self._now(), metrics)\n",
        "        self._schedule.abandoned(self._now())\n",
        "the hundredth job is looked at as blindly as the first",
    ),
    ClientMutant(
        "failed-job-taught",
        "looks",
        "flows/polling.py",
        "            if isinstance(reading, Failed):\n",
        "            if isinstance(reading, Failed):\n                self._looks.done({})\n",
        "jobs that fail at once teach to hammer those that do not",
    ),
    ClientMutant(
        "given-up-job-goes-on-counting",
        "looks",
        "flows/polling.py",
        "            self._looks.end()\n",
        "            pass\n",
        "a long-lived client believes that ever more jobs are in flight",
    ),
    ClientMutant(
        "age-counted-from-the-first-look",
        "looks",
        "flows/working.py",
        "    work.born = deadline.now\n",
        "",
        "all lengths are learned too short",
    ),
    ClientMutant(
        "settled-schedule-ignored",
        "looks",
        "settings.py",
        "return learning if schedule is None else Steps(schedule)",
        "return learning",
        "delays that the caller chose are not kept",
    ),
    ClientMutant(
        "learned-file-not-read",
        "looks",
        "_learning_file.py",
        "    load(schedules, place)\n    try:",
        "    try:",
        "every run begins as blindly as the first",
    ),
    ClientMutant(
        "crowd-marches-in-step",
        "looks",
        "flows/looking.py",
        "yield from pause(self._deadline, wait, spread=self._schedule.spread)\n\n    def _now",
        "yield from pause(self._deadline, wait)\n\n    def _now",
        "a thousand jobs that were submitted together are polled at the same instant",
    ),
)
JOBS = (*_HOSTS, *_PARTS, *_TOLD, *_HOME, *_LOOKS)
"""Every mutant of this module."""
