"""The address of a file: a URL that anybody may have written, as it is judged and asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address

from ._addresses import PORTS, Reach
from ._effects import Download
from ._letterhead import USER_AGENT
from ._ranges import range_headers
from .errors import SaveError

_LAST_PORT = 65535
_LONGEST_PLAIN = 2048  # characters; nobody needs a longer one to be read fast
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")  # a name, or an address in IPv6
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_LETTER = r"[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}"
# A URL that is sent just as it is written (RFC 3986): with nothing to escape, lower or leave out.
_PLAIN = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(?:\.{_LABEL})*)(?::(?P<port>[0-9]{{1,5}}))?"
    rf"(?P<path>/(?:{_LETTER})*)?(?P<query>\?(?:{_LETTER}|\?)*)?"
)


@dataclass(frozen=True, slots=True)
class FileUrl:
    """A URL in the form in which it is sent: in ASCII, without credentials and fragment."""

    scheme: str
    host: str
    port: int | None
    target: str

    @classmethod
    def of(cls, text: str) -> FileUrl:
        """Read a URL as HTTP clients read it; raises ValueError for what cannot be asked for."""
        plain = _PLAIN.fullmatch(text) if len(text) <= _LONGEST_PLAIN else None
        if plain is None or "/." in (plain["path"] or "") or not _is_host(plain["host"]):
            return cls.of_any(text)
        port = int(plain["port"]) if plain["port"] else None
        return cls(
            plain["scheme"],
            plain["host"],
            None if port == PORTS[plain["scheme"]] else port,
            (plain["path"] or "/") + (plain["query"] or ""),
        )

    @classmethod
    def of_any(cls, text: str) -> FileUrl:
        """Read what is not plain: httpx knows how that is sent, and costs as much as all else."""
        import httpx  # noqa: PLC0415 - few files have such a URL

        try:
            url = httpx.URL(text)
        except httpx.InvalidURL as error:
            raise ValueError(str(error)) from error
        host = url.raw_host.decode("ascii")
        return cls(url.scheme, host, url.port, url.raw_path.decode("ascii"))

    @property
    def place(self) -> str:
        """The host, and the port where it is not the usual one, as the header Host has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    def __str__(self) -> str:
        """Return the URL as it is sent."""
        return f"{self.scheme}://{self.place}{self.target}"

    def check(self) -> None:
        """Raise ValueError for what a resolver, a socket or another reader would choke on."""
        if _HOST.fullmatch(self.host) is None:
            raise ValueError("its host is no name and no address")
        self.host.encode("idna")  # raises for a label that is empty or too long
        if (self.port or 0) > _LAST_PORT:
            raise ValueError(f"there is no port {self.port}")


def _is_host(host: str) -> bool:
    """Tell whether a name is one, or an address as it is written; 127.1 and 0x7f.1 are neither."""
    if not host.rpartition(".")[2][:1].isdigit():
        return True
    try:
        return str(IPv4Address(host)) == host
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class FileAddress:
    """A public file: its URL, and the headers it is asked for with, which hold nothing of ours."""

    url: FileUrl
    headers: Mapping[str, str]

    @classmethod
    def of(cls, download: Download, reach: Reach) -> FileAddress:
        """Read the URL of a file; raises SaveError where no file of this API can be."""
        try:
            url = FileUrl.of(download.url)
            refusal = reach.refusal(str(url))
            url.check()
        except ValueError as error:
            raise SaveError(f"its URL cannot be read: {error}") from error
        if refusal:
            raise SaveError(refusal)
        # Not built by an HTTP client, whose default headers, cookies or credentials are none of
        # the file server's business.
        headers = {"Host": url.place, "User-Agent": USER_AGENT, "Accept": "*/*"}
        headers["Accept-Encoding"] = "identity"
        return cls(url, {**headers, **range_headers(download.part, download.url)})
