"""Which transport carries a client's requests: the caller's, aiohttp, or httpx."""

from __future__ import annotations

import os
import re
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ._transport import AsyncTransport, Transport
from .errors import ConfigurationError
from .settings import Settings

if TYPE_CHECKING:
    import httpx

_OLDEST_AIOHTTP, _NEXT_AIOHTTP = (3, 10), (3, 15)
"""Versions whose connections the transport was tried with, the last one excluded: it takes more of
aiohttp than what is documented."""


def transport_for(client: httpx.Client | None, settings: Settings) -> Transport:
    """Choose what carries requests: the caller's HTTP client, or connections of our own."""
    _check_choice(client, settings)
    if client is None and not _needs_httpx(settings):
        from ._transport_httpcore import CoreTransport  # noqa: PLC0415 - loaded when it is chosen

        return CoreTransport(settings)
    from ._transport_httpx import ClientTransport, own_client, own_name  # noqa: PLC0415

    if client is not None:
        return ClientTransport(client, settings)
    return ClientTransport(own_client(settings), settings, name=own_name(settings))


def async_transport_for(client: httpx.AsyncClient | None, settings: Settings) -> AsyncTransport:
    """Choose what carries requests on an event loop: aiohttp where it is installed."""
    _check_choice(client, settings)
    if client is None and not _needs_httpx(settings):
        if _takes_aiohttp(settings):
            from ._transport_aiohttp import AiohttpTransport  # noqa: PLC0415 - an extra

            return AiohttpTransport(settings)
        from ._transport_httpcore_async import AsyncCoreTransport  # noqa: PLC0415

        return AsyncCoreTransport(settings)
    from ._transport_httpx import (  # noqa: PLC0415
        AsyncClientTransport,
        own_async_client,
        own_name,
    )

    if client is not None:
        return AsyncClientTransport(client, settings)
    return AsyncClientTransport(own_async_client(settings), settings, name=own_name(settings))


def _check_choice(client: object, settings: Settings) -> None:
    """Refuse what cannot be kept: a choice that would be passed over in silence is no choice."""
    chosen = settings.transport
    if client is not None and (chosen or settings.http2):
        raise ConfigurationError(
            "an http_client of yours is the transport, and speaks what it speaks",
            hint="Leave transport= and http2= out, or leave out http_client=",
        )
    if settings.http2 and chosen == "aiohttp":
        raise ConfigurationError("aiohttp does not speak HTTP/2", hint='Take transport="httpx"')
    if settings.http2 and find_spec("h2") is None:
        raise ConfigurationError(
            "HTTP/2 needs the package h2", hint="pip install 'chainhub-fal[http2]'"
        )
    if chosen == "aiohttp" and find_spec("aiohttp") is None:
        raise ConfigurationError(
            "the transport aiohttp is not installed", hint="pip install 'chainhub-fal[aiohttp]'"
        )
    if chosen == "aiohttp" and not _knows_aiohttp():
        raise ConfigurationError(
            "the transport aiohttp does not know the version that is installed",
            hint="pip install 'chainhub-fal[aiohttp]', or take transport=\"httpx\"",
        )
    if chosen == "aiohttp" and _has_proxy():
        raise ConfigurationError(
            "the environment names a proxy, which the transport aiohttp would pass by",
            hint='Take transport="httpx", or leave transport= out',
        )


def _needs_httpx(settings: Settings) -> bool:
    """Tell whether httpx's own client is needed: for HTTP/2, and for proxies and who is exempt."""
    return settings.http2 or _has_proxy()


def _takes_aiohttp(settings: Settings) -> bool:
    if settings.transport is None:
        return find_spec("aiohttp") is not None and _knows_aiohttp()
    return settings.transport == "aiohttp"


def _knows_aiohttp() -> bool:
    """Tell whether the aiohttp that is installed is one that the transport was tried with."""
    import aiohttp  # noqa: PLC0415 - an extra, which is loaded in any case if it is known

    release = tuple(int(number) for number in re.findall(r"\d+", aiohttp.__version__)[:2])
    return _OLDEST_AIOHTTP <= release < _NEXT_AIOHTTP


def _has_proxy() -> bool:
    """Tell whether httpx would find a proxy; asked its way, which loads much, only if need be."""
    told = any(name.lower().endswith("_proxy") for name in os.environ)
    if not told and sys.platform not in {"darwin", "win32"}:
        return False
    from urllib.request import getproxies  # noqa: PLC0415

    found = getproxies()
    return any(found.get(scheme) for scheme in ("http", "https", "all"))
