"""What a submit sends: the contract's defaults, presets for aliases, data URIs, the right key."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from chainhub_fal import InvalidInputError, UnknownEndpointError

from ..drive import Drive
from ..schemas import Node, lookup
from .router import SpecRouter
from .samples import CONTRACT, GATEWAY, KEY, PICTURE_URL, PNG, REDUX, SUBMIT, Connect, Json, at_once

_SCHEMA = (
    f"#/paths/{REDUX.path.replace('/', '~1')}/post/requestBody/content/application~1json/schema"
)
INPUTS = cast(
    "dict[str, Json]",
    lookup(CONTRACT.document, str(lookup(CONTRACT.document, _SCHEMA)["$ref"]))["properties"],
)
ALIASES = cast("Node", INPUTS["image_size"]["x-aliases"])


def sent(router: SpecRouter) -> httpx.Request:
    """Return the one submit that was sent."""
    (call,) = router[SUBMIT].calls
    return cast("httpx.Request", call.request)


def body(router: SpecRouter) -> Json:
    """Return what the one submit carried."""
    return cast("Json", json.loads(sent(router).content))


def test_every_default_of_the_contract_is_sent(router: SpecRouter, connect: Connect) -> None:
    router[SUBMIT].example(200)
    connect(router).submit(REDUX, image_url=PICTURE_URL)
    defaults = {name: it["default"] for name, it in INPUTS.items() if "default" in it}
    assert len(defaults) == 7
    assert body(router) == {"image_url": PICTURE_URL} | defaults


def test_an_endpoint_is_also_known_by_its_id(router: SpecRouter, connect: Connect) -> None:
    router[SUBMIT].example(200)
    job = connect(router).submit(REDUX.id, image_url=PICTURE_URL, num_images=3, seed=2**40)
    assert job.ref.endpoint == REDUX.id
    assert body(router)["num_images"] == 3
    assert body(router)["seed"] == 2**40


@pytest.mark.parametrize(("alias", "preset"), [*ALIASES.items(), ("16:9", "landscape_16_9")])
def test_an_alias_is_sent_as_what_it_means(
    alias: str, preset: str, router: SpecRouter, connect: Connect
) -> None:
    router[SUBMIT].example(200)
    connect(router).submit(REDUX.id, image_url=PICTURE_URL, image_size=alias)
    assert body(router)["image_size"] == preset


def test_a_size_in_pixels_is_sent_as_it_is(router: SpecRouter, connect: Connect) -> None:
    router[SUBMIT].example(200)
    connect(router).submit(REDUX, image_url=PICTURE_URL, image_size={"width": 640, "height": 480})
    assert body(router)["image_size"] == {"width": 640, "height": 480}


FILES = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0 a photograph",
    "image/gif": b"GIF89a a drawing",
    "image/webp": b"RIFF\x00\x00\x00\x00WEBP a picture",
    "image/avif": b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00miafavif a picture",
}


def _on_disk(content: bytes, folder: Path) -> Path:
    path = folder / "named-wrongly.txt"
    path.write_bytes(content)
    return path


FORMS: dict[str, Callable[[bytes, Path], Any]] = {
    "bytes": lambda content, _: content,
    "path": _on_disk,
    "text": lambda content, folder: str(_on_disk(content, folder)),
    "open file": lambda content, _: io.BytesIO(content),
}


@pytest.mark.parametrize(
    ("media_type", "form"),
    [*((media_type, "bytes") for media_type in FILES), *(("image/gif", form) for form in FORMS)],
)
def test_a_local_picture_is_sent_as_a_data_uri_of_the_type_its_bytes_have(
    media_type: str, form: str, tmp_path: Path, router: SpecRouter, connect: Connect
) -> None:
    router[SUBMIT].example(200)
    connect(router).submit(REDUX, image_url=FORMS[form](FILES[media_type], tmp_path))
    announced, _, data = body(router)["image_url"].partition(",")
    assert announced == f"data:{media_type};base64"
    assert base64.b64decode(data) == FILES[media_type]


def test_a_data_uri_is_sent_as_it_is(router: SpecRouter, connect: Connect) -> None:
    router[SUBMIT].example(200)
    uri = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    connect(router).submit(REDUX, image_url=uri)
    assert body(router)["image_url"] == uri


def test_each_party_gets_its_own_word_before_the_key(
    router: SpecRouter, fal_router: SpecRouter, connect: Connect
) -> None:
    override = SpecRouter(CONTRACT, base_url=GATEWAY, key=KEY, scheme="Key")
    words = []
    for found, options in ((router, {}), (fal_router, {}), (override, {"dialect": "fal"})):
        found[SUBMIT].example(200)
        connect(found, **options).submit(REDUX, image_url=PICTURE_URL)
        words.append(sent(found).headers["authorization"])
    assert words == [f"Bearer {KEY}", f"Key {KEY}", f"Key {KEY}"]


def test_the_defaults_of_an_own_http_client_cannot_replace_the_key(
    router: SpecRouter, connect: Connect
) -> None:
    router[SUBMIT].example(200)
    http = {"headers": {"Authorization": "Bearer another"}, "auth": ("user", "password")}
    connect(router, http=http).submit(REDUX, image_url=PICTURE_URL)
    assert sent(router).headers.get_list("authorization") == [f"Bearer {KEY}"]


def test_settings_come_from_the_environment_when_they_are_not_given(
    router: SpecRouter, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    router[SUBMIT].example(200)
    monkeypatch.setenv("CHAINHUB_API_KEY", KEY)
    monkeypatch.setenv("CHAINHUB_BASE_URL", GATEWAY + "/")
    client = drive.client(transport=router.transport, schedule=at_once)
    client.submit(REDUX, image_url=PICTURE_URL)
    assert sent(router).url == GATEWAY + REDUX.path


BAD_INPUTS: dict[str, tuple[Json, str]] = {
    "too few": ({"num_images": 0}, "num_images"),
    "too many": ({"num_images": 5}, "num_images"),
    "no number": ({"num_images": "x"}, "num_images"),
    "a number as text": ({"num_images": "2"}, "num_images"),
    "a truth for a number": ({"num_images": True}, "num_images"),
    "an unknown size": ({"image_size": "5:4"}, "image_size"),
    "the word default": ({"acceleration": "default"}, "acceleration"),
    "an unknown field": ({"prompt": "a cat"}, "prompt"),
    "a size of nothing": ({"image_size": {"width": 0}}, "image_size.width"),
    "no picture": ({"image_url": b"plain text"}, "image_url"),
    "an empty picture": ({"image_url": b""}, "image_url"),
    "a film": ({"image_url": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"}, "image_url"),
    "a picture too large": ({"image_url": PNG + bytes(1000)}, "image_url"),
    "no such file": ({"image_url": "no-such-file.png"}, "image_url"),
    "a scheme nobody can fetch": ({"image_url": "ftp://pictures.example/cat.png"}, "image_url"),
    "a broken data URI": ({"image_url": "data:image/png;base64,@@"}, "image_url"),
}


@pytest.mark.parametrize("case", BAD_INPUTS)
def test_bad_input_is_refused_before_anything_is_sent(
    case: str, router: SpecRouter, connect: Connect
) -> None:
    changes, field = BAD_INPUTS[case]
    inputs = {"image_url": PICTURE_URL} | changes
    with pytest.raises(InvalidInputError) as caught:
        connect(router, max_upload=1000).run(REDUX.id, **inputs)
    assert caught.value.field == field
    assert not router.calls


def test_an_unknown_endpoint_is_refused_before_anything_is_sent(
    router: SpecRouter, connect: Connect
) -> None:
    with pytest.raises(UnknownEndpointError, match="schnell/redux"):
        connect(router).run("fal-ai/no-such-model", image_url=PICTURE_URL)
    assert not router.calls
