"""``submit``, ``status``, ``result`` and ``cancel``: one job, from anywhere."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict

from .. import Cancellation, Result
from .exits import Exit
from .folder import Folder
from .run import Order, save
from .session import Session
from .wording import counted, is_url, place

_CANCELLED = {
    Cancellation.CANCELLED: "cancelled before it began",
    Cancellation.REQUESTED: "asked to stop; a running job may still complete",
    Cancellation.TOO_LATE: "too late, it has ended",
}


def submit(session: Session, order: Order) -> Exit:
    """Queue one job and print its reference, without waiting for it."""
    image = order.images[0] if order.images else ""
    session.begin(image)
    with session.service.client(leaves_job=True) as client:
        ref = client.submit(order.endpoint, **order.arguments(image)).ref
        session.queued(ref)
        text = ref.to_json()
        session.talk.show([text], {"ref": text, **asdict(ref)})
    return Exit.OK


def status(session: Session, reference: str, endpoint: str) -> Exit:
    """Look once where a job stands, and print it."""
    with session.service.client() as client:
        job = session.job(client, reference, endpoint)
        seen = job.status()
    words = place(seen.state, seen.queue_position)
    facts = {"request_id": job.request_id, "terminal": seen.terminal, **asdict(seen)}
    session.talk.show([f"{words}: {seen.error}" if seen.error else words], facts)
    return Exit.OK


def result(session: Session, reference: str, endpoint: str, out: str | None) -> Exit:
    """Wait for a job's result; save it into a folder, or print where its files are."""
    with ExitStack() as opened:
        folder = opened.enter_context(Folder(out)) if out is not None else None
        client = opened.enter_context(session.service.client())
        job = session.job(client, reference, endpoint)
        for update in job.updates():
            session.moved(update)
        found = job.result()
        if folder is None:
            _show(session, found)
        else:
            save(session, found, folder)
    return Exit.OK


def cancel(session: Session, reference: str, endpoint: str) -> Exit:
    """Ask that a job be cancelled, and print what the answer was."""
    with session.service.client() as client:
        job = session.job(client, reference, endpoint)
        outcome = job.cancel()
    session.talk.show(
        [_CANCELLED[outcome]], {"request_id": job.request_id, "outcome": outcome.value}
    )
    return Exit.OK


def _show(session: Session, found: Result[object]) -> None:
    """Print the addresses of a result's files; data that came within the answer are not printed."""
    addresses = [file.url for file in found.files if is_url(file.url)]
    inline = len(found.files) - len(addresses)
    if inline:
        words = f"{counted(inline, 'file')} came within the answer; save with -o"
        session.talk.tell("", words, {"inline": inline})
    facts = {
        "request_id": found.receipt.request_id,
        "files": [
            {
                "url": file.url,
                "content_type": file.content_type,
                "width": file.width,
                "height": file.height,
            }
            for file in found.files
            if is_url(file.url)
        ],
        "seed": found.seed,
        "elapsed": found.receipt.elapsed,
    }
    session.talk.show(addresses, facts)
