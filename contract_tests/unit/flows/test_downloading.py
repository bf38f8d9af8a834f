"""Files come to disk whole, under our names, or with an error that says how to get them again."""

from __future__ import annotations

import base64
import struct
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from chainhub_fal import File, errors
from chainhub_fal._effects import Download, Downloaded, Flow, Keep, Pause
from chainhub_fal.flows.downloading import Place, save

JPEG = b"\xff\xd8\xff\xe0" + bytes(60) + b"\xff\xd9"
PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"
    + struct.pack(">II", 512, 384)
    + bytes(40)
    + b"IEND\xaeB`\x82"
)
URL = "https://cdn.test/../../etc/evil.sh?x=1"


def fetched(status: int = 200, head: bytes = JPEG, **headers: str) -> Downloaded:
    return Downloaded(status, headers, head, head, len(head), "part")


def saving(kit: Any, *files: File, seconds: float = 60, **options: Any) -> Flow[tuple[str, ...]]:
    deadline, settings = kit.deadline(seconds), kit.settings()
    return save(files, kit.job, Place("out"), settings=settings, deadline=deadline, **options)


def bring(kit: Any, world: Any, *files: File, **options: Any) -> tuple[str, ...]:
    return world.run(saving(kit, *files, **options))  # type: ignore[no-any-return]


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
    assert world.downloads[0].part is world.downloads[1].part


@pytest.mark.parametrize(
    ("downloaded", "words"),
    [
        (fetched(302), "redirect to nowhere"),
        (fetched(302, location="file:///etc/passwd"), "redirect to nowhere"),
        (fetched(302, location="//[::1"), "cannot be read"),
        (fetched(302, location="http://cdn.test/a"), "gives up encryption"),
        (fetched(206, b""), "answered 206"),
        (fetched(416, b""), "answered 416"),
        (fetched(head=b"<html>"), "bytes are not"),
        (fetched(head=b"noise"), "bytes are not"),
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
    assert isinstance(caught.value, OSError)


@pytest.mark.parametrize("status", [403, 404, 410])
def test_what_has_expired_is_said_with_the_way_to_a_fresh_url(kit: Any, status: int) -> None:
    with pytest.raises(errors.SaveError, match="expired or was removed") as caught:
        bring(kit, kit.world([fetched(status)]), File(URL, "images[0]"))
    assert (
        "fetch its result again by its id: the file's URL may be a fresh one" in caught.value.hint
    )
    assert "if it is the same, the file is gone" in caught.value.hint


def test_three_redirects_are_enough(kit: Any) -> None:
    world = kit.world([fetched(302, location="/a")])
    with pytest.raises(errors.SaveError, match="more than 3 times"):
        bring(kit, world, File(URL, "images[0]"))
    assert len(world.downloads) == 4


def test_a_redirect_is_followed_to_where_it_leads(kit: Any) -> None:
    moved = [fetched(302, location="/b"), fetched(307, location="https://other.test/c?s=1")]
    world = kit.world([*moved, fetched()])
    bring(kit, world, File("https://cdn.test/a", "images[0]"))
    urls = [download.url for download in world.downloads]
    assert urls == ["https://cdn.test/a", "https://cdn.test/b", "https://other.test/c?s=1"]


def test_on_one_machine_there_is_no_encryption_to_give_up(kit: Any) -> None:
    world = kit.world([fetched(302, location="http://127.0.0.1:1/b"), fetched()])
    bring(kit, world, File("https://localhost/a", "images[0]"))
    assert len(world.downloads) == 2


def test_a_try_again_begins_at_the_first_url(kit: Any) -> None:
    world = kit.world([fetched(302, location="/b?signed=1"), kit.unanswered(), fetched()])
    bring(kit, world, File("https://cdn.test/a", "images[0]"))
    assert [d.url[-2:] for d in world.downloads] == ["/a", "=1", "/a"]


@pytest.mark.parametrize(
    "cut",
    [b"", JPEG[:-2], PNG[:-9], b"RIFF\xff\x00\x00\x00WEBP" + bytes(9), b"GIF89a" + bytes(9)],
)
def test_a_file_that_is_cut_off_is_fetched_again_and_then_refused(kit: Any, cut: bytes) -> None:
    once = kit.world([fetched(head=cut), fetched()])
    assert bring(kit, once, File(URL, "images[0]"))[0].endswith("-1.jpg")
    always = kit.world([fetched(head=cut)])
    words = "cut off, 3 times" if cut else "empty, 3 times"
    with pytest.raises(errors.SaveError, match=words):
        bring(kit, always, File(URL, "images[0]"))
    assert len(always.downloads) == 3


@pytest.mark.parametrize("status", [206, 416])
def test_what_could_not_be_continued_begins_anew_once(kit: Any, status: int) -> None:
    flow = saving(kit, File(URL, "images[0]"))
    first = begun(flow)
    assert isinstance(flow.throw(kit.unanswered()), Pause)
    assert isinstance(flow.send(1000.0), Download)
    first.part.forget()
    assert isinstance(flow.send(fetched(status, b"")), Pause)
    assert isinstance(flow.send(1000.0), Download)
    with pytest.raises(errors.SaveError, match=f"answered {status}"):
        flow.send(fetched(status, b""))


def test_a_file_that_was_cut_off_is_not_continued(kit: Any) -> None:
    flow = saving(kit, File(URL, "images[0]"))
    part = begun(flow).part
    flow.send(fetched(head=JPEG[:-2]))
    assert part.size == 0


def begun(flow: Flow[tuple[str, ...]], removed: list[str] | None = None) -> Download:
    """Begin a download and let it break off after nine bytes, as far as its part tells."""
    effect = next(flow)
    assert isinstance(effect, Download)
    part = effect.part
    part.path, part.size, part.validator = "half", 9, '"v"'
    part.remove = ([] if removed is None else removed).append
    return effect


def leave(flow: Flow[tuple[str, ...]], *replies: object) -> None:
    for reply in replies:
        flow.send(reply)
    flow.close()


ENDS: dict[str, Callable[[Flow[tuple[str, ...]]], object]] = {
    "success": lambda flow: (flow.send(fetched()), flow.send("out/a.jpg")),
    "refused": lambda flow: flow.send(fetched(404)),
    "web page": lambda flow: flow.send(fetched(head=b"<html>")),
    "full disk": lambda flow: flow.throw(errors.SaveError("the disk is full")),
    "full disk at the end": lambda flow: (
        flow.send(fetched()),
        flow.throw(errors.SaveError("the disk is full")),
    ),
    "cancelled": lambda flow: flow.throw(KeyboardInterrupt()),
    "left": leave,
    "left between tries": lambda flow: leave(flow, fetched(503)),
}


@pytest.mark.parametrize("end", ENDS)
def test_no_end_leaves_the_temporary_file(kit: Any, end: str) -> None:
    removed: list[str] = []
    flow = saving(kit, File(URL, "images[0]", "image/jpeg"))
    begun(flow, removed)
    with suppress(errors.SaveError, KeyboardInterrupt, StopIteration):
        ENDS[end](flow)
    assert removed == ["half"]


@pytest.mark.parametrize(
    ("file", "content", "asked", "words"),
    [
        (File(URL, "a", "image/jpeg"), PNG, "", "a is image/png, announced as image/jpeg"),
        (File(URL, "a", "image/png"), PNG, "jpeg", "a is image/png, not the image/jpeg that was"),
        (File(URL, "a", width=512, height=300), PNG, "", "512x384 pixels, announced as 512x300"),
        (File(URL, "a", "audio/mpeg"), b"noise", "", "announced as audio/mpeg"),
    ],
)
def test_what_was_not_announced_or_asked_for_is_kept_and_counted(
    kit: Any, file: File, content: bytes, asked: str, words: str
) -> None:
    unexpected: Counter[str] = Counter()
    options = {"parameters": {"output_format": asked}, "unexpected": unexpected}
    assert bring(kit, kit.world([fetched(head=content)]), file, **options)
    ((found, count),) = unexpected.items()
    assert words in found
    assert count == 1


@pytest.mark.parametrize(
    ("file", "content"),
    [
        (File(URL, "a", "image/png", width=512, height=384), PNG),
        (File(URL, "a", width=384, height=512), PNG),  # turned, as a camera's pictures are
        (File(URL, "a", "video/mp4", width=1, height=1), b"\0\0\0\x18ftypmp42" + bytes(16)),
        (File(URL, "a", "image/tiff"), b"II*\0"),
    ],
)
def test_what_is_as_announced_is_not_counted(kit: Any, file: File, content: bytes) -> None:
    unexpected: Counter[str] = Counter()
    options = {"parameters": {"output_format": "png"}, "unexpected": unexpected}
    assert bring(kit, kit.world([fetched(head=content)]), file, **options)
    assert not unexpected


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


@pytest.mark.parametrize("content", [b"anything", b'{"a": 1}'])
def test_a_file_of_no_announced_type_is_kept_as_it_is(kit: Any, content: bytes) -> None:
    world = kit.world([fetched(head=content)])
    assert bring(kit, world, File(URL, "model"))[0].endswith("-1.bin")


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        (File(URL, "model"), b"\xef\xbb\xbf\n<!DOCTYPE html><p>", "it is a web page"),
        (File(URL, "images[0]"), b' {"detail": "gone"}', "it is JSON, not a picture"),
        (File(URL, "a", "image/svg+xml"), b"<html>", "it is a web page"),
        (File(URL, "a", "video/mp4"), b"<html>", "announced as video/mp4"),
        (File("data:image/png;base64,", "a"), b"", "it is empty"),
    ],
)
def test_a_text_is_saved_under_no_pictures_name(
    kit: Any, file: File, content: bytes, words: str
) -> None:
    world = kit.world([fetched(head=content)])
    with pytest.raises(errors.SaveError, match=words):
        bring(kit, world, file)
    assert not [effect for effect in world.effects if isinstance(effect, Keep)]


def test_a_web_page_that_is_what_was_promised_is_kept(kit: Any) -> None:
    world = kit.world([fetched(head=b"<html>")])
    assert bring(kit, world, File(URL, "page", "text/html"))[0].endswith("-1.bin")


def test_a_large_data_uri_is_saved(kit: Any) -> None:
    content = PNG[:-8] + bytes(60 * 1024 * 1024) + PNG[-8:]
    world = kit.world()
    uri = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    bring(kit, world, File(uri, "images[0]"))
    (keep,) = [effect for effect in world.effects if isinstance(effect, Keep)]
    assert keep.content == content


def test_a_data_uri_keeps_to_the_limit_too(kit: Any) -> None:
    file = File("data:image/png;base64,iVBORw0KGgo=", "images[0]")
    settings, deadline = kit.settings(max_download=7), kit.deadline(60)
    flow = save((file,), kit.job, Place("out"), settings=settings, deadline=deadline)
    with pytest.raises(errors.SaveError, match=r"images\[0\]: it is larger than 7 B.*max_download"):
        kit.world().run(flow)
