"""The list of rules that every answer about a job is held against."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..harness.target import Target
from . import belonging, entries, identity, sequence
from .jobs import Event, Job

Rule = Callable[[Job, Event], Iterator[str]]
TargetRule = Callable[[Job, Event, Target], Iterator[str]]

RULES: tuple[Rule, ...] = (
    identity.answered,
    identity.one_id_in_the_body,
    identity.one_id_in_the_header,
    identity.urls_lead_to_the_job,
    sequence.states_move_forward,
    sequence.ticket_is_no_failure,
    sequence.seconds_are_not_negative,
    sequence.one_outcome,
    sequence.position_is_sane,
    sequence.logs_only_when_asked,
    sequence.logs_when_asked,
    sequence.too_late_is_refused,
    sequence.cancel_shows,
    sequence.valid_input_succeeds,
    sequence.invalid_input_fails,
    belonging.result_is_stable,
    belonging.result_is_of_its_endpoint,
    belonging.result_repeats_its_input,
    belonging.result_has_the_number,
    belonging.result_has_the_size,
    belonging.result_has_the_format,
    belonging.each_picture_has_its_verdicts,
    entries.files_are_inline_only_when_asked,
    entries.files_have_their_own_addresses,
    entries.file_names_stay_in_their_folder,
)
TARGET_RULES: tuple[TargetRule, ...] = (
    identity.origins_are_expected,
    sequence.code_tells_the_end,
    entries.result_is_fetched_safely,
)


def judge(job: Job, event: Event, target: Target) -> Iterator[tuple[str, str]]:
    """Yield the name of each rule that an answer breaks, and how; ``event`` is the newest."""
    for rule_of_target in TARGET_RULES:
        for message in rule_of_target(job, event, target):
            yield rule_of_target.__name__, message
    for rule in RULES:
        for message in rule(job, event):
            yield rule.__name__, message
