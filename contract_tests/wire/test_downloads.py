"""A result's files: fetched without the key, checked, named by the job, whole or not at all."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from chainhub_fal import DeadlineExceededError, JobRef, SaveError

from .router import SpecRouter
from .samples import CDN, KEY, PATH, PNG, REDUX, REQUEST_ID, RESULT, Connect, cut, output, page, png

JOB = JobRef(REDUX.id, REQUEST_ID, PATH)
URL = f"{CDN}/a.png"
TAG = '"v1"'
JPEG = b"\xff\xd8\xff\xe0 a photograph \xff\xd9"


def names(folder: Path) -> list[str]:
    """List everything in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


def test_every_file_is_saved_under_the_jobs_name(
    router: SpecRouter, connect: Connect, tmp_path: Path
) -> None:
    router[RESULT].answers(output(URL, f"{CDN}/b.png"))
    router.file(URL, PNG)
    router.file(f"{CDN}/b.png", JPEG)
    folder = tmp_path / "new" / "folder"
    paths = connect(router).job(JOB).result().save(folder)
    # The second is announced as PNG and is a JPEG: the bytes are believed.
    assert paths == [folder / f"{REQUEST_ID}-1.png", folder / f"{REQUEST_ID}-2.jpg"]
    assert [path.read_bytes() for path in paths] == [PNG, JPEG]
    assert names(folder) == [path.name for path in paths]


def test_a_file_host_gets_nothing_of_an_own_http_client(
    router: SpecRouter, connect: Connect, tmp_path: Path
) -> None:
    router[RESULT].answers(output(URL))
    served = router.file(URL, PNG)
    http = {
        "headers": {"Authorization": f"Bearer {KEY}", "X-Team": "a team"},
        "cookies": {"session": "a session"},
        "auth": ("user", "password"),
        "follow_redirects": True,
    }
    connect(router, http=http).job(JOB).result().save(tmp_path)
    sent = served.calls.last.request
    assert sent.url == URL
    assert set(sent.headers) == {"host", "user-agent", "accept", "accept-encoding"}
    assert sent.headers["accept-encoding"] == "identity"  # no range of what is packed fits


def test_a_cookie_of_the_api_stays_with_the_api(
    router: SpecRouter, connect: Connect, tmp_path: Path
) -> None:
    answer = output(URL)
    answer.headers["Set-Cookie"] = "session=1; Path=/"
    router[RESULT].answers(answer)
    router.file(URL, PNG)
    assert len(connect(router).job(JOB).result().save(tmp_path)) == 1


def test_a_file_in_the_answer_itself_is_fetched_from_nowhere(
    router: SpecRouter, connect: Connect, tmp_path: Path
) -> None:
    router[RESULT].answers(output(f"data:image/png;base64,{base64.b64encode(PNG).decode()}"))
    (path,) = connect(router).job(JOB).result().save(tmp_path)
    assert path.name == f"{REQUEST_ID}-1.png"
    assert path.read_bytes() == PNG
    assert len(router.calls) == 1


@pytest.mark.parametrize(
    "blip",
    [cut(PNG[:40], "image/png"), httpx.Response(200, content=PNG[:40]), httpx.Response(200)],
    ids=["broken off", "cut short", "empty"],
)
def test_a_file_that_did_not_come_whole_is_fetched_again(
    blip: httpx.Response, router: SpecRouter, connect: Connect, tmp_path: Path
) -> None:
    router[RESULT].answers(output(URL))
    whole = httpx.Response(200, content=PNG, headers={"Content-Type": "image/png"})
    router.file(URL).answers(blip, whole)
    (path,) = connect(router).job(JOB).result().save(tmp_path)
    assert path.read_bytes() == PNG
    assert names(tmp_path) == [path.name]


def broken_off(size: int, **headers: str) -> httpx.Response:
    """Answer with the first bytes of the picture, and break off."""
    answer = cut(PNG[:size], "image/png")
    answer.headers.update({"Content-Length": str(len(PNG)), "ETag": TAG, **headers})
    return answer


def rest(start: int, content: bytes = PNG, **headers: str) -> httpx.Response:
    """Answer with the bytes from a place on."""
    span = f"bytes {start}-{len(content) - 1}/{len(content)}"
    return httpx.Response(
        206, content=content[start:], headers={"Content-Range": span, "ETag": TAG, **headers}
    )


def some(first: int, last: int) -> httpx.Response:
    """Answer with fewer bytes than were asked for, as a server may."""
    span = {"Content-Range": f"bytes {first}-{last}/{len(PNG)}"}
    return httpx.Response(206, content=PNG[first : last + 1], headers=span)


@pytest.mark.parametrize(
    ("between", "start"), [(lambda: httpx.Response(503), 40), (lambda: some(40, 59), 60)]
)
def test_a_download_that_breaks_off_goes_on_where_it_broke(
    between: Callable[[], httpx.Response],
    start: int,
    router: SpecRouter,
    connect: Connect,
    tmp_path: Path,
) -> None:
    router[RESULT].answers(output(URL))
    served = router.file(URL).answers(broken_off(40), between(), rest(start))
    (path,) = connect(router).job(JOB).result().save(tmp_path)
    assert path.read_bytes() == PNG
    assert names(tmp_path) == [path.name]
    asked = [call.request.headers.get("range") for call in served.calls]
    assert asked == [None, "bytes=40-", f"bytes={start}-"]
    assert {call.request.headers["if-range"] for call in list(served.calls)[1:]} == {TAG}


OTHER = png(b"other")  # shorter than the first, whose end must not stay
# What comes between a part of one file and the whole of another, and that part.
NOT_GLUED: dict[str, tuple[Callable[[], httpx.Response], ...]] = {
    "it is another file now": (lambda: broken_off(len(PNG) - 1),),
    "its range is out of place": (lambda: broken_off(40), lambda: rest(41)),
    "its range has another tag": (lambda: broken_off(40), lambda: rest(40, PNG, ETag='"other"')),
    "its range is of another length": (lambda: broken_off(40), lambda: rest(40, OTHER)),
    "its range is refused": (lambda: broken_off(40), lambda: httpx.Response(416)),
    "its tag is weak": (lambda: broken_off(40, ETag='W/"v"'),),
    "its head has no end": (lambda: httpx.Response(200, content=PNG[:40], headers={"ETag": TAG}),),
}


@pytest.mark.parametrize("case", NOT_GLUED)
def test_two_files_are_never_glued_together(
    case: str, router: SpecRouter, connect: Connect, tmp_path: Path
) -> None:
    router[RESULT].answers(output(URL))
    before = (make() for make in NOT_GLUED[case])
    served = router.file(URL).answers(*before, httpx.Response(200, content=OTHER))
    (path,) = connect(router).job(JOB).result().save(tmp_path)
    assert path.read_bytes() == OTHER
    last = served.calls.last.request
    asked_for_the_rest = case == "it is another file now"
    assert ("range" in last.headers) is asked_for_the_rest


def test_a_redirect_is_followed_and_gets_no_more_than_the_first_request(
    router: SpecRouter, connect: Connect, tmp_path: Path
) -> None:
    away = "https://elsewhere.example/a.png?signed=1"
    router[RESULT].answers(output(URL))
    moved = {"Location": away, "Set-Cookie": "a=1; Domain=elsewhere.example"}
    router.file(URL).answers(httpx.Response(307, headers=moved))
    served = router.file(away, PNG)
    http = {"headers": {"Authorization": KEY}, "auth": ("user", "password")}
    (path,) = connect(router, http=http).job(JOB).result().save(tmp_path)
    assert path.read_bytes() == PNG
    sent = served.calls.last.request
    assert set(sent.headers) == {"host", "user-agent", "accept", "accept-encoding"}


NEAR = [
    "http://169.254.169.254/latest/meta-data/",
    "https://10.1.2.3/a.png",
    "https://127.0.0.1/a.png",
    "https://localhost/a.png",
    "https://[::1]/a.png",
    "https://[::ffff:192.168.1.1]/a.png",
    "https://127.1/a.png",
    "https://printer/a.png",
]


@pytest.mark.parametrize("redirected", [False, True])
@pytest.mark.parametrize("url", NEAR)
def test_no_request_goes_to_a_near_address_for_a_public_api(
    url: str,
    redirected: bool,  # noqa: FBT001
    router: SpecRouter,
    connect: Connect,
    tmp_path: Path,
) -> None:
    first = "http://cdn.example/a.png" if redirected else url
    router[RESULT].answers(output(first))
    if redirected:
        router.file(first).answers(httpx.Response(302, headers={"Location": url}))
    with pytest.raises(SaveError, match=r"images\[0\]: its host is at a") as caught:
        connect(router).job(JOB).result().save(tmp_path)
    assert caught.value.job == JOB
    assert names(tmp_path) == []


HOSTILE = {
    "file_name": "../../../etc/passwd",
    "file_data": "/etc/passwd",
    "content_type": "image/png; name=../../x.sh",
}


@pytest.mark.parametrize(
    "url", [f"{CDN}/..%2f..%2fevil.sh", f"{CDN}/CON", f"{CDN}/a:b%7Cc", f"{CDN}/{'a' * 9000}"]
)
def test_no_word_of_the_server_becomes_a_path(
    url: str, router: SpecRouter, connect: Connect, tmp_path: Path
) -> None:
    answer = output(url)
    body = json.loads(answer.content)
    body["images"][0] |= HOSTILE
    router[RESULT].answers(httpx.Response(200, json=body))
    router.file(str(httpx.URL(url)), PNG)
    folder = tmp_path / "out"
    (path,) = connect(router).job(JOB).result().save(folder)
    assert names(tmp_path) == ["out"]
    assert names(folder) == [path.name] == [f"{REQUEST_ID}-1.png"]
    assert not set(path.name) & set('<>:"/\\|?*')


def test_a_url_that_no_client_can_send_is_told(
    router: SpecRouter, connect: Connect, tmp_path: Path
) -> None:
    router[RESULT].answers(output(f"{CDN}/{'a' * 70_000}"))
    with pytest.raises(SaveError, match=r"images\[0\]: its URL cannot be read") as caught:
        connect(router).job(JOB).result().save(tmp_path)
    assert len(str(caught.value)) < 500


def test_a_result_saved_twice_is_there_once(
    router: SpecRouter, connect: Connect, tmp_path: Path
) -> None:
    router[RESULT].answers(output(URL))
    router.file(URL, PNG)
    result = connect(router).job(JOB).result()
    first = result.save(tmp_path)
    assert result.save(tmp_path) == first
    assert names(tmp_path) == [f"{REQUEST_ID}-1.png"]


REFUSED = {
    "a web page": (page(), "its bytes are not"),
    "404": (httpx.Response(404), "expired or was removed"),
    "403": (httpx.Response(403), "expired or was removed"),
    "a redirect to http": (
        httpx.Response(302, headers={"Location": "http://elsewhere.example/a.png"}),
        "gives up encryption",
    ),
    "a part": (httpx.Response(206, content=PNG[:40]), "answered 206"),
    "too large": (cut(PNG * 10, "image/png"), "larger than"),
    "announced too large": (httpx.Response(200, content=PNG * 10), "larger than"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_file_that_will_not_come_is_an_error_that_names_it_and_the_job(
    fault: str, router: SpecRouter, connect: Connect, tmp_path: Path
) -> None:
    answer, words = REFUSED[fault]
    router[RESULT].answers(output(URL))
    router.file(URL).answers(answer)
    client = connect(router, max_download=len(PNG), http={"follow_redirects": True})
    result = client.job(JOB).result()
    with pytest.raises(
        SaveError, match=rf"images\[0\]: .*{words}.*fetch its result again"
    ) as caught:
        result.save(tmp_path)
    assert caught.value.job == JOB
    assert names(tmp_path) == []


def test_files_saved_before_an_error_stay(
    router: SpecRouter, connect: Connect, tmp_path: Path
) -> None:
    router[RESULT].answers(output(URL, f"{CDN}/gone.png"))
    router.file(URL, PNG)
    router.file(f"{CDN}/gone.png").answers(httpx.Response(404))
    result = connect(router).job(JOB).result()
    with pytest.raises(SaveError, match=r"images\[1\]"):
        result.save(tmp_path)
    assert names(tmp_path) == [f"{REQUEST_ID}-1.png"]


def test_a_folder_that_cannot_be_written_is_told_with_the_job(
    router: SpecRouter, connect: Connect, tmp_path: Path
) -> None:
    router[RESULT].answers(output(URL))
    (tmp_path / "taken").write_bytes(b"")
    result = connect(router).job(JOB).result()
    with pytest.raises(SaveError, match="choose another folder") as caught:
        result.save(tmp_path / "taken")
    assert caught.value.path == str(tmp_path / "taken")
    assert caught.value.job == JOB


def test_the_deadline_spans_the_download(
    router: SpecRouter, connect: Connect, tmp_path: Path
) -> None:
    router[RESULT].answers(output(URL))
    router.file(URL).mock(httpx.Response(503))
    result = connect(router, deadline=0.05).job(JOB).result()
    with pytest.raises(DeadlineExceededError, match="during the download"):
        result.save(tmp_path)
    assert names(tmp_path) == []
