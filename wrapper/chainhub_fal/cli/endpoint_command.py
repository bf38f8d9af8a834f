"""Commands whose options come from an endpoint's schema, and help in sections."""

from __future__ import annotations

from typing import Any, cast

import click

from .. import DEFAULT_ENDPOINT_ID, Endpoint, UnknownEndpointError, find_endpoint
from . import fields
from .service import ServiceOption

_ENDPOINT = f"{__package__}.endpoint"
_PARAMETERS = f"{__package__}.parameters"


def chosen_endpoint(name: str | None) -> Endpoint[..., object]:
    """Return the endpoint with this id, or the default one; raises BadParameter."""
    try:
        return find_endpoint(DEFAULT_ENDPOINT_ID if name is None else name)
    except UnknownEndpointError as error:
        words = f"{error.problem}. {error.hint}"
        raise click.BadParameter(words, param_hint="'--endpoint'") from None


def endpoint_of(context: click.Context) -> Endpoint[..., object]:
    """Return the endpoint this command was called for."""
    return cast("Endpoint[..., object]", context.meta[_ENDPOINT])


def own_flags(command: click.Command) -> set[str]:
    """Return the flags of the command's own options, which no input may take."""
    return {flag for parameter in command.params for flag in parameter.opts} | {"--help"}


class SectionedCommand(click.Command):
    """A command whose help tells the model's inputs, its own options and the shared ones apart."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one section for each kind of option."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                sections.setdefault(_section(parameter, ctx), []).append(record)
        for title in sorted(sections, key=lambda title: not title.startswith("Inputs")):
            with formatter.section(title):
                formatter.write_dl(sections[title])


class EndpointCommand(SectionedCommand):
    """A command that submits: ``--endpoint`` decides which options it has.

    ``several`` lets it take more than one image.
    """

    def __init__(self, *args: Any, several: bool = False, **attributes: Any) -> None:
        # click's own attributes, passed through as they are
        super().__init__(*args, **attributes)
        self.several = several

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Find the endpoint first, since the other options depend on it."""
        endpoint = chosen_endpoint(_value_of("--endpoint", args))
        ctx.meta[_ENDPOINT] = endpoint
        ctx.meta[_PARAMETERS] = [
            *fields.argument(endpoint, several=self.several),
            *fields.options(endpoint, own_flags(self)),
        ]
        return super().parse_args(ctx, args)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the endpoint's options and the command's own."""
        return [*ctx.meta.get(_PARAMETERS, ()), *super().get_params(ctx)]


def _section(parameter: click.Parameter, context: click.Context) -> str:
    if isinstance(parameter, fields.InputOption):
        return f"Inputs of {endpoint_of(context).id}"
    return "Service, for every command" if isinstance(parameter, ServiceOption) else "Options"


def _value_of(flag: str, arguments: list[str]) -> str | None:
    """Read an option before the arguments are parsed."""
    for index, word in enumerate(arguments):
        if word.startswith(f"{flag}="):
            return word.partition("=")[2]
        if word == flag and index + 1 < len(arguments):
            return arguments[index + 1]
    return None
