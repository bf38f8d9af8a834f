"""A batch as its caller sees it: what can be asked for, and one item for each input."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Self, TypeAlias, TypedDict, TypeVar

from ._refs import JobRef
from ._rows import RowState
from .errors import ChainHubError, ConfigurationError

if TYPE_CHECKING:
    from .journal import Journal

T = TypeVar("T")
Inputs: TypeAlias = Mapping[str, object]
MOST = 10_000
"""Jobs in flight that one batch may ask for."""


class Batch(TypedDict, total=False):
    """What ``map`` takes beside an endpoint and its inputs.

    ``concurrency`` is how many jobs may be in flight (16); 429 lowers it for a while. ``journal``
    is the file, or the open Journal, in which each step is written down before the next: the same
    call again resumes, waits for what was queued and submits nothing that may have been paid for.
    ``folder`` is where files are saved. ``resubmit_unknown`` submits again what an earlier run was
    cut off from, although it may be charged twice.
    """

    concurrency: int
    journal: str | os.PathLike[str] | Journal | None
    folder: str | os.PathLike[str] | None
    resubmit_unknown: bool


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """The same with every default in its place."""

    concurrency: int = 16
    journal: str | os.PathLike[str] | Journal | None = None
    folder: str | os.PathLike[str] | None = None
    resubmit_unknown: bool = False

    def __post_init__(self) -> None:
        """Refuse a concurrency that would do nothing, or run out of everything."""
        whole: object = self.concurrency  # a caller without a type checker may give anything
        if not isinstance(whole, int) or not 1 <= whole <= MOST:
            raise ConfigurationError(
                f"a concurrency of {self.concurrency!r} cannot be kept",
                hint=f"Give a whole number from 1 to {MOST}",
            )

    @classmethod
    def read(cls, batch: Batch) -> Self:
        """Take what the caller gave; raises ConfigurationError for what cannot be kept."""
        if unknown := sorted(set(batch) - Batch.__annotations__.keys()):
            known = ", ".join(Batch.__annotations__)
            raise ConfigurationError(
                f"unknown option {', '.join(unknown)}", hint=f"Options are {known}"
            )
        return cls(**batch)

    @contextmanager
    def opened(self) -> Iterator[Journal | None]:
        """Open the journal for a batch; one that the caller opened stays the caller's to close."""
        from .journal import Journal  # noqa: PLC0415 - SQLite comes with the first journal

        if self.journal is None or isinstance(self.journal, Journal):
            yield self.journal
            return
        with Journal(self.journal) as journal:
            yield journal


@dataclass(frozen=True)
class Item(Generic[T]):
    """What became of one input.

    ``position`` is its place among the inputs, from 0. There is a ``result``, or an ``error``, or
    neither where an earlier run with the same journal saved its ``files`` already.
    """

    position: int
    inputs: Inputs = field(repr=False)
    state: RowState
    job: JobRef | None = None
    result: T | None = None
    error: ChainHubError | None = None
    files: tuple[Path, ...] = ()

    @property
    def ok(self) -> bool:
        """Tell whether the input came to a good end, in this run or an earlier one."""
        return self.error is None

    def unwrap(self) -> T:
        """Return the result; raises the error, or LookupError where only the files are left."""
        if self.error is not None:
            raise self.error
        if self.result is None:
            raise LookupError(f"input {self.position} was done in an earlier run: see .files")
        return self.result


async def one_by_one(inputs: Iterable[Inputs] | AsyncIterable[Inputs]) -> AsyncIterator[Inputs]:
    """Yield inputs of either kind of iterable."""
    if isinstance(inputs, AsyncIterable):
        async for given in inputs:
            yield given
        return
    for given in inputs:
        yield given
