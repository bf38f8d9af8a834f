"""From an endpoint's input schema to the options and the argument of a command, and back."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import cast

import click

from .. import Endpoint
from .values import Schema, choices, kinds, read_value, shown
from .wording import is_data_uri

_INPUTS = f"{__package__}.inputs"
_SHORT = {"num_images": "-n"}  # by the field's name, whichever model has it
_DATA = "FILE"  # what a shown command has in the place of a data URI
_LONGEST_METAVAR = 32  # characters; more choices than that are listed in the help text instead


class InputOption(click.Option):
    """An option made from a property of the input schema."""


def properties(endpoint: Endpoint[..., object]) -> Mapping[str, Schema]:
    """Return the schema of each input."""
    return cast("Mapping[str, Schema]", endpoint.input_schema.get("properties", {}))


def file_field(endpoint: Endpoint[..., object]) -> str | None:
    """Return the input that the IMAGE argument fills: the first required file, else the first."""
    names = sorted(endpoint.files, key=lambda name: not _is_required(endpoint, name))
    return names[0] if names else None


def _is_required(endpoint: Endpoint[..., object], name: str) -> bool:
    return name in cast("Sequence[str]", endpoint.input_schema.get("required", ()))


def file_value(endpoint: Endpoint[..., object], image: str) -> object:
    """Return what the file input takes: the image, or a list of it where it takes several."""
    field = file_field(endpoint)
    takes_list = field is not None and "array" in kinds(properties(endpoint)[field])
    return [image] if takes_list else image


def argument(endpoint: Endpoint[..., object], *, several: bool) -> list[click.Parameter]:
    """Return the IMAGE argument, or nothing for a model that takes no file.

    Nobody has to give it while the words are read: --set may give the same input.
    """
    field = file_field(endpoint)
    if field is None:
        return []
    word = re.sub(r"_urls?$", "", field).upper() + ("..." if several else "")
    return [
        click.Argument(
            ["images"],
            nargs=-1 if several else 1,
            required=False,
            metavar=word if _is_required(endpoint, field) else f"[{word}]",
            callback=_listed,
        )
    ]


def _listed(_context: click.Context, _argument: click.Parameter, value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else cast("tuple[str, ...]", value or ())


def require_argument(
    context: click.Context, endpoint: Endpoint[..., object], inputs: Collection[str]
) -> None:
    """Raise MissingParameter where the input that IMAGE fills is required and not among these."""
    field = file_field(endpoint)
    if field is not None and field not in inputs and _is_required(endpoint, field):
        parameters = context.command.get_params(context)
        (missing,) = (found for found in parameters if isinstance(found, click.Argument))
        raise click.MissingParameter(ctx=context, param=missing)


def options(endpoint: Endpoint[..., object], taken: Collection[str]) -> list[click.Parameter]:
    """Return an option for each input but the argument; a flag already taken is left to --set."""
    argued = file_field(endpoint)
    return [
        _option(name, schema, is_file=name in endpoint.files)
        for name, schema in properties(endpoint).items()
        if name != argued and _flag(name) not in taken
    ]


def given(context: click.Context) -> dict[str, object]:
    """Return the inputs that options gave, by name."""
    return cast("dict[str, object]", context.meta.setdefault(_INPUTS, {}))


def read_setting(text: str, endpoint: Endpoint[..., object]) -> tuple[str, object]:
    """Read ``key=value`` of --set by the type of that input; raises BadParameter without a sign."""
    name, sign, value = text.partition("=")
    if not sign:
        raise click.BadParameter(f"{text!r} is not key=value", param_hint="'--set'")
    return name, read_value(value, properties(endpoint).get(name, {}))


def arguments(
    inputs: Mapping[str, object], endpoint: Endpoint[..., object], taken: Collection[str]
) -> Iterator[str]:
    """Yield the arguments that give these inputs again; for a data URI a word stands in."""
    known = properties(endpoint).keys() - {file_field(endpoint)}
    told = {name: _without_data(value) for name, value in inputs.items()}
    for name, value in told.items():
        has_option = name in known and _flag(name) not in taken
        if has_option and isinstance(value, bool):
            yield _flag(name) if value else _negated(name)
        elif has_option and isinstance(value, str | int | float):
            yield from (_flag(name), shown(value))
        else:
            yield from ("--set", f"{name}={shown(value)}")


def _without_data(value: object) -> object:
    if isinstance(value, list):
        return [_without_data(item) for item in value]
    return _DATA if isinstance(value, str) and is_data_uri(value) else value


def _option(name: str, schema: Schema, *, is_file: bool) -> click.Parameter:
    allowed = kinds(schema)
    is_switch = allowed - {"null"} == {"boolean"}
    declared = f"{_flag(name)}/{_negated(name)}" if is_switch else _flag(name)
    short = [_SHORT[name]] if name in _SHORT else []
    metavar = "FILE" if is_file else _metavar(schema)
    return InputOption(
        [*short, declared],
        default=None,
        multiple="array" in allowed,
        metavar=None if is_switch else metavar,
        help=_help(schema),
        expose_value=False,
        callback=partial(_keep, name=name, schema=schema),
    )


def _keep(
    context: click.Context, _: click.Parameter, value: object, *, name: str, schema: Schema
) -> None:
    """Remember what an option gave, under the name the model knows it by."""
    if isinstance(value, tuple):
        items = cast("Schema", schema.get("items", {}))
        if value:
            given(context)[name] = [read_value(item, items) for item in value]
    elif value is not None:
        given(context)[name] = read_value(value, schema) if isinstance(value, str) else value


def _flag(name: str) -> str:
    return "--" + re.sub(r"\W|_", "-", name)


def _negated(name: str) -> str:
    return "--no-" + _flag(name).removeprefix("--")


def _metavar(schema: Schema) -> str:
    listed = "|".join(map(shown, choices(schema)))
    if listed:
        return f"[{listed}]" if len(listed) <= _LONGEST_METAVAR else "CHOICE"
    allowed = kinds(schema)
    return next((kind.upper() for kind in ("integer", "number", "text") if kind in allowed), "JSON")


def _help(schema: Schema) -> str:
    words = [str(schema.get("description", "")).rstrip(".")]
    names = list(map(shown, choices(schema)))
    if len("|".join(names)) > _LONGEST_METAVAR:
        words.append(f"one of {', '.join(names)}")
    if "size" in kinds(schema):
        words.append("or WIDTHxHEIGHT")
    facts = list(_bounds(schema))
    if (default := schema.get("default")) is not None:
        facts.append(f"default: {shown(default)}")
    text = "; ".join(word for word in words if word) + "."
    return f"{text}  [{'; '.join(facts)}]" if facts else text


def _bounds(schema: Schema) -> Iterator[str]:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        yield f"{low} to {high}"
    elif low is not None:
        yield f"at least {low}"
    elif high is not None:
        yield f"at most {high}"
