"""The sandbox from a shell: `python -m chainhub_fal_sandbox`, serves until it is interrupted."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace

from chainhub_fal_sandbox.catalogue import CATALOGUE
from chainhub_fal_sandbox.choices import chosen, listed
from chainhub_fal_sandbox.server import Sandbox
from chainhub_fal_sandbox.settings import Settings


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM, which is the normal end; returns the exit code."""
    options = _parser().parse_args(argv)
    if options.list_faults:
        for fault in CATALOGUE.values():
            print(f"{fault.name:24} {fault.description}")  # noqa: T201 - a command's output
        return 0
    if options.list_settings:
        for name, default, words in listed():
            print(f"{name:16} {default:12} {words}")  # noqa: T201 - a command's output
        return 0
    try:
        sandbox = Sandbox(_settings(options), port=options.port).start()
    except (OSError, ValueError) as error:
        print(f"the sandbox cannot start: {error}", file=sys.stderr)  # noqa: T201
        return 2
    try:
        _serve(sandbox)
    finally:
        sandbox.stop()
    return 0


def settings_of(argv: Sequence[str]) -> Settings:
    """Return what a command line chooses; raises ValueError for what no sandbox can be."""
    return _settings(_parser().parse_args(argv))


def _settings(options: argparse.Namespace) -> Settings:
    settings = Settings(
        dialect=options.dialect,
        key=options.key,
        queue_seconds=options.queue_seconds,
        run_seconds=options.run_seconds,
        foreign_images="invent" if options.invent_foreign_images else "refuse",
        faults=tuple(options.fault),
    )
    return replace(settings, **chosen(options.set))


def _serve(sandbox: Sandbox) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    name = sandbox.settings.dialect
    print(f'sandbox on {sandbox.base_url} ({name}), key "{sandbox.key}"', flush=True)  # noqa: T201
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chainhub-fal sandbox", description="Serve a local gateway that costs nothing."
    )
    add = parser.add_argument
    add("--port", type=int, default=0, help="0, the default, takes any free port")
    add("--dialect", choices=("gateway", "fal"), default="gateway", help="which service to play")
    add("--key", help="the one key to accept (default: the dialect's own)")
    add("--queue-seconds", type=float, default=0.5, help="how long a job waits (default: 0.5)")
    add("--run-seconds", type=float, default=1.0, help="how long a job runs (default: 1)")
    add(
        "--fault",
        action="append",
        default=[],
        choices=tuple(CATALOGUE),
        metavar="NAME",
        help="switch a fault on; may be given several times, see --list-faults",
    )
    add("--list-faults", action="store_true", help="list the faults and end")
    add(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="choose what is not known of the live service; several times, see --list-settings",
    )
    add("--list-settings", action="store_true", help="list settings and their defaults, and end")
    add(
        "--invent-foreign-images",
        action="store_true",
        help="draw a picture for an input on another host, which is never contacted",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
