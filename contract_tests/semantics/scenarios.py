"""Scripted lives of jobs: one that is followed to its end, two at once, one that is cancelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

from .bench import Bench
from .endpoints import Endpoint
from .exchange import Seen, UnansweredError
from .files import look_at_files
from .orders import Order, takes_inline
from .readings import READ, Word, read_ticket

REPEATS = 5


def whole_life(bench: Bench, endpoint: Endpoint) -> None:
    """Follow a job to its end by its stream, and past it: every route, files, cancels too late."""
    job = bench.submit(endpoint, bench.order(endpoint))
    if job is None:
        return
    bench.look(job)
    bench.fetch(job)
    bench.listen(job)
    bench.wait(job)
    look_at_files(bench, job)
    if bench.wire.target.dialect == "gateway":  # fal finds a job below its own app only
        for name, value in endpoint.any_model.items():
            bench.fetch(job, elsewhere={name: value})
    for logs in (None, 0, 1):
        bench.look(job, logs=logs)
        bench.listen(job, logs=logs)
    for _ in range(2):
        bench.cancel(job)
        bench.look(job)
        bench.fetch(job)
    bench.listen(job)


def two_at_once(bench: Bench, endpoint: Endpoint) -> None:
    """Submit two jobs before either is read, then read the later one first."""
    jobs = [bench.submit(endpoint, bench.order(endpoint)) for _ in range(2)]
    for job in reversed(jobs):
        if job is not None:
            bench.listen(job, logs=1)
            bench.wait(job)
    for job in jobs:
        if job is not None:
            bench.fetch(job)


def cancelled(bench: Bench, endpoint: Endpoint) -> None:
    """Cancel a job at once, look whether it shows, cancel again, and hear how it ends."""
    job = bench.submit(endpoint, bench.order(endpoint))
    if job is None or not bench.serves("cancel"):
        return
    bench.cancel(job)
    bench.look(job)
    bench.cancel(job)
    bench.listen(job)
    bench.wait(job)
    bench.look(job)


def inline(bench: Bench, endpoint: Endpoint) -> None:
    """Ask for files as data URIs, where the input can: they decode to what their entry says."""
    if not takes_inline(endpoint):
        return
    job = bench.submit(endpoint, bench.order(endpoint, inline=True))
    if job is not None:
        bench.wait(job)
        look_at_files(bench, job)


def invalid(bench: Bench, endpoint: Endpoint) -> None:
    """Leave the required fields out: refused at once, or the job fails; never an output."""
    if not endpoint.input.get("required"):
        return
    job = bench.submit(endpoint, Order({}, valid=False, certain=False))
    if job is not None:
        bench.wait(job)


def repeated_reads(bench: Bench, endpoint: Endpoint) -> None:
    """Ask the same of a job several times: each answers in one class, or the target is flaky."""
    job = bench.first_job(endpoint)
    if job is None:
        return
    for _ in range(REPEATS):  # one bad answer ends a wait, and a flaky target gives many
        if not job.ended:
            bench.wait(job)
    name = job.request_id
    for link in bench.links(endpoint) if job.ended else ():
        read = READ[endpoint.kind(link)]
        _in_one_class(bench, partial(bench.send, endpoint, link, name), read)


def repeated_submits(bench: Bench, endpoint: Endpoint) -> None:
    """Submit the same several times: each is answered in one class, or the target is flaky."""
    body = bench.order(endpoint).body
    _in_one_class(bench, partial(bench.send_submit, endpoint, body), read_ticket)


def _in_one_class(bench: Bench, send: Callable[[], Seen], read: Callable[[Seen], Word]) -> None:
    classes: Counter[str] = Counter()
    operation = curl = ""
    for _ in range(REPEATS):
        try:
            seen = send()
        except UnansweredError as error:
            if error.late:
                raise
            operation, curl = error.operation, error.curl
            classes["no answer"] += 1
        else:
            operation, curl = seen.operation, seen.curl
            classes[f"{seen.status // 100}xx {read(seen)}"] += 1
    if len(classes) > 1:
        rates = ", ".join(f"{count} of {REPEATS} {name}" for name, count in classes.most_common())
        bench.report.note("one_class_of_answer", operation, f"flaky: {rates}", curl)
