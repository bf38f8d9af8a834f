"""Spoils an answer as text: what no schema can say, because it is no such JSON at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

from .feeding import Reply

_JUNK = 1_000_000  # bytes
TOO_DEEP = 100_000  # levels, more than any reader of JSON descends

_SPOILERS: dict[str, Callable[[bytes], bytes]] = {
    "half of it": lambda text: text[: len(text) // 2],
    "the end cut off": lambda text: text[:-1],
    "nothing": lambda _: b"",
    "blanks": lambda _: b" \n ",
    "null": lambda _: b"null",
    "a text": lambda _: b'"IN_QUEUE"',
    "a number": lambda _: b"7",
    "an empty object": lambda _: b"{}",
    "a list around it": lambda text: b"[" + text + b"]",
    "five levels around it": lambda text: b'{"data":' * 5 + text + b"}" * 5,
    "too many levels": lambda _: b"[" * TOO_DEEP,
    "two answers": lambda text: text + text,
    "junk": lambda _: b"\x00\x9c junk " * (_JUNK // 8),
    "a mebibyte more": lambda text: text[:-1] + b', "junk": "' + b"x" * _JUNK + b'"}',
    "no UTF-8": lambda text: text.replace(b'"', b'"\xff\xfe', 1),
    "UTF-16": lambda text: text.decode().encode("utf-16"),
    "a number too long": lambda text: text[:-1] + b', "junk": ' + b"9" * 10_000 + b"}",
    "a web page": lambda _: b"<!doctype html><title>Console</title>",
}
_TOKENS = {"NaN": b"NaN", "Infinity": b"-Infinity", "a lone surrogate": b'"\\ud800"'}


def spoiled(reply: Reply) -> Iterator[tuple[str, Reply]]:
    """Give a reply spoiled in every way; the body of the reply is a JSON object."""
    for label, spoil in _SPOILERS.items():
        yield label, replace(reply, content=spoil(reply.content))
    for name in reply.body:
        yield f"{name} twice", _with(reply, name, json.dumps(reply.body[name]).encode())
        for label, token in _TOKENS.items():
            yield f"{label} as {name}", _with(reply, name, token)
    yield "announced as a web page", replace(reply, media_type="text/html")
    yield "announced as nothing", replace(reply, media_type=None)
    yield "announced as rubbish", replace(reply, media_type="\u00e9;;=application/json")
    yield "announced as gzip", replace(reply, headers={"Content-Encoding": "gzip"})


def _with(reply: Reply, name: str, token: bytes) -> Reply:
    """Say a name once more, last: the way to write what no JSON value can hold."""
    text = reply.content[:-1] + b", " + json.dumps(name).encode() + b": " + token + b"}"
    return replace(reply, content=text)
