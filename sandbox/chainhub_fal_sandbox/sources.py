"""Where input files come from: data URIs and loopback; no other host is ever contacted."""

from __future__ import annotations

import base64
import binascii
import http.client
import ipaddress
from urllib.parse import unquote_to_bytes, urlsplit

from chainhub_fal_sandbox.pictures import PictureRefusedError

_DOWNLOAD_LIMIT = 50 * 1024 * 1024
_DOWNLOAD_SECONDS = 5.0


def load_source(url: str) -> bytes:
    """Return the bytes behind an input URL.

    Raises PictureRefusedError with fal's `file_download_error` for a host other than loopback,
    for a failed download and for a broken data URI, `file_too_large` above 50 MiB.
    """
    if url.startswith("data:"):
        return _data_uri(url)
    if is_foreign(url) or not url.startswith("http://"):
        raise _not_downloaded()
    try:
        status, data = _downloaded(url)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise _not_downloaded() from error
    if status != http.client.OK:
        raise _not_downloaded()
    if len(data) > _DOWNLOAD_LIMIT:
        message = "File is too large."
        raise PictureRefusedError("file_too_large", message, {"max_size": _DOWNLOAD_LIMIT})
    return data


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_foreign(url: str) -> bool:
    """Tell whether reading a URL would mean contacting another machine."""
    try:
        return not url.startswith("data:") and not is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return True


def _downloaded(url: str) -> tuple[int, bytes]:
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(
        parts.hostname or "", parts.port or 80, timeout=_DOWNLOAD_SECONDS
    )
    try:
        connection.request("GET", target or "/")
        response = connection.getresponse()
        return response.status, response.read(_DOWNLOAD_LIMIT + 1)
    finally:
        connection.close()


def _data_uri(url: str) -> bytes:
    head, comma, payload = url.partition(",")
    if not comma:
        raise _not_downloaded()
    if not head.endswith(";base64"):
        return unquote_to_bytes(payload)
    try:
        return base64.b64decode(unquote_to_bytes(payload), validate=True)
    except binascii.Error as error:
        raise _not_downloaded() from error


def _not_downloaded() -> PictureRefusedError:
    message = (
        "Failed to download the file. Please check if the URL is accessible and try again. "
        "(The sandbox takes data URIs and http on loopback; it contacts no other host.)"
    )
    return PictureRefusedError("file_download_error", message)
