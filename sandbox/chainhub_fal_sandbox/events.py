"""Server-sent events as they stand on the wire: blocks, each one event or one comment."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager

Blocks = AsyncIterator[bytes]
"""Each item is a block with the blank line that ends it."""
Rework = Callable[[Blocks], Blocks]

PING = b": ping\n\n"
_DATA = b"data: "


def event(data: bytes) -> bytes:
    """Return the event that carries one line of data."""
    return _DATA + data + b"\n\n"


def data_of(block: bytes) -> bytes | None:
    """Return what an event carries; None for a comment."""
    return block[len(_DATA) : -2] if block.startswith(_DATA) else None


def edited(block: bytes, edit: Callable[[dict[str, object]], object]) -> bytes:
    """Return the event with its JSON object changed in place by `edit`.

    A comment, or an event of another JSON value, is returned as it is: there is nothing to edit.
    """
    data = data_of(block)
    value = None if data is None else json.loads(data)
    if not isinstance(value, dict):
        return block
    edit(value)
    return event(json.dumps(value, ensure_ascii=False).encode())


async def reworked(blocks: Blocks, rework: Rework) -> Blocks:
    """Yield what `rework` makes of the blocks; both are closed when this is."""
    async with closing(blocks), closing(rework(blocks)) as made:
        async for block in made:
            yield block


@asynccontextmanager
async def closing(blocks: Blocks) -> AsyncIterator[Blocks]:
    """Close an iterator at the end, if it is one that can be closed.

    Left to the garbage collection it would be closed later, by a task that nobody awaits.
    """
    try:
        yield blocks
    finally:
        if isinstance(blocks, AsyncGenerator):
            await blocks.aclose()
