"""Files of a result, opened for real: fetched without the key, whole, and what their entry says."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from io import BytesIO
from urllib.parse import unquote_to_bytes

import httpx
from PIL import Image

from ..harness.target import Target
from .addresses import is_loopback, is_safe_download
from .bench import Bench
from .entries import files, is_inline, is_picture
from .jobs import Job
from .orders import Order
from .report import EnoughError

_BASE64 = ";base64"


class BadFileError(Exception):
    """A file cannot be had, or is not what its entry says."""


def look_at_files(bench: Bench, job: Job) -> None:
    """Open each file of a job, the data URIs too; the key is not sent along.

    A local target's files are looked for on this machine only, so that a test does not leave it.
    Raises EnoughError when a file does not come in time.
    """
    found = next((event for event in job.of("result") if event.is_output), None)
    if found is None:
        return
    for entry in files(found.seen.body):
        try:
            look_at(entry, job.order, bench.wire.target)
        except BadFileError as error:
            bench.report.add("files_open", found.seen, str(error))
        except httpx.HTTPError as error:
            about = f"a file could not be fetched: {type(error).__name__}"
            bench.report.add("files_open", found.seen, about)
            if isinstance(error, httpx.TimeoutException):
                raise EnoughError from error


def look_at(entry: Mapping[str, object], order: Order, target: Target) -> None:
    """Open one file; raises BadFileError, or httpx.HTTPError when it cannot be fetched.

    What an address that must not be followed leads to is not looked at: it breaks another rule.
    """
    url = str(entry["url"])
    if is_inline(entry):
        content, media_type = decoded(url)
    elif is_safe_download(url, target) and is_loopback(url) == is_loopback(target.base_url):
        content, media_type = _fetched(url, target.timeout)
    else:
        return
    told = entry.get("content_type") or (order.media_type if is_picture(entry) else None)
    if told and media_type != told:
        raise BadFileError(f"a file that should be {told} is served as {media_type or 'nothing'}")
    size = entry.get("file_size")
    if not content or (size is not None and size != len(content)):
        raise BadFileError(f"a file that should have {size or 'some'} bytes has {len(content)}")
    if is_picture(entry):
        _open(content, media_type, entry, order)


def _open(content: bytes, told: str, entry: Mapping[str, object], order: Order) -> None:
    try:
        with Image.open(BytesIO(content)) as picture:
            picture.load()
            media_type, size = f"image/{str(picture.format).lower()}", picture.size
    except (OSError, SyntaxError, ValueError) as error:
        raise BadFileError(f"a picture of {len(content)} bytes does not open: {error}") from error
    if media_type != told:
        raise BadFileError(f"a picture that is served as {told} is {media_type}")
    for wanted in (order.size, (entry.get("width"), entry.get("height"))):
        if wanted and None not in wanted and size != wanted:
            raise BadFileError(f"a picture that should measure {wanted} measures {size}")


def _fetched(url: str, timeout: float) -> tuple[bytes, str]:
    """Fetch twice: a download that broke off must find the same file again."""
    first, second = (_got(url, timeout) for _ in range(2))
    if first.content != second.content:
        raise BadFileError("a file changed when it was fetched again")
    return first.content, first.headers.get("content-type", "").partition(";")[0].strip().lower()


def _got(url: str, timeout: float) -> httpx.Response:
    answer = httpx.get(url, timeout=timeout, trust_env=False)
    if answer.status_code != httpx.codes.OK:
        raise BadFileError(f"a file of a finished job is answered {answer.status_code}")
    return answer


def decoded(uri: str) -> tuple[bytes, str]:
    """Return the bytes and the media type of a data URI; raises BadFileError for a broken one."""
    about, comma, data = uri.removeprefix("data:").partition(",")
    if not comma:
        raise BadFileError("a data URI has no comma, so no data")
    media_type = about.partition(";")[0].strip().lower()
    content = unquote_to_bytes(data)
    if about.lower().endswith(_BASE64):
        try:
            content = base64.b64decode(content, validate=True)
        except binascii.Error as error:
            raise BadFileError(f"a data URI does not decode: {error}") from error
    return content, media_type
