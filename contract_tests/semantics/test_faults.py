"""A target that breaks a rule is found out: every fault of the sandbox, and some of our own."""

from __future__ import annotations

from typing import Any

import pytest

from chainhub_fal_sandbox import Sandbox
from chainhub_fal_sandbox.catalogue import CATALOGUE
from chainhub_fal_sandbox.pytest_plugin import SandboxFactory

from ..contract import Contract
from ..harness.findings import Ledger
from ..harness.target import Target
from .conftest import AT_ONCE, Held
from .latency import slow_operations
from .layer import run
from .lies import LIES, Lie, after_three_submits
from .lies_streams import STREAM_LIES, told_again

# The faults of state, identity, sequence, access and files: the rule that must see each.
EXPECTED = {
    "submit-foreign-urls": "origins_are_expected",
    "submit-other-id": "urls_lead_to_the_job",
    "submit-same-id": "fresh_id",
    "submit-no-auth": "key_is_needed",
    "submit-no-validation": "invalid_input_fails",
    "status-stuck": "states_move_forward",
    "status-back": "states_move_forward",
    "status-other-id": "one_id_in_the_body",
    "status-no-auth": "key_is_needed",
    "status-not-found": "answered",
    "status-failed": "valid_input_succeeds",
    "stream-stalled": "stream_ends_with_the_job",
    "stream-never": "stream_begins_at_once",
    "stream-ends-early": "stream_begins_at_once",
    "stream-repeats": "stream_says_nothing_after_the_end",
    "stream-backwards": "states_move_forward",
    "stream-of-another": "one_id_in_the_body",
    "stream-page": "answered",
    "stream-404": "answered",
    "stream-buffered": "stream_begins_at_once",
    "stream-not-events": "answered",
    "result-expired": "answered",
    "result-failed": "valid_input_succeeds",
    "result-shape": "result_is_of_its_endpoint",
    "result-no-auth": "key_is_needed",
    "cancel-not-found": "answered",
    "cancel-ignored": "too_late_is_refused",
    "cancel-no-auth": "key_is_needed",
    **{name: "files_open" for name in CATALOGUE if name.startswith("file-")},
}


# What there is to see only where jobs take their time, or where the route is documented.
SETTINGS: dict[str, dict[str, Any]] = {
    "stream-404": {"dialect": "fal"},
    "stream-buffered": {"queue_seconds": 0.3, "run_seconds": 0.3},
}
SILENT = ("-slow", "-stalled", "-never")  # faults that are waited out


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_fault_of_the_sandbox_is_found(held: Held, name: str) -> None:
    timeout = 1.5 if name.endswith(SILENT) else 5.0
    found = held(faults=(name,), first=True, timeout=timeout, **SETTINGS.get(name, {}))
    (error,) = (each for each in found if each.level == "error")
    assert error.rule == EXPECTED.get(name, error.rule)
    assert error.operation
    assert error.curl.startswith("curl -X ")


@pytest.mark.parametrize("lie", [*LIES.values(), *STREAM_LIES.values()], ids=[*LIES, *STREAM_LIES])
def test_a_lie_that_no_schema_sees_is_found_by_the_rule_that_names_it(held: Held, lie: Lie) -> None:
    def tell(sandbox: Sandbox) -> None:
        sandbox.faults.add(lie.operation, lie.make(), times=None)

    # A stream that owes something is waited for as long as an answer may take.
    found = held(prepare=tell, timeout=2.0 if lie.operation == "stream" else 10.0, **lie.settings)
    assert lie.rule in {each.rule for each in found if each.level == "error"}


def test_what_a_stream_owes_is_waited_for_once(
    chainhub_sandbox_factory: SandboxFactory,
) -> None:
    sandbox = chainhub_sandbox_factory(unrouted="404", **AT_ONCE)
    sandbox.faults.add("stream", STREAM_LIES["stream-open-ended"].make(), times=None)
    target = Target(sandbox.base_url, sandbox.key, timeout=0.5)
    (error,) = run(target, Contract.load(), Ledger(), seed=0, first=False)
    assert error.rule == "stream_ends_with_the_job"
    assert sum(call.status == 200 for call in sandbox.calls_to("stream")) == 1


def test_a_repeated_event_is_a_mere_warning(held: Held) -> None:
    def tell(sandbox: Sandbox) -> None:
        sandbox.faults.add("stream", told_again(), times=None)

    (warning,) = held(prepare=tell, queue_seconds=0.1, run_seconds=0.1)
    assert (warning.rule, warning.level) == ("stream_says_something_new", "warning")
    assert warning.operation == "stream_status"


def test_a_job_that_never_ends_is_waited_for_within_bounds(held: Held) -> None:
    (error,) = held(run_seconds=1e6, timeout=1.5)
    assert error.rule == "ends"


def test_a_walk_tells_its_steps_and_no_finding_tells_the_key(held: Held) -> None:
    def tell(sandbox: Sandbox) -> None:
        sandbox.faults.add("any", after_three_submits(), times=None)

    (error,) = held(prepare=tell, key="the-secret-key", seed=3)
    assert "after submit" in error.message
    assert (error.seed, error.layer) == (3, "semantics")
    found = [error, *held(faults=("submit-no-auth", "status-no-auth"), key="the-secret-key")]
    assert not any("the-secret-key" in each.curl + each.message for each in found)
    assert all("$API_KEY" in each.curl or "no key" in each.message for each in found)


def test_slow_answers_are_told_by_their_median() -> None:
    quick_on_the_whole = [0.1, 0.1, 9.0]
    assert list(slow_operations({"a": quick_on_the_whole, "b": []})) == []
    ((operation, message),) = slow_operations({"a": [1.5, 2.5, 0.1]})
    assert operation == "a"
    assert "1.50 s" in message
