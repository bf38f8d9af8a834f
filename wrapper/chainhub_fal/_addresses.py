"""Which hosts a result's file may come from: public ones, and those as near as the API itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}
"""The schemes that a file may have, and the ports they mean."""
_REMEMBERED = 128  # hosts and URLs; a result's files are on few hosts, each asked about many times
# What resolvers read as an IPv4 address although it does not look like one: 127.1, 0x7f.1 ...
_NUMERIC = re.compile(r"(?:.*\.)?(?:0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: how a network without IPv4 names IPv4 hosts
_THIS_NETWORK = IPv4Network("0.0.0.0/8")  # RFC 791: it means "here", and Linux connects to it
# RFC 6761, 6762, 8375 and ICANN's own .internal: names that never mean a host of the internet.
_INNER_NAMES = (".local", ".internal", ".home.arpa", ".localdomain", ".lan")
# Where clouds hand out credentials, at addresses that look private, shared or even public.
_METADATA = frozenset(map(ip_address, ("fd00:ec2::254", "100.100.100.200", "168.63.129.16")))


class Nearness(IntEnum):
    """How far away a host is, the nearest last."""

    PUBLIC = 0
    PRIVATE = 1
    LOOPBACK = 2
    FORBIDDEN = 3
    """Link-local (a cloud's credentials), multicast, reserved: no file ever comes from there."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What files a base URL admits: a public API's files are public.

    The files of an API on a private network may be there too, those of an API on this machine
    also on this machine (a sandbox, a tunnel to a gateway). The API's own origin was chosen by the
    caller, so it may be either.
    """

    base_url: str

    def refusal(self, url: str) -> str:
        """Say why no request may be sent to a URL; nothing if its name does not forbid it."""
        parts = urlsplit(url)
        if parts.scheme.lower() not in PORTS or not parts.hostname:
            return "its URL is not http(s)"
        return self._judge(nearness(parts.hostname), url)

    def peer_refusal(self, url: str, address: str) -> str:
        """Say why a connection to this address, made for that URL, may not be used."""
        return self._judge(nearness(address), url)

    def _judge(self, found: Nearness, url: str) -> str:
        if found is Nearness.PUBLIC or _origin(url) == _origin(self.base_url):
            return ""
        base = nearness(urlsplit(self.base_url).hostname or "")
        if found <= base < Nearness.FORBIDDEN:
            return ""
        return f"its host is at a {found.name.lower()} address, where the API's files are not"


@lru_cache(maxsize=_REMEMBERED)
def nearness(host: str) -> Nearness:
    """Tell how far away a host is by its name or address; a name that says nothing is public."""
    host = host.rstrip(".").lower()
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return _nearness_of_name(host)
    return _nearness_of_address(address)


def falls_back(url: str, target: str) -> bool:
    """Tell whether a redirect gives up encryption; within one machine there is none to give up."""
    before, after = urlsplit(url), urlsplit(target)
    if before.scheme.lower() != "https" or after.scheme.lower() == "https":
        return False
    hosts = (before.hostname or "", after.hostname or "")
    return any(nearness(host) is not Nearness.LOOPBACK for host in hosts)


def _nearness_of_name(host: str) -> Nearness:
    if host == "localhost" or host.endswith(".localhost"):
        return Nearness.LOOPBACK
    if _NUMERIC.fullmatch(host):
        return Nearness.FORBIDDEN
    inner = "." not in host or host.endswith(_INNER_NAMES)
    return Nearness.PRIVATE if inner else Nearness.PUBLIC


def _nearness_of_address(address: IPv4Address | IPv6Address) -> Nearness:
    address = _unwrapped(address)
    if address.is_loopback:
        return Nearness.LOOPBACK
    if address in _METADATA or address in _THIS_NETWORK or _is_no_host(address):
        return Nearness.FORBIDDEN
    site_local = isinstance(address, IPv6Address) and address.is_site_local
    return Nearness.PRIVATE if site_local or not address.is_global else Nearness.PUBLIC


def _is_no_host(address: IPv4Address | IPv6Address) -> bool:
    return (
        address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address stands for, where it stands for one."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address


@lru_cache(maxsize=_REMEMBERED)
def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or PORTS.get(scheme)
