"""What a flow may ask of the world: the vocabulary between flows and drivers.

A flow is a generator. It yields one of these effects and is resumed with the reply, or has the
error thrown in. It never sleeps, reads a clock, opens a file or a socket: so one flow serves the
sync and the async client, and a test feeds replies by hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, TYPE_CHECKING, Generic, Protocol, TypeAlias, TypeVar, cast, runtime_checkable

if TYPE_CHECKING:
    from ._rows import Row

R = TypeVar("R")
SHORTEST_TIMEOUT = 0.001
"""Seconds: an exchange that begins at the deadline must still have some."""


@runtime_checkable
class Readable(Protocol):
    """A file object, as far as it is needed: in text mode it gives no bytes and is refused."""

    def read(self, size: int, /) -> object: ...


@runtime_checkable
class Picture(Protocol):
    """The part of a PIL image that is needed to send it."""

    @property
    def format(self) -> str | None: ...
    def save(self, fp: IO[bytes], format: str) -> None: ...  # noqa: A002 - Pillow's own method


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request to the API: ``path`` is below the base URL, so no other host can be named."""

    operation: str
    method: str
    path: str
    body: bytes | None = field(default=None, repr=False)
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Answer:
    """What came back; header names are in lower case.

    ``at`` is the driver's clock when it had come, ``when`` the Unix time at which it was asked for.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    at: float = 0.0
    when: float = 0.0

    @cached_property
    def json(self) -> object:
        """The body decoded, once however many readings ask; None when it is not JSON."""
        try:
            return cast("object", json.loads(self.body))
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True, slots=True)
class Call:
    """Send this, with at most ``timeout`` seconds; reply: Answer, or NoAnswerError is thrown.

    ``within`` bounds the whole, in seconds: where many share a rate or the connections, a turn is
    waited for first. With less than ``least`` of them left it is not sent. What is ``urgent`` has
    its turn before what is not.
    """

    exchange: Exchange
    timeout: float
    within: float
    least: float = 0.0
    urgent: bool = False

    @property
    def patience(self) -> float:
        """Seconds that a turn may be waited for."""
        return max(0.0, self.within - self.least)


@dataclass(frozen=True, slots=True)
class Listen:
    """Hear what comes next of an answer in events; reply: Answer, or NoAnswerError is thrown.

    Each is answered within ``timeout`` seconds. The one that ``opens`` sends the request, and its
    answer is the head: whole, if it is no stream. The others are answered by the data of one event,
    or by nothing where the server only shows that it is there. ``quiet`` is the ``timeout`` of the
    others, which some transports have to know beforehand. A flow hears one stream at a time; it
    ends with an error, with Hush, or with the flow.
    """

    exchange: Exchange
    timeout: float
    quiet: float
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Hush:
    """Hear no more of the stream; reply: None."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Let this many seconds pass, less a random share of up to ``spread``; reply: the clock."""

    seconds: float
    spread: float = 0.0


@dataclass(frozen=True, slots=True)
class Load:
    """Read a local file of at most ``limit`` bytes for the input ``name``; reply: its bytes."""

    name: str
    source: object = field(repr=False)
    limit: int


@dataclass(slots=True)
class Part:
    """A file on its way: how much of it lies in a temporary file, and which file it is a part of.

    The tries of one download share it, and the driver fills it: ``size`` bytes can be continued
    while ``url`` serves what ``validator`` names; ``total`` is the size of the whole, if known. A
    flow that is closed can yield nothing more, so what removes the file comes with it.

    ``owner`` is the job's id, which names the file; ``alone`` says that whoever else left a part
    of this job is dead, so that it may be removed.
    """

    owner: str = ""
    alone: bool = False
    path: str = ""
    size: int = 0
    total: int | None = None
    url: str = field(default="", repr=False)
    validator: str = ""
    remove: Callable[[str], None] | None = None
    dropped: bool = False

    def forget(self) -> None:
        """Have the next try begin anew."""
        self.size, self.total, self.validator = 0, None, ""

    def drop(self) -> None:
        """Remove the temporary file, now or as soon as a thread that still writes it is done."""
        self.dropped = True
        if self.remove is not None:
            self.remove(self.path)


@dataclass(frozen=True, slots=True)
class Download:
    """Fetch a public URL, without the key, into a temporary file in ``folder``; reply: Downloaded.

    What ``part`` already holds is continued where the server can do that. Redirects are replies
    too. ``timeout`` is for each read, ``within`` for the whole, in seconds; ``limit`` in bytes.
    """

    url: str = field(repr=False)
    folder: str
    limit: int
    timeout: float
    within: float
    part: Part = field(default_factory=Part)


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What lies in the temporary file: its first and last bytes, its size and its path."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    head: bytes = field(repr=False)
    tail: bytes = field(repr=False)
    size: int
    temporary: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Keep:
    """Put bytes, or a downloaded file, at ``folder/name`` in one atomic step; reply: the path."""

    content: bytes | Downloaded = field(repr=False)
    folder: str
    name: str
    part: Part = field(default_factory=Part)


@dataclass(frozen=True, slots=True)
class Record:
    """Put a row into the journal; reply: None, once it is safe on the disk. Or JournalError."""

    row: Row


@dataclass(frozen=True, slots=True)
class Notice:
    """Tell the caller something while the flow goes on; reply: None."""

    value: object


Effect: TypeAlias = Call | Listen | Hush | Pause | Load | Download | Keep | Record | Notice
Flow: TypeAlias = Generator[Effect, object, R]


def ask(effect: Effect, reply_type: type[R]) -> Flow[R]:
    """Yield one effect and return its reply, typed: the one place where a reply gets its type."""
    reply = yield effect
    assert isinstance(reply, reply_type), f"{effect!r} was answered with {type(reply).__name__}"  # noqa: S101 - a driver that breaks this is broken
    return reply


class Steps(Iterator[Effect], Generic[R]):
    """Walks a flow: iterate for its effects, set ``reply`` or ``failure``, read ``result`` last."""

    def __init__(self, flow: Flow[R]) -> None:
        self._flow = flow
        self.reply: object = None
        self.failure: BaseException | None = None
        self.result: R

    def __next__(self) -> Effect:
        """Resume the flow with the reply, or throw the failure into it."""
        reply, failure = self.reply, self.failure
        self.reply = self.failure = None
        try:
            return self._flow.send(reply) if failure is None else self._flow.throw(failure)
        except StopIteration as end:
            self.result = end.value
            raise
        finally:
            # A failure that comes out again holds this frame: who holds it, too, keeps the whole
            # job alive until a garbage collection finds them, and leaving a crowd takes as long.
            del failure

    def close(self) -> None:
        """End the flow where it stands; it may tidy up but yields no more."""
        self._flow.close()
