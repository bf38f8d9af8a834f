"""Values users keep: references, settings, errors, results."""

from __future__ import annotations

import hashlib
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import JobRef, errors
from chainhub_fal._media import describe
from chainhub_fal._refs import REQUEST_PATH
from chainhub_fal._tickets import read_ticket
from chainhub_fal.models import Outcome, Receipt
from chainhub_fal.settings import Backoff, Secret, Settings, dialect_of

JPEG_START = b"\xff\xd8\xff"
REF = JobRef("fal-ai/flux-1/schnell/redux", "abc-1", "/fal-ai/flux-1/requests/abc-1", 12.5)


def load(**options: Any) -> Settings:
    return Settings.load(**{"api_key": "canary-key", **options})


def test_a_reference_survives_json_and_pickle_and_is_hashable() -> None:
    assert JobRef.from_json(REF.to_json()) == REF
    assert pickle.loads(pickle.dumps(REF)) == REF  # noqa: S301 - our own bytes
    assert len({REF, JobRef.from_json(REF.to_json())}) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 2},
        {"path": "/fal-ai/flux-1/requests/other"},
        {"path": "https://evil.test/fal-ai/flux-1/requests/abc-1"},
        {"path": "//evil.test/requests/abc-1"},
        {"path": "/fal-ai/../requests/abc-1"},
        {"path": "/fal-ai/%2e%2e/requests/abc-1"},
        {"path": "/fal-ai/flux-1/requests/abc-1/cancel"},
        {"path": "/a@b/requests/abc-1"},
        {"request_id": "../x"},
        {"novelty": 1},
    ],
)
def test_a_reference_that_could_lead_astray_is_refused(changes: dict[str, object]) -> None:
    values = {**json.loads(REF.to_json()), **changes}
    with pytest.raises(errors.ConfigurationError):
        JobRef.from_json(json.dumps(values))


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "abc-1", '"x"'])
def test_what_is_no_reference_is_said_to_be_none(text: str) -> None:
    with pytest.raises(errors.ConfigurationError):
        JobRef.from_json(text)


URL_PARTS = st.sampled_from(
    ["https://", "http://", "//", "", "queue.fal.run", "evil.test", "a@evil.test", ":443", "/fal-ai",
     "/flux-1", "/..", "/%2e%2e", "/requests/", "/requests/abc-1", "abc-1", "abc-2", "/status", "/cancel",
     "/response", "/", "?x=1", "#y", "\\", "\n", " ", "é"]
)  # fmt: skip


@given(parts=st.lists(URL_PARTS, max_size=8))
def test_any_ticket_url_gives_a_path_of_this_job_or_an_error_that_names_it(
    parts: list[str],
) -> None:
    ticket = {"request_id": "abc-1", "response_url": "".join(parts)}
    fallback = "/fal-ai/flux-1/requests/{request_id}"
    try:
        ref = read_ticket(
            ticket,
            endpoint="e",
            operation="submit_e",
            fallback_path=fallback,
            base_path="",
            submitted_at=0,
        )
    except errors.TicketError as error:
        ref = error.job  # type: ignore[assignment]
    match = REQUEST_PATH.fullmatch(ref.path)
    assert match is not None
    assert match["request_id"] == "abc-1"
    assert ".." not in ref.path


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("response_url", "https://queue.fal.run/fal-ai/flux-1/requests/abc-2"),
        ("response_url", "https://queue.fal.run/fal-ai/flux-1/requests/abc-1/status"),
        ("status_url", "https://queue.fal.run/fal-ai/flux-1/requests/abc-1"),
        ("cancel_url", "https://queue.fal.run/admin/delete"),
        ("status_url", "https://[broken"),
    ],
)
def test_a_url_that_is_not_this_jobs_own_is_named(name: str, url: str) -> None:
    ticket = {"request_id": "abc-1", name: url}
    with pytest.raises(errors.TicketError, match=name) as caught:
        read_ticket(
            ticket, endpoint="e", operation="submit_e", fallback_path="/f/requests/{request_id}",
            base_path="", submitted_at=0,
        )  # fmt: skip
    assert (caught.value.operation, caught.value.pointer) == ("submit_e", f"/{name}")
    assert caught.value.job is not None
    assert caught.value.job.path == "/f/requests/abc-1"


@pytest.mark.parametrize(
    ("url", "base_path", "path"),
    [
        ("https://queue.fal.run/fal-ai/flux-pro/requests/abc-1", "", "/fal-ai/flux-pro/requests/abc-1"),
        ("https://x.test/fal-ai/flux-1/requests/abc-1/response", "", "/fal-ai/flux-1/requests/abc-1"),
        ("https://x.test/fal-ai/flux-1/requests/abc-1/", "", "/fal-ai/flux-1/requests/abc-1"),
        ("https://gw.test/proxy/fal-ai/a/requests/abc-1", "/proxy", "/fal-ai/a/requests/abc-1"),
        ("", "", "/f/requests/abc-1"),
    ],
)  # fmt: skip
def test_only_the_path_of_a_ticket_is_taken(url: str, base_path: str, path: str) -> None:
    ticket = {"request_id": "abc-1", "response_url": url}
    ref = read_ticket(
        ticket, endpoint="e", operation="submit_e", fallback_path="/f/requests/{request_id}",
        base_path=base_path, submitted_at=0,
    )  # fmt: skip
    assert ref.path == path


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"api_key": ""}, "there is no API key"),
        ({"api_key": "two words"}, "cannot carry"),
        ({"api_key": "line\nbreak"}, "cannot carry"),
        ({"base_url": "ftp://host"}, "http"),
        ({"base_url": "gateway.test"}, "http"),
        ({"base_url": "https://user:pw@host"}, "credentials"),
        ({"base_url": "https://host?x=1"}, "query"),
        ({"base_url": "https://host:port"}, "cannot be read"),
        ({"deadline": 0}, "deadline"),
        ({"deadline": float("inf")}, "deadline"),
        ({"deadline": None}, "deadline"),
        ({"timeout": -1}, "timeout"),
        ({"max_upload": True}, "max_upload"),
        ({"on_abandon": "forget"}, "keep, cancel"),
        ({"dialect": "klingon"}, "gateway, fal"),
        ({"retries": 3}, "unknown option retries"),
    ],
)
def test_a_setting_that_cannot_be_kept_is_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=words) as caught:
        load(**options)
    assert "canary-key" not in str(caught.value)
    assert "pw" not in str(caught.value)


def test_arguments_beat_the_environment_and_the_environment_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert load().base_url == "https://api.chainhub.tech"
    monkeypatch.setenv("CHAINHUB_API_KEY", "from-env")
    monkeypatch.setenv("CHAINHUB_BASE_URL", "https://env.test/")
    assert Settings.load().base_url == "https://env.test"
    assert Settings.load().api_key.reveal() == "from-env"
    assert load(base_url="https://arg.test").base_url == "https://arg.test"
    assert load().api_key.reveal() == "canary-key"


@pytest.mark.parametrize(
    ("url", "dialect"),
    [
        ("https://queue.fal.run", "fal"),
        ("https://queue.falrun.com", "fal"),
        ("https://fal.run", "fal"),
        ("https://api.chainhub.tech", "gateway"),
        ("https://notfal.run", "gateway"),
        ("https://fal.run.evil.test", "gateway"),
    ],
)
def test_the_dialect_follows_the_host(url: str, dialect: str) -> None:
    assert dialect_of(url) == dialect


@pytest.mark.parametrize("numbers", [(0, 1, 1), (2, 1, 1), (1, 0.5, 1), (1, 2, float("inf"))])
def test_a_backoff_that_never_ends_or_never_rests_is_refused(numbers: tuple[float, ...]) -> None:
    with pytest.raises(errors.ConfigurationError):
        Backoff(*numbers)


def test_the_key_is_in_no_repr_and_no_pickle() -> None:
    settings = load()
    assert "canary-key" not in repr(settings) + str(settings.api_key) + f"{settings}"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(Secret("canary-key"))


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_survives_pickling_with_all_it_says(name: str) -> None:
    made = getattr(errors, name)
    if not issubclass(made, Exception):
        return
    error = errors._rebuild(made, ("what",), {"problem": "what", "hint": "do", "job": REF})
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(copy) is made
    assert str(copy) == str(error) == "what (job abc-1 of fal-ai/flux-1/schnell/redux). do"


def outcome(raw: dict[str, object]) -> Outcome[Any]:
    return Outcome(REDUX, raw, Receipt(REF, 1.0, 2))


def test_files_are_found_wherever_the_output_holds_them() -> None:
    raw = {
        "video": {"url": "https://cdn.test/a.mp4", "content_type": "video/mp4"},
        "images": [{"url": "https://cdn.test/b.png", "width": 5, "height": True}, {"url": 7}],
        "request": {"image_urls": ["https://cdn.test/input.png"]},
        "seed": 2**40,
    }
    found = outcome(raw)
    assert [(file.key, file.is_image) for file in found.files] == [
        ("video", False),
        ("images[0]", True),
    ]
    assert [(image.width, image.height) for image in found.images] == [(5, None)]
    assert found.seed == 2**40
    assert outcome({"seed": True}).seed is None


def test_an_output_of_another_shape_keeps_its_files_and_says_so_when_typed() -> None:
    odd = outcome({"images": [{"url": "https://cdn.test/a.jpg"}]})
    assert len(odd.images) == 1
    with pytest.raises(errors.ContractError, match="timings") as caught:
        _ = odd.output
    assert caught.value.job == REF


def test_what_is_described_shows_type_size_and_hash_at_any_depth() -> None:
    shown = describe(
        {
            "list": [JPEG_START, "data:image/png;base64,%"],
            "plain": "landscape_4_3",
            "large": bytes(2_000_000),
            "number": 4,
        }
    )
    assert shown == {
        "list": [
            f"image/jpeg, 3 B, sha256 {hashlib.sha256(JPEG_START).hexdigest()[:12]}",
            "broken data URI, 23 characters",
        ],
        "plain": "landscape_4_3",
        "large": "data, 1.9 MB, sha256 " + hashlib.sha256(bytes(2_000_000)).hexdigest()[:12],
        "number": 4,
    }


def test_a_data_uri_is_in_no_repr() -> None:
    uri = "data:image/png;base64,iVBORw0KGgo="
    found = outcome({"images": [{"url": uri}]})
    assert uri not in repr(found) + repr(found.images)
    assert "image/png, 8 B" in repr(found.images)
