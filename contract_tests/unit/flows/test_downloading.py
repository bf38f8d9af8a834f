"""Files come to disk whole, under our names, or with an error that says how to get them again."""

from __future__ import annotations

from typing import Any

import pytest

from chainhub_fal import File, errors
from chainhub_fal._effects import Downloaded, Keep
from chainhub_fal.flows.downloading import save

JPEG = b"\xff\xd8\xff\xe0" + bytes(60) + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60) + b"IEND\xae\x42\x60\x82"
URL = "https://cdn.test/../../etc/evil.sh?x=1"


def fetched(status: int = 200, head: bytes = JPEG) -> Downloaded:
    return Downloaded(status, {}, head, head, len(head), "part")


def bring(kit: Any, world: Any, *files: File, seconds: float = 60) -> tuple[str, ...]:
    flow = save(files, kit.job, "out", settings=kit.settings(), deadline=kit.deadline(seconds))
    return world.run(flow)  # type: ignore[no-any-return]


def test_names_are_ours_and_tell_the_true_type(kit: Any) -> None:
    world = kit.world([fetched(), fetched(head=PNG)])
    files = File(URL, "images[0]", "image/jpeg"), File(URL, "images[1]", "image/jpeg")
    assert bring(kit, world, *files) == (
        f"out/{kit.job.request_id}-1.jpg",
        f"out/{kit.job.request_id}-2.png",
    )


def test_a_data_uri_is_saved_like_any_other_file(kit: Any) -> None:
    world = kit.world()
    uri = "data:image/png;base64,iVBORw0KGgo="
    assert bring(kit, world, File(uri, "images[0]"))[0].endswith("-1.png")
    assert [e.content for e in world.effects if isinstance(e, Keep)] == [b"\x89PNG\r\n\x1a\n"]


@pytest.mark.parametrize("trouble", [408, 429, 500, 503, "unanswered"])
def test_what_may_pass_is_tried_again(kit: Any, trouble: Any) -> None:
    first = kit.unanswered() if trouble == "unanswered" else fetched(trouble)
    world = kit.world([first, fetched()])
    bring(kit, world, File(URL, "images[0]", "image/jpeg"))
    assert len(world.downloads) == 2
    assert len(world.discards) == (trouble != "unanswered")


@pytest.mark.parametrize(
    ("downloaded", "words"),
    [
        (fetched(404), "expired"),
        (fetched(302), "answered 302"),
        (fetched(206), "answered 206"),
        (fetched(head=b"<html>"), "bytes are not"),
    ],
)
def test_what_will_not_pass_names_the_file_and_the_job(
    kit: Any, downloaded: Downloaded, words: str
) -> None:
    world = kit.world([downloaded])
    with pytest.raises(errors.SaveError, match=words) as caught:
        bring(kit, world, File(URL, "images[0]", "image/jpeg"))
    assert "images[0]" in str(caught.value)
    assert caught.value.job == kit.job
    assert "fetch its result again" in str(caught.value)
    assert len(world.discards) == 1
    assert isinstance(caught.value, OSError)


@pytest.mark.parametrize(
    "cut",
    [JPEG[:-2], PNG[:-9], b"RIFF\xff\x00\x00\x00WEBP" + bytes(9), b"GIF89a" + bytes(9)],
)
def test_a_file_that_is_cut_off_is_fetched_again_and_then_refused(kit: Any, cut: bytes) -> None:
    once = kit.world([fetched(head=cut), fetched()])
    assert bring(kit, once, File(URL, "images[0]"))[0].endswith("-1.jpg")
    always = kit.world([fetched(head=cut)])
    with pytest.raises(errors.SaveError, match="cut off, 3 times"):
        bring(kit, always, File(URL, "images[0]"))
    assert len(always.discards) == len(always.downloads) == 3


def test_a_broken_data_uri_names_the_file(kit: Any) -> None:
    with pytest.raises(errors.SaveError, match=r"images\[0\]: its data URI"):
        bring(kit, kit.world(), File("data:image/png;base64,!", "images[0]"))


@pytest.mark.parametrize("url", [URL, "data:image/png;base64,iVBORw0KGgo="])
def test_a_full_disk_names_the_job(kit: Any, url: str) -> None:
    during = kit.world([errors.SaveError("out cannot be written", hint="Free the disk")])
    at_the_end = kit.world([fetched()], disk_full=True)
    for world in (during, at_the_end)[url != URL :]:
        with pytest.raises(errors.SaveError, match=r"images\[0\]: out cannot be written") as caught:
            bring(kit, world, File(url, "images[0]"))
        assert caught.value.job == kit.job


def test_the_deadline_spans_the_download(kit: Any) -> None:
    world = kit.world([fetched(503)], latency=1)
    with pytest.raises(errors.DeadlineExceededError, match="the download"):
        bring(kit, world, File(URL, "images[0]"), seconds=10)


def test_a_file_of_no_announced_type_is_kept_as_it_is(kit: Any) -> None:
    world = kit.world([fetched(head=b"anything")])
    assert bring(kit, world, File(URL, "model"))[0].endswith("-1.bin")
