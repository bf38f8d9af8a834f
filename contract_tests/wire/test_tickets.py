"""A ticket's URLs are data: the job is followed at the base URL, or not at all."""

from __future__ import annotations

import httpx
import pytest

from chainhub_fal import TicketError

from .router import SpecRouter, lie
from .samples import (
    CDN,
    CONTRACT,
    FAL,
    GATEWAY,
    KEY,
    PATH,
    PICTURE_URL,
    REDUX,
    REQUEST_ID,
    RESULT,
    SUBMIT,
    Connect,
    output,
    ticket,
)

OTHER_ID = "00000000-2222-4333-8444-555555555555"


def _urls(stem: str) -> dict[str, str]:
    """Write the three URLs of a ticket after one stem, which ends in a request id."""
    return {
        "response_url": stem,
        "status_url": f"{stem}/status",
        "cancel_url": f"{stem}/cancel",
    }


@pytest.mark.parametrize("base_url", [GATEWAY, "https://proxy.example/team/fal"])
@pytest.mark.parametrize("host", [FAL, "https://evil.example", "http://127.0.0.1:1", "base URL"])
def test_a_job_is_followed_at_the_base_url_wherever_its_ticket_points(
    base_url: str, host: str, connect: Connect
) -> None:
    with SpecRouter(CONTRACT, base_url=base_url, key=KEY, scheme="Bearer") as router:
        stem = (base_url if host == "base URL" else host) + PATH
        router[SUBMIT].answers(ticket(**_urls(stem)))
        router[RESULT].answers(output(f"{CDN}/a.png"))
        result = connect(router).run(REDUX, image_url=PICTURE_URL)
        assert [image.url for image in result.images] == [f"{CDN}/a.png"]
        assert {call.request.url.host for call in router.calls} == {httpx.URL(base_url).host}


@pytest.mark.parametrize("app", ["auto", "another-app"])
@pytest.mark.parametrize("suffix", ["", "/", "/response"])
def test_the_path_of_the_ticket_is_the_path_of_the_job(
    app: str, suffix: str, router: SpecRouter, connect: Connect
) -> None:
    path = f"/fal-ai/{app}/requests/{REQUEST_ID}"
    router[SUBMIT].answers(ticket(**_urls(FAL + path) | {"response_url": FAL + path + suffix}))
    router[RESULT].answers(output())
    job = connect(router).submit(REDUX, image_url=PICTURE_URL)
    job.result()
    assert job.ref.path == path
    assert router[RESULT].calls.last.request.url == GATEWAY + path


def test_an_id_is_all_that_a_ticket_must_have(router: SpecRouter, connect: Connect) -> None:
    router[SUBMIT].answers(lie(httpx.Response(200, json={"request_id": REQUEST_ID})))
    router[RESULT].answers(output())
    connect(router).run(REDUX, image_url=PICTURE_URL)
    assert router[RESULT].calls.last.request.url == GATEWAY + PATH


STEMS = {
    "another job": f"{FAL}{PATH.replace(REQUEST_ID, OTHER_ID)}",
    "no job": f"{FAL}/admin/{REQUEST_ID}",
    "steps up": f"{FAL}/fal-ai/../admin/requests/{REQUEST_ID}",
    "steps up from the end": f"{FAL}{PATH}/../../{REQUEST_ID}",
    "hidden steps up": f"{FAL}/fal-ai/%2e%2e/admin/requests/{REQUEST_ID}",
    "a host in the path": f"{FAL}//evil.example/requests/{REQUEST_ID}",
    "more behind the id": f"{FAL}{PATH}/files",
    "credentials": f"https://user:password@queue.fal.run{PATH}",
}


@pytest.mark.parametrize("fault", STEMS)
def test_a_url_that_is_not_the_jobs_is_refused_before_anything_is_sent(
    fault: str, router: SpecRouter, connect: Connect
) -> None:
    router[SUBMIT].answers(ticket(**_urls(STEMS[fault])))
    client = connect(router)
    with pytest.raises(TicketError, match=REQUEST_ID) as caught:
        client.run(REDUX, image_url=PICTURE_URL)
    assert len(router.calls) == 1
    assert caught.value.job is not None
    router[RESULT].answers(output())
    assert client.job(caught.value.job).result().raw == output().json()


@pytest.mark.parametrize("name", ["response_url", "status_url", "cancel_url"])
def test_each_url_of_a_ticket_is_looked_at(name: str, router: SpecRouter, connect: Connect) -> None:
    urls = _urls(FAL + PATH)
    router[SUBMIT].answers(ticket(**urls | {name: f"{FAL}/admin"}))
    with pytest.raises(TicketError, match=name):
        connect(router).submit(REDUX, image_url=PICTURE_URL)
