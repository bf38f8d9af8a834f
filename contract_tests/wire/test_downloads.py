"""A result's files: fetched without the key, checked, named by the job, whole or not at all."""

from __future__ import annotations

import base64
from pathlib import Path

import httpx
import pytest

from chainhub_fal import DeadlineExceededError, JobRef, SaveError

from .router import SpecRouter
from .samples import CDN, KEY, PATH, PNG, REDUX, REQUEST_ID, RESULT, Connect, cut, output, page

JOB = JobRef(REDUX.id, REQUEST_ID, PATH)
URL = f"{CDN}/a.png"
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
    assert set(sent.headers) == {"host", "user-agent", "accept"}


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
    [cut(PNG[:40], "image/png"), httpx.Response(200, content=PNG[:40])],
    ids=["broken off", "cut short"],
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


REFUSED = {
    "a web page": (page(), "its bytes are not"),
    "nothing": (httpx.Response(200), "its bytes are not"),
    "404": (httpx.Response(404), "expired or was removed"),
    "403": (httpx.Response(403), "expired or was removed"),
    "a redirect": (
        httpx.Response(302, headers={"Location": "https://elsewhere.example/a.png"}),
        "answered 302",
    ),
    "a part": (httpx.Response(206, content=PNG[:40]), "answered 206"),
    "too large": (httpx.Response(200, content=PNG * 10), "larger than"),
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
