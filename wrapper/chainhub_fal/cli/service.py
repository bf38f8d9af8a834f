"""Where and how to speak: the options every command shares, and the client they make."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, Unpack

import click

from .. import Client, ConfigurationError, Options

_LIBRARY = __package__.rpartition(".")[0]
_Decorated = TypeVar("_Decorated", bound=Callable[..., object])


class ServiceOption(click.Option):
    """An option of every command, before or after its name."""


@dataclass
class Service:
    """What the shared options said; None where one was not given. Times are in seconds."""

    base_url: str | None = None
    dialect: Literal["gateway", "fal"] | None = None
    api_key_file: str | None = None
    deadline: float | None = None
    connect_patience: float | None = None
    on_abandon: Literal["keep", "cancel"] | None = None
    poll_cost: float | None = None
    updates: Literal["poll", "stream"] | None = None
    json: bool | None = None

    def repeated(self) -> list[str]:
        """Return the arguments that lead another command to the same place, and to the same key."""
        told = {
            "--base-url": self.base_url,
            "--dialect": self.dialect,
            "--api-key-file": self.api_key_file,
        }
        return [word for flag, value in told.items() if value for word in (flag, value)]

    @contextmanager
    def client(self, *, leaves_job: bool = False, **more: Unpack[Options]) -> Iterator[Client]:
        """Open a client; an interruption gets a note on what became of jobs left behind.

        ``leaves_job`` keeps them whatever ``--on-abandon`` says: to leave is what was asked for.
        ``more`` are options of the command's own. Raises ConfigurationError.
        """
        options: Options = more
        for name in ("deadline", "connect_patience", "on_abandon", "poll_cost", "updates"):
            if (value := getattr(self, name)) is not None:
                options[name] = value
        if leaves_job:
            options["on_abandon"] = "keep"
        key = None if self.api_key_file is None else _read_key(self.api_key_file)
        with heard() as parting:
            try:
                with Client(
                    api_key=key, base_url=self.base_url, dialect=self.dialect, **options
                ) as client:
                    yield client
            except KeyboardInterrupt as interruption:
                if not getattr(interruption, "__notes__", ()):
                    for words in parting:
                        interruption.add_note(words)
                raise


def shared_options(command: _Decorated) -> _Decorated:
    """Give a command the shared options, stored in the context's Service."""
    for option in reversed(_OPTIONS):
        option(command)
    return command


def service_of(context: click.Context) -> Service:
    """Return what the shared options of this command, or of the one above it, said."""
    return context.ensure_object(Service)


def _read_key(path: str) -> str:
    try:
        return Path(path).expanduser().read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigurationError(
            f"the key file {path} cannot be read: {reason}", hint="Put the key alone into it"
        ) from error


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name != _LIBRARY:
            self.heard.append(record.getMessage())


@contextmanager
def heard() -> Iterator[list[str]]:
    """Take the package's warnings: here they are words for the user, said where they belong."""
    logger = logging.getLogger(_LIBRARY)
    ear = _Ear()
    propagated, logger.propagate = logger.propagate, False
    logger.addHandler(ear)
    try:
        yield ear.heard
    finally:
        logger.removeHandler(ear)
        logger.propagate = propagated


def _store(context: click.Context, parameter: click.Parameter, value: object) -> None:
    if value is not None and value is not False:  # not given here: it may be given further left
        setattr(service_of(context), parameter.name, value)


def _option(*declarations: str, **attributes: Any) -> Callable[[_Decorated], _Decorated]:
    # click's own attributes, passed through as they are
    return click.option(
        *declarations,
        cls=ServiceOption,
        default=None,
        expose_value=False,
        callback=_store,
        **attributes,
    )


_OPTIONS = (
    _option(
        "--base-url",
        metavar="URL",
        help="Where the API is.  [default: CHAINHUB_BASE_URL, else the gateway]",
    ),
    _option(
        "--dialect",
        type=click.Choice(["gateway", "fal"]),
        help="How it speaks.  [default: by the host of the base URL]",
    ),
    _option(
        "--api-key-file",
        metavar="FILE",
        help="Read the key from a file.  [default: CHAINHUB_API_KEY]",
    ),
    _option(
        "--deadline",
        type=float,
        metavar="SECONDS",
        help="The most time spent on one job, from the submit to the saved file.",
    ),
    _option(
        "--connect-patience",
        type=float,
        metavar="SECONDS",
        help="How long a submit that provably never left is tried again.",
    ),
    _option(
        "--on-abandon",
        type=click.Choice(["keep", "cancel"]),
        help="What becomes of a job on Ctrl-C or at the deadline.  [default: keep]",
    ),
    _option(
        "--poll-cost",
        type=float,
        metavar="SECONDS",
        help="How late a job's end may be noticed to spare one request.  [default: 0.008]",
    ),
    _option(
        "--updates",
        type=click.Choice(["poll", "stream"]),
        help="Ask how a job is, or hear it from a server that tells.  [default: poll]",
    ),
    _option("--json", is_flag=True, help="Results and errors as JSON, one object a line."),
)
