"""Turns what the caller gave into what the contract wants: defaults, aliases, files, checks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import urlsplit

from .. import _media
from .._checking import Schema, check, check_names, resolve_aliases
from .._effects import Flow, Load, ask
from ..endpoints import Endpoint
from ..errors import InvalidInputError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_WEB = ("http://", "https://")
# What may not stand in a URI (RFC 3986, 2): any other character, and a percent sign without two
# hexadecimal digits.
_NO_URI = re.compile(r"[^A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]|%(?![0-9A-Fa-f]{2})")


def prepare(
    endpoint: Endpoint[..., object], inputs: Mapping[str, object], *, limit: int
) -> Flow[dict[str, object]]:
    """Return the arguments as they are sent; raises InvalidInputError before anything is.

    Local files of at most ``limit`` bytes become data URIs after their type is read from the
    bytes. What is cheap to check is checked before any file is read.
    """
    check_names(list(inputs), endpoint.input_schema)
    properties = cast("Mapping[str, Schema]", endpoint.input_schema["properties"])
    arguments = {
        name: resolve_aliases(value, properties[name])
        for name, value in endpoint.build(**inputs).items()
    }
    for name, value in arguments.items():
        if name not in endpoint.files:
            check(value, properties[name], name)
    for name, accepted in endpoint.files.items():
        if name in arguments:
            arguments[name] = yield from _load_all(name, arguments[name], accepted, limit)
            check(arguments[name], properties[name], name)
    return arguments


def _load_all(field: str, value: object, accepted: Sequence[str], limit: int) -> Flow[object]:
    if not isinstance(value, list | tuple):
        return (yield from _load(field, value, accepted, limit))
    loaded = []
    for index, item in enumerate(value):
        loaded.append((yield from _load(f"{field}[{index}]", item, accepted, limit)))
    return loaded


def _load(field: str, value: object, accepted: Sequence[str], limit: int) -> Flow[object]:
    if isinstance(value, str) and value.lower().startswith(_WEB):
        _check_uri(field, value)
        return value
    if isinstance(value, str) and value[:5].lower() == "data:":
        _check_uri(field, value)
        _check_file(field, _decode(field, value), accepted, limit)
        return value
    if isinstance(value, str) and _SCHEME.match(value):
        raise InvalidInputError(
            f"a {value.partition(':')[0]}: URL cannot be fetched by the model",
            field=field,
            hint="Give an http(s) URL, a data URI, or a local file",
        )
    content = yield from ask(Load(field, value, limit), bytes)
    return _media.data_uri(content, _check_file(field, content, accepted, limit))


def _check_uri(field: str, uri: str) -> None:
    """Raise InvalidInputError unless the text is a URI as RFC 3986 writes it, with a host."""
    try:
        whole = uri[:5].lower() == "data:" or bool(urlsplit(uri).hostname)
    except ValueError:
        whole = False
    if not whole or _NO_URI.search(uri):
        raise InvalidInputError(
            "it is no address: blanks and other characters must be percent-encoded", field=field
        )


def _decode(field: str, uri: str) -> bytes:
    try:
        return _media.read_data_uri(uri)
    except ValueError as error:
        raise InvalidInputError(f"the data URI cannot be read: {error}", field=field) from None


def _check_file(field: str, content: bytes, accepted: Sequence[str], limit: int) -> _media.Media:
    """Return the type of a file; raises InvalidInputError unless it is one that is accepted."""
    if len(content) > limit:
        raise InvalidInputError(
            f"the file has {_media.show_size(len(content))}, more than {_media.show_size(limit)}",
            field=field,
            hint="Make it smaller, give a URL, or raise max_upload",
        )
    media = _media.sniff(content[: _media.HEAD_SIZE])
    known = [_media.by_name(name) for name in accepted]
    if media is None and None in known:
        return _media.UNKNOWN
    if media is None or media not in known:
        found = f"it is {media.media_type}" if media else "its bytes are of no known type"
        raise InvalidInputError(
            f"{found}, not {', '.join(accepted)}" if content else "the file is empty", field=field
        )
    return media
