"""The layer that explores: every phase and check of schemathesis against a running server."""

from __future__ import annotations

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.engine import from_schema
from schemathesis.hooks import HookContext
from schemathesis.specs.openapi.schemas import OpenApiSchema

from ..contract import Contract
from ..harness.findings import Finding, Ledger
from ..harness.target import Target
from .checks import register
from .collected import Collected
from .reading import AnyCase, Reading
from .streams import by_event
from .tuning import PHASES, configuration
from .watching import Watch

__all__ = ["EXAMPLES", "FAST_EXAMPLES", "PHASES", "run"]

EXAMPLES = 40
FAST_EXAMPLES = 10


def run(
    target: Target,
    contract: Contract,
    ledger: Ledger,
    *,
    seed: int,
    first: bool,
    examples: int = EXAMPLES,
) -> list[Finding]:
    """Explore a server; with ``first`` stop at the first error, and shrink nothing.

    ``examples`` is the number of generated cases for each operation while fuzzing, and of walks
    through the links; ``FAST_EXAMPLES`` is enough to tell whether a server is broken. A server
    that is down, is no API or refuses the key is red, by its findings: nothing is raised for it.
    """
    found = Collected(target, seed)
    reading = Reading(contract, ledger, found)
    register(Watch(target, contract), reading, ledger, seed)
    settings = configuration(target, contract, seed=seed, examples=examples, shrink=not first)
    schema = schemathesis.openapi.from_dict(
        by_event(contract.document), config=SchemathesisConfig.from_dict(settings)
    )
    _listen(schema, reading)
    stream = from_schema(schema).execute()
    for event in stream:
        reading.note(event)
        if first and found.red:
            stream.stop()
    if not (first and found.red):
        reading.close()
    return found.findings


def _listen(schema: OpenApiSchema, reading: Reading) -> None:
    """Let the reading see every answer first, and then decide about every failure."""

    def after_call(_: HookContext, case: AnyCase, response: Response) -> None:
        reading.learn(case, response)

    def filter_failure(_: HookContext, failure: Failure, case: AnyCase, response: Response) -> bool:
        return reading.keeps(failure, case, response)

    schema.hook(after_call)
    schema.hook(filter_failure)
