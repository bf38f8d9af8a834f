"""The commands themselves: what can be typed, and what it leads to."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import click

from .. import DEFAULT_ENDPOINT_ID, __version__
from . import batch_commands, fields, jobs
from .endpoint_command import (
    EndpointCommand,
    SectionedCommand,
    chosen_endpoint,
    endpoint_of,
    own_flags,
)
from .exits import Exit, Terminated
from .failures import Failure
from .run import Order, run_all
from .service import service_of, shared_options
from .session import Session
from .talk import PlainTalk
from .wording import PROGRAM, one_line

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

_setting = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="Any input by its own name; the value is read by the input's type.",
)
_endpoint = click.option(
    "--endpoint", metavar="ID", help=f"The model.  [default: {DEFAULT_ENDPOINT_ID}]"
)
_reference = click.argument("reference", metavar="REF|ID")


@click.group(context_settings=_CONTEXT)
@click.version_option(__version__, prog_name=PROGRAM)
@shared_options
def commands() -> None:
    """Pictures from ChainHub's fal queue: never paid twice, never lost.

    The key is read from CHAINHUB_API_KEY, or from a file with --api-key-file.
    """


@commands.command(cls=EndpointCommand, several=True)
@_endpoint
@_setting
@click.option(
    "-o",
    "--out",
    default="out",
    metavar="FOLDER",
    help="Where pictures and contact sheet go.  [default: out]",
)
@shared_options
@click.pass_context
def run(
    context: click.Context,
    settings: tuple[str, ...],
    out: str,
    endpoint: str | None,  # noqa: ARG001 - read before the other options are known
    images: tuple[str, ...] = (),
) -> Exit:
    """Vary each IMAGE, save the pictures, and write a contact sheet, index.html.

    An IMAGE is a file, an http(s) address or a data URI. Running again into the same folder adds.
    """
    session = Session(service_of(context), out=out)
    order = _order(context, images, settings)
    return session.run(lambda: run_all(session, order, out))


@commands.command(cls=EndpointCommand)
@_endpoint
@_setting
@shared_options
@click.pass_context
def submit(
    context: click.Context,
    settings: tuple[str, ...],
    endpoint: str | None,  # noqa: ARG001 - read before the other options are known
    images: tuple[str, ...] = (),
) -> Exit:
    """Queue one job and print its reference, the REF that the other commands take."""
    session = Session(service_of(context))
    order = _order(context, images, settings)
    return session.run(lambda: jobs.submit(session, order))


@commands.command(cls=SectionedCommand)
@_reference
@_endpoint
@shared_options
@click.pass_context
def status(context: click.Context, reference: str, endpoint: str | None) -> Exit:
    """Say where a job stands.

    REF is what submit printed, a file that holds it, or - for stdin; ID is the bare request id.
    """
    session, model = Session(service_of(context)), chosen_endpoint(endpoint)
    return session.run(lambda: jobs.status(session, reference, model.id))


@commands.command(cls=SectionedCommand)
@_reference
@_endpoint
@click.option("-o", "--out", metavar="FOLDER", help="Save the files here, with the sheet.")
@shared_options
@click.pass_context
def result(context: click.Context, reference: str, endpoint: str | None, out: str | None) -> Exit:
    """Wait for a job's result; print where its files are, or save them with -o.

    REF is what submit printed, a file that holds it, or - for stdin; ID is the bare request id.
    """
    session, model = Session(service_of(context), out=out), chosen_endpoint(endpoint)
    return session.run(lambda: jobs.result(session, reference, model.id, out))


@commands.command(cls=SectionedCommand)
@_reference
@_endpoint
@shared_options
@click.pass_context
def cancel(context: click.Context, reference: str, endpoint: str | None) -> Exit:
    """Ask that a job be cancelled.

    REF is what submit printed, a file that holds it, or - for stdin; ID is the bare request id.
    """
    session, model = Session(service_of(context)), chosen_endpoint(endpoint)
    return session.run(lambda: jobs.cancel(session, reference, model.id))


@commands.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def sandbox(arguments: tuple[str, ...]) -> int:
    """Serve a local gateway that costs nothing, until Ctrl-C; sandbox --help says more."""
    try:
        from chainhub_fal_sandbox.__main__ import main as serve  # noqa: PLC0415 - an extra
    except ImportError as error:
        click.echo(
            f"{PROGRAM}: the sandbox needs {error.name}; install it with"
            " pip install 'chainhub-fal[sandbox]'",
            err=True,
        )
        return Exit.EXTRA_MISSING
    return serve(arguments)


commands.add_command(batch_commands.batch)
commands.add_command(batch_commands.jobs)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code, one of Exit; never raises an error."""
    arguments = list(sys.argv[1:] if argv is None else argv) or ["--help"]
    with _terminated():
        try:
            return int(commands.main(arguments, prog_name=PROGRAM, standalone_mode=False) or 0)
        except click.UsageError as error:
            return _refuse(error, as_json="--json" in arguments)
        except (click.Abort, KeyboardInterrupt) as error:
            ended = isinstance(error.__cause__ or error, Terminated)
            return Exit.TERMINATED if ended else Exit.INTERRUPTED
        except Exception as bug:  # noqa: BLE001 - a traceback is no answer, and may show inputs
            PlainTalk().fail(Failure(bug))
            return Exit.INTERNAL


def _refuse(error: click.UsageError, *, as_json: bool) -> int:
    words = one_line(error.format_message())
    path = error.ctx.command_path if error.ctx else PROGRAM
    if as_json:
        facts = {"kind": "UsageError", "exit_code": int(Exit.USAGE), "problem": words}
        click.echo(json.dumps({"error": facts}), err=True)
    else:
        click.echo(f"{PROGRAM}: {words}\n  Try: {path} --help", err=True)
    return Exit.USAGE


def _order(context: click.Context, images: Sequence[str], settings: Sequence[str]) -> Order:
    endpoint = endpoint_of(context)
    inputs = dict(fields.given(context))
    argued = fields.file_field(endpoint) if images else None
    for setting in settings:
        name, value = fields.read_setting(setting, endpoint)
        if name in inputs or name == argued:
            raise click.UsageError(f"{name} is given twice", ctx=context)
        inputs[name] = value
    if not images:
        fields.require_argument(context, endpoint, inputs)
    return Order(endpoint, images, inputs, frozenset(own_flags(context.command)))


@contextmanager
def _terminated() -> Iterator[None]:
    """Treat SIGTERM like Ctrl-C while a command runs."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's
        return
    before = signal.signal(signal.SIGTERM, _raise_terminated)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _raise_terminated(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated
