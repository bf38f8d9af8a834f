"""Addresses in answers: which origins a key may follow, and which hosts a download may reach."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from ..harness.target import Target
from ..schemas import Node

Origin = tuple[str, str, int]

_PORTS = {"http": 80, "https": 443}
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//\S+", re.IGNORECASE)
_NUMERIC = re.compile(r"(?:.*\.)?(?:0x[0-9a-f]*|[0-9]+)\.?", re.IGNORECASE)


def origin(url: str) -> Origin | None:
    """Return scheme, host and port; None if no key may follow: no http(s), or a user's name."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, _PORTS[parts.scheme] if port is None else port


def is_expected(url: str, target: Target, document: Node) -> bool:
    """Tell whether a URL is at the target's own origin or at one of the contract's servers.

    It must be https, unless it is on this machine.
    """
    found = origin(url)
    servers = document.get("servers")
    named = [each["url"] for each in servers] if isinstance(servers, list) else []
    expected = {origin(each) for each in (target.base_url, *named)}
    return found is not None and found in expected and (found[0] == "https" or is_loopback(url))


def leading_to(name: str, body: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield the addresses in a body, by field: those called so, and any that names the job."""
    for field, value in body.items():
        if isinstance(value, str):
            called = field.endswith("_url")
            if called or (name in value and _ADDRESS.fullmatch(value)):
                yield field, value
        elif isinstance(value, dict):
            yield from leading_to(name, value)


def is_loopback(url: str) -> bool:
    """Tell whether a URL names this machine."""
    host = _host(url)
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_safe_download(url: str, target: Target) -> bool:
    """Tell whether a file may be fetched: over TLS from a public host, or from a local target.

    A host that is a number in disguise is one that no reader of the address recognises.
    """
    if is_loopback(url):
        return origin(url) is not None and is_loopback(target.base_url)
    found = origin(url)
    if found is None or found[0] != "https":
        return False
    try:
        return ip_address(found[1]).is_global
    except ValueError:
        return "." in found[1] and not _NUMERIC.fullmatch(found[1])


def path_of(url: str) -> str:
    """Return a URL's path; none for a text that no URL can be."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
