"""The commands about many jobs, as they are typed: ``batch`` and ``jobs``."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from .. import DEFAULT_ENDPOINT_ID, RowState
from . import fields
from .batch import run_batch
from .batch_order import RESUBMIT, BatchOrder
from .endpoint_command import SectionedCommand, chosen_endpoint, own_flags
from .exits import Exit
from .rows import JOURNAL, Query, fetch_rows, list_rows
from .service import Service, service_of, shared_options
from .session import Session

CONCURRENCY = 16
"""Jobs in flight, unless another number is given."""
_STATES = [state.value for state in RowState if state is not RowState.NEW]


def _price(_context: click.Context, _option: click.Parameter, text: str | None) -> Decimal | None:
    try:
        price = None if text is None else Decimal(text)
    except InvalidOperation:
        price = Decimal(-1)
    if price is not None and not (price.is_finite() and price >= 0):
        raise click.BadParameter(f"{text!r} is no price: give a number, without a currency")
    return price


@click.command(cls=SectionedCommand)
@click.argument("manifest", metavar="MANIFEST")
@click.option(
    "-o",
    "--out",
    default="out",
    metavar="FOLDER",
    help="Where pictures, record and contact sheet go.  [default: out]",
)
@click.option(
    "--journal",
    metavar="FILE",
    help=f"The record that resumes the batch.  [default: {JOURNAL} in the folder]",
)
@click.option("--endpoint", metavar="ID", help=f"The model.  [default: {DEFAULT_ENDPOINT_ID}]")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="An input for every row that does not give it itself.",
)
@click.option(
    "--concurrency",
    type=int,
    default=CONCURRENCY,
    metavar="N",
    help=f"Jobs in flight; fewer while the server asks for it.  [default: {CONCURRENCY}]",
)
@click.option("--max-rate", type=float, metavar="R", help="Requests a second at most, all counted.")
@click.option(
    "--price", callback=_price, metavar="P", help="What one call costs, to show what was spent."
)
@click.option(
    RESUBMIT,
    is_flag=True,
    help="Send again what an interrupted run may have sent: it may be paid twice.",
)
@shared_options
@click.pass_context
def batch(
    context: click.Context,
    /,
    endpoint: str | None,
    settings: tuple[str, ...],
    journal: str | None,
    out: str,
    **given: Any,  # the other options, by the names they have in the order
) -> Exit:
    """Run every row of MANIFEST, many at a time; the same command again resumes.

    MANIFEST is a folder of pictures, a file of JSON lines (one object of inputs a line), a CSV
    table whose header names inputs (.csv or .tsv), or - for JSON lines on stdin. A relative path
    in a file counts from that file. A row that fails does not stop the others.

    \b
      chainhub-fal batch photos/ -o out --set num_images=4
      chainhub-fal batch rows.csv -o out --price 0.025 --concurrency 32
      generate-rows | chainhub-fal batch - -o out --json > done.jsonl

    The journal knows what was sent and paid, so nothing is paid twice. A row whose submit got no
    answer is unknown: it is listed, and sent again only with --resubmit-unknown.
    """  # noqa: D301 - click takes the character, not its name
    service, model = service_of(context), chosen_endpoint(endpoint)
    inputs: dict[str, object] = {}
    for setting in settings:
        name, value = fields.read_setting(setting, model)
        if name in inputs:
            raise click.UsageError(f"{name} is given twice", ctx=context)
        inputs[name] = value
    order = BatchOrder(
        out=out,
        journal=journal or str(Path(out, JOURNAL)),
        endpoint=model,
        settings=inputs,
        typed=tuple(_typed(context, service)),
        run_flags=frozenset(_run_flags(context)),
        **given,
    )
    session = Session(service, repeats=False)
    return session.run(lambda: run_batch(session, order))


@click.command(cls=SectionedCommand)
@click.argument("journal", metavar="JOURNAL")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(_STATES),
    help="Only rows in this state; may be given several times.",
)
@click.option("--csv", "as_csv", is_flag=True, help="A table with a header, for other programs.")
@click.option(
    "--fetch", is_flag=True, help="Fetch results whose files are missing; this costs nothing."
)
@click.option("-o", "--out", metavar="FOLDER", help="Where --fetch puts them, with the sheet.")
@shared_options
@click.pass_context
def jobs(
    context: click.Context,
    journal: str,
    states: tuple[str, ...],
    as_csv: bool,  # noqa: FBT001 - click gives it by name
    fetch: bool,  # noqa: FBT001
    out: str | None,
) -> Exit:
    """List the jobs of a batch, also while it runs.

    JOURNAL is the journal of a batch, or the folder that holds it. Each line has the row's position
    among those that could be read, from 0, its state and since when, the job's id and endpoint, and
    its files or its error.

    \b
      chainhub-fal jobs out
      chainhub-fal jobs out --state unknown --state intended
      chainhub-fal jobs run.db --csv > jobs.csv
      chainhub-fal jobs run.db --fetch -o again

    The journal holds no inputs: a row is known by its position and by a digest.
    """  # noqa: D301 - click takes the character, not its name
    service = service_of(context)
    if as_csv and service.json:
        raise click.UsageError("--csv and --json are two ways of saying the same", ctx=context)
    if fetch != (out is not None):
        raise click.UsageError("--fetch and -o FOLDER belong together", ctx=context)
    query = Query(journal, frozenset(map(RowState, states)), as_csv)
    session = Session(service, out=out, repeats=False)
    if out is not None:
        return session.run(lambda: fetch_rows(session, query, out))
    return session.run(lambda: list_rows(session, query))


def _typed(context: click.Context, service: Service) -> Iterator[str]:
    """Yield the options that the command which resumes needs again."""
    for option in context.command.params:
        if not isinstance(option, click.Option) or not option.expose_value or option.is_flag:
            continue
        value = context.params[option.name or ""]
        values = value if option.multiple else [value]
        if value != option.default and value is not None:
            yield from (word for it in values for word in (option.opts[0], str(it)))
    yield from service.repeated()


def _run_flags(context: click.Context) -> set[str]:
    group = context.find_root().command
    assert isinstance(group, click.Group)  # noqa: S101 - the program's own
    return own_flags(group.commands["run"])
