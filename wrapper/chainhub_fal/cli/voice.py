"""Chooses how to talk: JSON for machines, a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys

from .talk import JsonTalk, PlainTalk, Talk


def choose(*, as_json: bool) -> Talk:
    """Return the way of talking that fits: JSON when asked for, a live line on a terminal."""
    if as_json:
        return JsonTalk()
    if sys.stderr.isatty():
        from .terminal import TerminalTalk, can_be_live  # noqa: PLC0415 - rich is not for pipes

        return TerminalTalk() if can_be_live() else PlainTalk()
    return PlainTalk()
