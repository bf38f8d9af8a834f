"""Faults of our own: lies in answers that every schema accepts, each with the rule that sees it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

from chainhub_fal_sandbox import Fault
from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.faults import URL_FIELDS
from chainhub_fal_sandbox.queue import Job
from chainhub_fal_sandbox.rules import Rules

from .conftest import IN_STEPS

Json = dict[str, Any]
_ERROR = Answer.json(500, {"detail": "a"})


@dataclass(frozen=True)
class Lie:
    """A fault, made anew for each run; ``settings`` are those of the sandbox that tells it."""

    operation: str
    make: Callable[[], Fault]
    rule: str
    settings: Json = field(default_factory=dict)


def edits(change: Callable[[Json], object]) -> Fault:
    """Change the JSON object of each answer, and of each event of a stream."""
    return Fault(alter=lambda answer, _: answer.edited(change))


def _of_pictures(**changes: object) -> Fault:
    return edits(lambda value: [each.update(changes) for each in value.get("images", [])])


def _every(number: int, bad: Answer) -> Fault:
    """Answer badly at every so many requests."""
    counter = itertools.count(1)
    return Fault(alter=lambda answer, _: bad if next(counter) % number == 0 else answer)


def growing() -> Fault:
    """Turn the queue upside down: the first of it has the whole of it before itself."""

    def change(value: Json) -> None:
        if value["status"] == "IN_QUEUE":
            value["queue_position"] = max(0, 2 - value["queue_position"])

    return edits(change)


def _unstable() -> Fault:
    times = itertools.count(1)
    return edits(lambda value: value.update(timings={"inference": next(times)}))


def _always_the_first() -> Fault:
    """Find the job that was asked for first, whichever is asked for."""
    kept: list[Job] = []

    def bend(rules: Rules) -> Rules:
        def find(exchange: Exchange) -> Job | None:
            job = rules.find(exchange)
            kept.extend([job] if job and not kept else [])
            return kept[0] if job else None

        return replace(rules, find=find)

    return Fault(bend=bend)


def _key_last() -> Fault:
    """Look an id up before the key is looked at."""

    def bend(rules: Rules) -> Rules:
        return replace(rules, authorised=lambda ex: rules.authorised(ex) or rules.find(ex) is None)

    return Fault(bend=bend)


def _any_app() -> Fault:
    """Find a job below any app."""

    def bend(rules: Rules) -> Rules:
        def find(exchange: Exchange) -> Job | None:
            return rules.find(replace(exchange, route=replace(exchange.route, app="fal-ai/flux-1")))

        return replace(rules, find=find)

    return Fault(bend=bend)


def _unknown_as(code: int, status: str) -> Fault:
    """Answer an unknown id as if there were such a job."""

    def alter(answer: Answer, exchange: Exchange) -> Answer:
        body = {"status": status, "request_id": exchange.route.name}
        return Answer.json(code, body) if answer.status == 404 else answer

    return Fault(alter=alter)


def _wrong_app(value: Json) -> None:
    if "status_url" in value:
        value["status_url"] = value["status_url"].replace("/flux-1/", "/flux-1/schnell/")


def _one_more(value: Json) -> None:
    value.get("images", []).append({"url": "https://pictures.example/1.png"})


def after_three_submits() -> Fault:
    """Lie at the third of three submits in a row, which no script sends and a walk does."""
    row = 0

    def alter(answer: Answer, exchange: Exchange) -> Answer:
        nonlocal row
        row = row + 1 if exchange.route.kind == "submit" and answer.status == 200 else 0
        return answer.edited(lambda value: value.update(queue_position=-1)) if row == 3 else answer

    return Fault(alter=alter)


def _other_picture(answer: Answer, _: Exchange) -> Answer:
    """Send a whole picture of the announced type, in a size that nobody asked for."""
    with Image.open(BytesIO(answer.body)) as found:
        written, kind = BytesIO(), found.format
    Image.new("RGB", (3, 3)).save(written, kind)
    return replace(answer, body=written.getvalue())


def _other_header(answer: Answer, _: Exchange) -> Answer:
    return answer.with_headers({"x-fal-request-id": "a"})


def _as_200(answer: Answer, _: Exchange) -> Answer:
    return replace(answer, status=200) if answer.status == 202 else answer


def _renamed(address: str) -> Fault:
    """Move every address to another origin; ``{host}`` is the one it was at."""

    def change(value: Json) -> None:
        for name in URL_FIELDS:
            if isinstance(url := value.get(name), str):
                parts = urlsplit(url)
                value[name] = address.format(host=parts.netloc) + parts.path

    return edits(change)


def _fetched_once() -> Fault:
    fetched: Counter[str] = Counter()

    def alter(answer: Answer, exchange: Exchange) -> Answer:
        fetched[exchange.path] += 1
        return answer if fetched[exchange.path] == 1 else Answer(404, b"")

    return Fault(alter=alter)


def _served_as(media_type: str) -> Fault:
    return Fault(alter=lambda answer, _: answer.with_headers({"content-type": media_type}))


def _only_one_address(value: Json) -> None:
    for each in value.get("images", []):
        each["url"] = value["images"][0]["url"]


def _inline(change: Callable[[Json], object]) -> Fault:
    """Change the entries of pictures that are data URIs."""

    def each(value: Json) -> None:
        for entry in value.get("images", []):
            if entry["url"].startswith("data:"):
                change(entry)

    return edits(each)


def _shortened(entry: Json) -> None:
    about, _, data = entry["url"].partition(",")
    entry["url"] = f"{about},{data[:80]}"


_FAL = {"dialect": "fal"}
_REPEATS, _SIZE, _FORMAT = (
    "result_repeats_its_input",
    "result_has_the_size",
    "result_has_the_format",
)
_ORIGIN, _FILE, _SAFE = "origins_are_expected", "files_open", "result_is_fetched_safely"
_UNKNOWN, _KEY = "unknown_is_404", "key_is_needed"
LIES: dict[str, Lie] = {
    "position-below-zero": Lie(
        "submit", partial(Fault.fields, queue_position=-1), "position_is_sane"
    ),
    "position-grows": Lie("status", growing, "position_is_sane", IN_STEPS),
    "result-of-another-job": Lie("result", _always_the_first, _REPEATS),
    "result-without-its-seed": Lie("result", partial(Fault.fields, seed=1), _REPEATS),
    "result-changes": Lie("result", _unstable, "result_is_stable"),
    "result-has-one-more": Lie("result", partial(edits, _one_more), "result_has_the_number"),
    "result-other-size": Lie("result", partial(_of_pictures, width=1), _SIZE),
    "result-other-format": Lie("result", partial(_of_pictures, content_type="image/webp"), _FORMAT),
    "result-flaky": Lie("result", partial(_every, 2, _ERROR), "one_class_of_answer"),
    "result-in-the-open": Lie(
        "result",
        partial(_of_pictures, url="http://pictures.example/1.png"),
        "result_is_fetched_safely",
    ),
    "file-other-size": Lie("file", partial(Fault, alter=_other_picture), "files_open"),
    "two-outcomes": Lie("status", partial(Fault.named, "status-failed"), "one_outcome"),
    "logs-unasked": Lie(
        "status", partial(Fault.fields, logs=[{"message": "a"}]), "logs_only_when_asked"
    ),
    "logs-withheld": Lie("status", partial(Fault.fields, logs=None), "logs_when_asked"),
    "cancel-twice-500": Lie("cancel", partial(_every, 2, _ERROR), "answered"),
    "cancel-shows-nothing": Lie(
        "cancel", partial(Fault.named, "cancel-ignored"), "cancel_shows", IN_STEPS
    ),
    "key-after-lookup": Lie("any", _key_last, _KEY),
    "unknown-status": Lie("status", partial(_unknown_as, 200, "COMPLETED"), _UNKNOWN),
    "unknown-result": Lie("result", partial(_unknown_as, 200, "IN_QUEUE"), _UNKNOWN),
    "unknown-cancel": Lie("cancel", partial(_unknown_as, 202, "CANCELLATION_REQUESTED"), _UNKNOWN),
    "any-app": Lie("any", _any_app, _UNKNOWN, _FAL),
    "urls-other-app": Lie("submit", partial(edits, _wrong_app), "urls_lead_to_the_job"),
    "urls-without-tls": Lie(
        "submit", partial(Fault.foreign_urls, "http://queue.fal.run"), "origins_are_expected"
    ),
    "urls-abroad-at-fal": Lie(
        "submit", partial(Fault.foreign_urls, "https://fal.example"), "origins_are_expected", _FAL
    ),
    "header-other-id": Lie("status", partial(Fault, alter=_other_header), "one_id_in_the_header"),
    "code-of-the-end": Lie(
        "status", partial(Fault, alter=_as_200), "code_tells_the_end", IN_STEPS | _FAL
    ),
    "urls-of-a-lookalike": Lie("submit", partial(_renamed, "https://{host}.example"), _ORIGIN),
    "urls-with-a-user": Lie("submit", partial(_renamed, "https://{host}@fal.example"), _ORIGIN),
    "urls-at-another-port": Lie("submit", partial(_renamed, "https://{host}:8443"), _ORIGIN),
    "status-abroad": Lie("status", partial(_renamed, "https://fal.example"), _ORIGIN),
    "ticket-failed": Lie("submit", partial(Fault.fields, status="FAILED"), "ticket_is_no_failure"),
    "seconds-below-zero": Lie(
        "status", partial(Fault.fields, metrics={"inference_time": -1}), "seconds_are_not_negative"
    ),
    "verdicts-missing": Lie(
        "result", partial(Fault.fields, has_nsfw_concepts=[]), "each_picture_has_its_verdicts"
    ),
    "file-served-as-text": Lie("file", partial(_served_as, "text/plain"), _FILE),
    "file-served-as-webp": Lie("file", partial(_served_as, "image/webp"), _FILE),
    "file-fetched-once": Lie("file", _fetched_once, _FILE),
    "file-size": Lie("result", partial(_of_pictures, file_size=3), _FILE),
    "file-data-cut-off": Lie("result", partial(_inline, _shortened), _FILE),
    "file-data-of-another-size": Lie(
        "result", partial(_inline, lambda entry: entry.update(file_size=3)), _FILE
    ),
    "file-data-unasked": Lie(
        "result",
        partial(_of_pictures, url="data:image/png;base64,AAAA"),
        "files_are_inline_only_when_asked",
    ),
    "files-at-one-address": Lie(
        "result", partial(edits, _only_one_address), "files_have_their_own_addresses"
    ),
    "file-on-this-disk": Lie("result", partial(_of_pictures, url="file:///etc/hostname"), _SAFE),
    "file-inside": Lie("result", partial(_of_pictures, url="https://169.254.169.254/a"), _SAFE),
    "file-name-climbs": Lie(
        "result", partial(_of_pictures, file_name="../a"), "file_names_stay_in_their_folder"
    ),
    "walk-only": Lie("any", after_three_submits, "position_is_sane"),
}
