"""What a client does without a server: options, references, its own and other people's connections."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import Backoff, Client, errors
from chainhub_fal._operations import submit
from chainhub_fal.learning import Learning, Steps
from chainhub_fal.settings import Settings

KEYED: dict[str, Any] = {"api_key": "canary-key", "base_url": "https://gateway.test"}


def test_options_make_another_client_over_the_same_connections(drive: Any) -> None:
    client = drive.client(**KEYED)
    patient = client.with_options(deadline=5)
    assert patient.job("id-1", endpoint=REDUX).ref == client.job("id-1", endpoint=REDUX).ref
    with pytest.raises(errors.ConfigurationError, match="unknown option dead_line"):
        client.with_options(dead_line=5)
    with pytest.raises(errors.ConfigurationError, match="deadline"):
        client.with_options(deadline=-5)


def test_copies_share_what_was_learned_unless_they_go_by_something_else() -> None:
    settings = Settings.load(**KEYED)
    patient = settings.changed(deadline=5)
    assert patient.schedules is settings.schedules
    assert patient.streams is settings.streams
    thrifty = settings.changed(poll_cost=0.12)
    assert isinstance(thrifty.schedules, Learning)
    assert (thrifty.schedules.poll_cost, thrifty.poll_cost) == (0.12, 0.12)
    assert isinstance(thrifty.changed(schedule=Backoff()).schedules, Steps)
    assert settings.changed(updates="stream").streams is not settings.streams


def test_a_client_shows_where_it_speaks_and_not_the_key(drive: Any) -> None:
    shown = repr(drive.client(**KEYED))
    assert "https://gateway.test" in shown
    assert "canary-key" not in shown


def test_a_bare_id_needs_its_endpoint_and_must_be_one(drive: Any) -> None:
    client = drive.client(**KEYED)
    job = client.job("id-1", endpoint="fal-ai/flux-1/schnell/redux")
    assert job.ref.path == "/fal-ai/flux-1/requests/id-1"
    assert job.request_id == "id-1"
    assert "id-1" in repr(job)
    with pytest.raises(errors.InvalidInputError, match="endpoint"):
        client.job("id-1")
    for bad in ("", "..", "../x", "a/b", "a b", "a?b", "é"):
        with pytest.raises(errors.InvalidInputError, match="request_id"):
            client.job(bad, endpoint=REDUX)


def test_somebody_elses_http_client_stays_open() -> None:
    with httpx.Client() as theirs:
        Client(http_client=theirs, **KEYED).close()
        assert not theirs.is_closed
    ours = Client(**KEYED)
    ours.with_options(deadline=1).close()
    idle = ours._driver.transport._idle  # type: ignore[attr-defined]
    assert not idle._closed
    ours.close()
    assert idle._closed


def test_no_key_is_said_before_anything_else(drive: Any) -> None:
    with pytest.raises(errors.ConfigurationError, match="CHAINHUB_API_KEY"):
        drive.client(base_url="https://gateway.test")


def test_an_argument_that_json_cannot_carry_is_refused() -> None:
    with pytest.raises(errors.InvalidInputError, match="JSON"):
        submit(REDUX, {"image_url": "https://a.test/b", "seed": float("nan")})


@pytest.mark.parametrize("host", ["a..b", "a" * 64 + ".test"])
def test_a_base_url_whose_host_no_resolver_takes_is_refused(drive: Any, host: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="cannot be read"):
        drive.client(api_key="canary-key", base_url=f"https://{host}")
