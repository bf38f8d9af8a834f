"""Mutants of what surrounds a job: its deadline, files, what is told, where it is used."""

from __future__ import annotations

from .consumer_mutants import ClientMutant

_DEADLINES = (
    ClientMutant(
        "deadline-does-not-clip",
        "deadline",
        "flows/deadlines.py",
        "return max(SHORTEST_TIMEOUT, min(seconds, self.check(least)))",
        "return max(SHORTEST_TIMEOUT, seconds)",
        "a pause or an exchange reaches past the deadline",
    ),
    ClientMutant(
        "deadline-never-comes",
        "deadline",
        "flows/deadlines.py",
        "        if left > 0 and left >= least",
        "        if left >= least",
        "an endless wait",
    ),
    ClientMutant(
        "lost-answer-takes-no-time",
        "deadline",
        "flows/deadlines.py",
        "        deadline.hear(failure.at)\n        failure.job",
        "        failure.job",
        "the time of a timeout counts too",
    ),
    ClientMutant(
        "time-between-waits-counted",
        "deadline",
        "flows/deadlines.py",
        "deadline.started = deadline.now - spent",
        "deadline.started = deadline.started or deadline.now - spent",
        "a result saved an hour later must not be past its deadline",
    ),
    ClientMutant(
        "second-wait-has-no-deadline-left",
        "deadline",
        "flows/deadlines.py",
        "spent = deadline.elapsed if deadline.left > 0 else 0.0",
        "spent = deadline.elapsed",
        "a job whose deadline passed could never be waited for again",
    ),
)

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
JOBS = (*_DEADLINES, *_HOSTS, *_PARTS, *_TOLD, *_HOME)
"""Every mutant of this module."""
