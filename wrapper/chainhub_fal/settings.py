"""Every number and choice of the client: arguments over environment over what stands here."""

from __future__ import annotations

import inspect
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, Self, TypeAlias, get_args
from urllib.parse import urlsplit

from ._offers import Offer
from ._refs import JobRef
from .errors import ConfigurationError
from .learning import POLL_COST, Learning, Schedules, Steps

GATEWAY_URL = "https://api.chainhub.tech"
KEY_VARIABLE = "CHAINHUB_API_KEY"
BASE_URL_VARIABLE = "CHAINHUB_BASE_URL"

DialectName: TypeAlias = Literal["gateway", "fal"]
OnAbandon: TypeAlias = Literal["keep", "cancel"]
Updates: TypeAlias = Literal["poll", "stream"]
TransportName: TypeAlias = Literal["httpx", "aiohttp"]
Schedule: TypeAlias = Callable[[], Iterator[float]]
"""Makes the delays, in seconds, between the polls of one job; called once per job."""

_FAL_HOSTS = ("fal.run", "falrun.com")  # fal's queue and its backup (upstream facts, table 0)


@dataclass(frozen=True, slots=True)
class Backoff:
    """A schedule that starts quick and slows down: ``first``, times ``factor``, up to ``cap``."""

    first: float = 0.25
    factor: float = 1.3
    cap: float = 5.0

    def __post_init__(self) -> None:
        """Refuse numbers that would make a hot loop or a wait without end."""
        if not (0 < self.first <= self.cap < math.inf and 1 <= self.factor < math.inf):
            raise ConfigurationError(
                f"a schedule of {self.first} s x {self.factor} up to {self.cap} s cannot be kept",
                hint="Give 0 < first <= cap and factor >= 1",
            )

    def __call__(self) -> Iterator[float]:
        """Yield delays in seconds, without end."""
        delay = self.first
        while True:
            yield delay
            delay = min(delay * self.factor, self.cap)


_NOT_NEGATIVE = ("connect_patience", "missing_patience", "max_rate", "max_upload", "max_download")
_CHOICES: dict[str, tuple[object, ...]] = {
    "dialect": get_args(DialectName),
    "on_abandon": get_args(OnAbandon),
    "updates": get_args(Updates),
    "transport": (*get_args(TransportName), None),
    "http2": (False, True),
}
_OF_CONNECTIONS = ("http2", "transport")
_SHORTEST_SECRET = 8  # characters; what is shorter is no key, and occurs in innocent text


class Secret:
    """The key: given out by :meth:`reveal` only, and never by a repr, a log or a pickle."""

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        """Return the key itself; only the driver that writes the header calls this."""
        return self.__value

    @property
    def parts(self) -> tuple[str, ...]:
        """What must not be repeated: the key, and the secret half of fal's ``id:secret``."""
        halves = (self.__value, self.__value.partition(":")[2])
        return tuple(half for half in halves if len(half) >= _SHORTEST_SECRET)

    def __repr__(self) -> str:
        """Show that there is a key, and nothing of it."""
        return "Secret(...)"

    def __reduce__(self) -> tuple[object, ...]:
        """Refuse to be pickled: a key must not travel with other values."""
        raise TypeError("a key is not pickled; make a client where it is used")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a client behaves. All times are in seconds, all sizes in bytes."""

    api_key: Secret = field(repr=False)
    base_url: str = GATEWAY_URL
    dialect: DialectName = "gateway"
    deadline: float = 600.0
    """From the submit to the saved file, as time spent on the job's behalf."""
    timeout: float = 30.0
    """One HTTP exchange; the deadline clips it."""
    submit_timeout: float = 120.0
    """The submit's exchange: it carries the picture, and to give up leaves its fate unknown."""
    poll_cost: float = POLL_COST
    """Seconds of delay that one poll is worth, to the schedule that learns."""
    schedule: Schedule | None = None
    """Delays that are settled beforehand, in the place of the schedule that learns."""
    schedules: Schedules = field(repr=False, compare=False)
    """Where jobs get their schedules from: what was learned is shared by all copies."""
    updates: Updates = "poll"
    """How a job's changes are known: by asking, or by hearing them where the server offers that.

    fal documents such a stream; whether the gateway passes it on is not known. Where there is none,
    or it breaks, the job is polled."""
    streams: Offer = field(default_factory=Offer, repr=False, compare=False)
    """Whether the server offers streams, as far as it was tried; shared by all copies."""
    connect_patience: float = 15.0
    """How long a submit that provably never left is tried again."""
    missing_patience: float = 10.0
    """How long a job may answer 404, or a web page, before that is believed."""
    max_rate: float = 0.0
    """Requests a second at most, by everything that one client does; 0: no cap.

    Who waits for a turn does so in line, up to the deadline; no timeout counts it."""
    max_upload: int = 10 * 1024 * 1024
    """Largest local picture that is sent; the vendor's own upload page advises 10 MB."""
    max_download: int = 64 * 1024 * 1024
    """Largest result file that is saved."""
    on_abandon: OnAbandon = "keep"
    """What happens to a job whose wait is interrupted: it goes on, or it is cancelled."""
    abandon_timeout: float = 5.0
    """How long cancelling an abandoned job may take."""
    on_enqueue: Callable[[JobRef], object] | None = None
    """Called with each job that was queued, before it is waited for."""
    on_update: Callable[[JobRef, Any], object] | None = None
    """Called with each change of a job that is waited for."""
    transport: TransportName | None = None
    """What carries requests on an event loop; None: aiohttp where it is installed, else httpx."""
    http2: bool = False
    """Whether HTTP/2 is offered to the server, which takes the extra ``http2``."""

    def __post_init__(self) -> None:
        """Refuse values that would send the key astray or wait for ever."""
        for name in ("deadline", "timeout", "submit_timeout", "abandon_timeout"):
            _require_finite(name, getattr(self, name), above_zero=True)
        for name in _NOT_NEGATIVE:
            _require_finite(name, getattr(self, name), above_zero=False)
        for name in ("on_enqueue", "on_update"):
            _require_hook(name, getattr(self, name))
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                named = ", ".join(map(str, allowed))
                raise ConfigurationError(
                    f"{name} is {getattr(self, name)!r}", hint=f"Choose one of {named}"
                )

    @classmethod
    def load(
        cls,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        dialect: DialectName | None = None,
        **options: object,
    ) -> Self:
        """Take each value from the argument, else the environment, else the default.

        Raises ConfigurationError when there is no key or a value cannot be used.
        """
        key = api_key if api_key is not None else os.environ.get(KEY_VARIABLE, "")
        url = check_base_url(base_url or os.environ.get(BASE_URL_VARIABLE) or GATEWAY_URL)
        return cls(
            api_key=Secret(_check_key(key)),
            base_url=url,
            dialect=dialect or dialect_of(url),
            schedules=_schedules(**_known(options)),
            **options,  # type: ignore[arg-type] # each is checked by __post_init__
        )

    def changed(self, **options: object) -> Self:
        """Return a copy with some options replaced; raises ConfigurationError for unknown ones."""
        if fixed := sorted(name for name in _OF_CONNECTIONS if name in options):
            raise ConfigurationError(
                f"{' and '.join(fixed)} belong to the connections, which this client would share",
                hint="Make another client",
            )
        changes = _known(options)
        if {"poll_cost", "schedule"} & changes.keys():
            now = {"poll_cost": self.poll_cost, "schedule": self.schedule, **changes}
            changes["schedules"] = _schedules(**now)
        if "updates" in changes:
            changes["streams"] = Offer()  # who asks for it anew has it tried anew
        return replace(self, **changes)


def _known(options: dict[str, object]) -> dict[str, Any]:
    """Return the options, which ``__post_init__`` checks one by one, once their names are known."""
    fixed = {"api_key", "base_url", "dialect", "schedules", "streams"}
    names = {item.name for item in fields(Settings)} - fixed
    if unknown := sorted(set(options) - names):
        raise ConfigurationError(
            f"unknown option {', '.join(unknown)}", hint=f"Options are {', '.join(sorted(names))}"
        )
    return options


def _schedules(
    poll_cost: float = POLL_COST, schedule: Schedule | None = None, **_: object
) -> Schedules:
    """Return where jobs get their schedules from; raises ConfigurationError."""
    learning = Learning(poll_cost)
    return learning if schedule is None else Steps(schedule)


def _check_key(key: str) -> str:
    key = key.strip()
    if not key:
        raise ConfigurationError(
            "there is no API key",
            hint=f"Pass api_key= or set {KEY_VARIABLE}; it begins with sk-",
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigurationError(
            "the API key holds spaces or characters that a header cannot carry",
            hint="Copy it again from the vendor's Token page, without the word Bearer or Key",
        )
    return key


def check_base_url(url: str) -> str:
    """Return the base URL without a trailing slash; raises ConfigurationError when it is unsafe."""
    url = url.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is what validates it
        if (parts.hostname or "").isascii():
            (parts.hostname or "").encode("idna")  # refuses a label that is empty or too long
    except ValueError as error:
        raise ConfigurationError(f"the base URL cannot be read: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigurationError(
            f"the base URL must be http(s)://host, not {parts.scheme or 'a bare word'}",
            hint=f"The gateway is {GATEWAY_URL}",
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise ConfigurationError(
            "the base URL holds credentials, a query or a fragment",
            hint="Give scheme, host and path",
        )
    return url


def dialect_of(base_url: str) -> DialectName:
    """Tell fal itself from a gateway by the host of the base URL."""
    host = urlsplit(base_url).hostname or ""
    return "fal" if any(host == h or host.endswith("." + h) for h in _FAL_HOSTS) else "gateway"


def _require_hook(name: str, hook: object) -> None:
    """Refuse what cannot be called, or would have to be awaited: both colours call it alike."""
    if hook is not None and (not callable(hook) or inspect.iscoroutinefunction(hook)):
        raise ConfigurationError(
            f"{name} is {'a coroutine function' if callable(hook) else repr(hook)}",
            hint="Give a plain function; it is called where the client runs, and is not awaited",
        )


def _require_finite(name: str, value: object, *, above_zero: bool) -> None:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if math.isfinite(number) and (number > 0 or (number == 0 and not above_zero)):
        return
    raise ConfigurationError(
        f"{name} is {value!r}", hint="Give a finite number" + (" above 0" if above_zero else "")
    )
