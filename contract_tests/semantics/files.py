"""Pictures, fetched for real: reachable without the key, whole, and what their entry says."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

import httpx
from PIL import Image

from .belonging import pictures
from .bench import Bench
from .identity import is_loopback
from .jobs import Job
from .readings import Word
from .report import EnoughError


class BadPictureError(Exception):
    """A picture cannot be had, or is not what its entry says."""


def look_at_pictures(bench: Bench, job: Job) -> None:
    """Open each picture of a job that is on this machine.

    Other hosts are left alone: a test may leave loopback for its target only. Raises EnoughError
    when a picture does not come in time.
    """
    found = next((event for event in job.of("result") if event.word is Word.OUTPUT), None)
    if found is None:
        return
    for entry in pictures(found.seen.body):
        if not is_loopback(str(entry["url"])):
            continue
        try:
            _look(str(entry["url"]), entry, job, bench.wire.target.timeout)
        except BadPictureError as error:
            bench.report.add("pictures_open", found.seen, str(error))
        except httpx.HTTPError as error:
            about = f"a picture could not be fetched: {type(error).__name__}"
            bench.report.add("pictures_open", found.seen, about)
            if isinstance(error, httpx.TimeoutException):
                raise EnoughError from error


def _look(url: str, entry: Mapping[str, object], job: Job, timeout: float) -> None:
    media_type, size = _opened(_fetched(url, timeout))
    told = entry.get("content_type") or job.order.media_type or media_type
    if media_type != told:
        raise BadPictureError(f"a picture that should be {told} is {media_type}")
    for wanted in (job.order.size, (entry.get("width"), entry.get("height"))):
        if wanted and None not in wanted and size != wanted:
            raise BadPictureError(f"a picture that should measure {wanted} measures {size}")


def _fetched(url: str, timeout: float) -> bytes:
    answer = httpx.get(url, timeout=timeout, trust_env=False)
    if answer.status_code != httpx.codes.OK:
        raise BadPictureError(f"a picture of a finished job is answered {answer.status_code}")
    return answer.content


def _opened(content: bytes) -> tuple[str, tuple[int, int]]:
    try:
        with Image.open(BytesIO(content)) as picture:
            picture.load()
            return f"image/{str(picture.format).lower()}", picture.size
    except (OSError, SyntaxError, ValueError) as error:
        raise BadPictureError(
            f"a picture of {len(content)} bytes does not open: {error}"
        ) from error
