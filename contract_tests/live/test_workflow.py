"""The workflow keeps its promises: make targets that exist, pinned actions, few rights, no leaks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import pytest
import yaml

from ..contract import OPENAPI

ROOT = OPENAPI.parent
WORKFLOW = ROOT / ".github" / "workflows" / "contract.yml"
TARGETS = frozenset(
    re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
)
PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}")
# `on` is a word for true in YAML 1.1, which is what PyYAML reads.
DOCUMENT = cast("dict[Any, Any]", yaml.safe_load(WORKFLOW.read_text("utf-8")))
EVENTS = DOCUMENT[True]
JOBS = cast("Mapping[str, Mapping[str, Any]]", DOCUMENT["jobs"])
LONGEST = 30  # minutes


def steps(job: str) -> Iterator[Mapping[str, Any]]:
    yield from JOBS[job]["steps"]


def test_it_has_the_jobs_that_the_documents_name() -> None:
    assert set(JOBS) == {"check", "contract", "drift", "diff", "fuzz", "live"}


@pytest.mark.parametrize("job", JOBS)
def test_every_command_is_a_make_target_that_exists(job: str) -> None:
    commands = [line for step in steps(job) for line in step.get("run", "").splitlines()]
    assert commands
    for command in commands:
        program, first, *_ = command.split()
        assert (program, first) == ("git", "show") or program == "make", command
        assert first == "show" or first in TARGETS, f"the Makefile has no target {first}"


@pytest.mark.parametrize("job", JOBS)
def test_every_action_is_pinned_and_checks_out_without_credentials(job: str) -> None:
    used = [step for step in steps(job) if "uses" in step]
    for step in used:
        assert PINNED.fullmatch(step["uses"])
        if step["uses"].startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
    assert len({step["uses"].partition("@")[0] for step in used}) >= 2


@pytest.mark.parametrize("job", JOBS)
def test_every_job_has_few_rights_and_an_end(job: str) -> None:
    assert DOCUMENT["permissions"] == {}
    assert JOBS[job]["permissions"] == {"contents": "read"}
    assert 0 < JOBS[job]["timeout-minutes"] <= LONGEST


@pytest.mark.parametrize("job", JOBS)
def test_nothing_from_outside_is_written_into_a_command(job: str) -> None:
    assert not any("${{" in step.get("run", "") for step in steps(job))


def test_no_secret_is_within_reach_of_a_pull_request() -> None:
    assert "pull_request_target" not in EVENTS
    assert "secrets" not in str({key: value for key, value in DOCUMENT.items() if key != "jobs"})
    with_secrets = [job for job in JOBS if "secrets." in str(JOBS[job])]
    assert with_secrets == ["live"]
    condition = JOBS["live"]["if"]
    named = set(re.findall(r"== '(\w+)'", condition))
    assert named == {"schedule", "workflow_dispatch"}
    assert re.fullmatch(r"(github\.event_name == '\w+'( \|\| )?)+", condition)


def test_a_run_that_may_cost_money_is_not_cut_off_by_the_next() -> None:
    group = DOCUMENT["concurrency"]
    assert "github.event_name" in group["group"]
    assert group["cancel-in-progress"] == "${{ github.event_name == 'pull_request' }}"
