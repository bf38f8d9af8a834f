"""Keeps every test on this machine: a socket or a look-up that would leave it is an error."""

from __future__ import annotations

import ipaddress
import sys

# Audit events (Python's own table of them) whose second argument is an address, and those whose
# first is the name of a host.
_BY_ADDRESS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
_BY_NAME = {"socket.getaddrinfo", "socket.gethostbyname"}
_attempts: list[str] = []


class LeftLoopback(BaseException):
    """A test tried to reach another machine; no ``except Exception`` can swallow that."""


def take_attempts() -> list[str]:
    """Return what was tried since the last call, and forget it."""
    found = _attempts.copy()
    _attempts.clear()
    return found


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    if event in _BY_ADDRESS:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a unix socket's is a path
    elif event in _BY_NAME:
        host = arguments[0]
    else:
        return
    if host is not None and not _is_loopback(_text(host)):
        _attempts.append(f"{event} to {_text(host)}")
        raise LeftLoopback(f"a test may not leave this machine: {_attempts[-1]}")


def _text(host: object) -> str:
    return host.decode(errors="replace") if isinstance(host, bytes) else str(host)


def _is_loopback(host: str) -> bool:
    if host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


# An audit hook sees every socket, whoever holds a reference to which function; it cannot be
# removed, and need not be.
sys.addaudithook(_guard)
