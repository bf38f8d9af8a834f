"""How schemathesis is set for this contract: every setting with the reason for its value."""

from __future__ import annotations

from collections.abc import Mapping

from ..contract import Contract, Operation
from ..harness.target import Target

PHASES = ("examples", "coverage", "fuzzing", "stateful")
STEPS = 30  # a submit, a poll or two, the result and a cancel are only met in long walks; default 6

# Refusals that say nothing about the data or the job: a valid request may never meet them here.
_NOT_OF_THE_JOB = frozenset({401, 403, 413, 429})
# What a request broken on purpose may be answered, if documented: never a 5xx, as by default.
_REFUSALS = frozenset({400, 401, 404, 413, 415, 422})


def configuration(
    target: Target, contract: Contract, *, seed: int, examples: int, shrink: bool
) -> dict[str, object]:
    """Return schemathesis's configuration; ``examples`` is for each operation and phase."""
    return {
        "seed": seed,
        "base-url": target.base_url,
        "headers": {"Authorization": target.authorization},
        # The order of requests is part of what a seed repeats; two workers would race.
        "workers": 1,
        # A failure must not hide the next one, unless the caller wants the first only.
        "continue-on-failure": shrink,
        "request-timeout": target.timeout,
        # The first event, which comes at once, says where the job stands. To wait for another takes
        # the whole of that time at every job that goes on, and here every second one does for ever.
        "max-stream-events": 1,
        # How long this machine takes to generate a value says nothing about the server.
        "suppress-health-check": ["too_slow"],
        # The contract knows no redirect, and one to another host must not be followed.
        "max-redirects": 0,
        # What earlier runs met must not change this one: no example database, no cache.
        "cache": {"enabled": False},
        "generation": {
            "database": "none",
            "max-examples": examples,
            # Shrinking costs hundreds of requests; a run that only asks "is it broken" needs none.
            "no-shrink": not shrink,
        },
        "phases": {
            # Operations without an example of their own get one generated, so none is left out.
            "examples": {"fill-missing": True},
            "stateful": {"max-steps": STEPS},
        },
        # Slower than this is broken; the engine's own timeout covers an answer that never comes.
        "checks": {"max_response_time": target.timeout},
        "operations": [_tuned(operation) for operation in contract.operations.values()],
    }


def _tuned(operation: Operation) -> dict[str, object]:
    """Narrow both data checks, whose defaults let 401, 403, 404 and any 5xx pass for valid data."""
    return {
        "include-operation-id": operation.operation_id,
        "checks": {
            "positive_data_acceptance": {"expected-statuses": accepted(operation)},
            "negative_data_rejection": {"expected-statuses": rejected(operation)},
        },
    }


def accepted(operation: Operation) -> list[str]:
    """Return the statuses that valid data may be answered, as schemathesis spells them."""
    successes = [name for name in operation.answers if name.startswith("2")]
    return (successes or ["2XX"]) + [str(status) for status in state_refusals(operation)]


def state_refusals(operation: Operation) -> list[int]:
    """Return the documented refusals that can only be about the job's state.

    A request that is all path has nothing in it that could be invalid: too early, too late, or
    the model's own refusal are left. An operation with a query or a body has none: there the
    same status would be about the data. 404 is not among them; whether an id exists is known.
    """
    places = {parameter.place for parameter in operation.parameters}
    if operation.body.schemas or places != {"path"}:
        return []
    unrelated = _NOT_OF_THE_JOB | {404}
    return [it for it in range(400, 500) if it not in unrelated and operation.answer(it)]


def rejected(operation: Operation) -> list[str]:
    """Return the statuses that invalid data may be answered, as schemathesis spells them."""
    return [str(status) for status in sorted(_REFUSALS) if operation.answer(status)]


def labels(contract: Contract) -> Mapping[str, str]:
    """Return the operationId by schemathesis's name for an operation, ``PUT /path/{name}``."""
    return {
        f"{operation.method} {operation.template}": name
        for name, operation in contract.operations.items()
    }
