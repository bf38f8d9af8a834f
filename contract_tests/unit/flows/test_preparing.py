"""Bad input is refused before it costs money, and what people say becomes what the contract wants."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import Endpoint, InvalidInputError
from chainhub_fal._media import ALL
from chainhub_fal.flows.preparing import prepare

JPEG = b"\xff\xd8\xff\xe0" + bytes(60)
HEADS = {
    "jpeg": JPEG,
    "png": b"\x89PNG\r\n\x1a\n" + bytes(60),
    "gif": b"GIF89a" + bytes(60),
    "webp": b"RIFF\x10\x00\x00\x00WEBPVP8 " + bytes(60),
    "avif": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1miaf" + bytes(60),
}


def ready(kit: Any, limit: int = 1000, files: Any = None, **inputs: Any) -> dict[str, Any]:
    given = {"image_url": "https://pictures.test/cat.jpg", **inputs}
    return kit.world(files=files or {}).run(prepare(REDUX, given, limit=limit))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("3:4", "portrait_4_3"),
        ("4:3", "landscape_4_3"),
        ("16:9", "landscape_16_9"),
        ("9:16", "portrait_16_9"),
        ("square_hd", "square_hd"),
        ({"width": 640, "height": 480}, {"width": 640, "height": 480}),
    ],
)
def test_a_ratio_is_sent_as_the_preset_it_means(kit: Any, said: object, sent: object) -> None:
    assert ready(kit, image_size=said)["image_size"] == sent


@pytest.mark.parametrize(
    ("inputs", "field", "words"),
    [
        ({"num_images": 0}, "num_images", "least allowed, 1"),
        ({"num_images": 5}, "num_images", "most allowed, 4"),
        ({"num_images": "x"}, "num_images", "'x' is not an integer"),
        ({"num_images": "2"}, "num_images", "is not an integer"),
        ({"num_images": 2.0}, "num_images", "is not an integer"),
        ({"num_images": True}, "num_images", "is not an integer"),
        ({"num_images": None}, "num_images", "is not an integer"),
        ({"num_images": [1]}, "num_images", "is not an integer"),
        ({"num_inference_steps": 13}, "num_inference_steps", "12"),
        ({"enable_safety_checker": 1}, "enable_safety_checker", "is not a boolean"),
        ({"image_size": "21:9"}, "image_size", "9:16"),
        ({"image_size": {"width": 0, "height": 9}}, "image_size.width", "more than 0"),
        ({"image_size": {"width": 20000}}, "image_size.width", "14142"),
        ({"image_size": {"depth": 1}}, "image_size.depth", "width, height"),
        ({"image_size": 5}, "image_size", "is not"),
        ({"output_format": "default"}, "output_format", "Leave the input out"),
        ({"output_format": "JPEG"}, "output_format", "jpeg, png"),
        ({"acceleration": "default"}, "acceleration", "Leave the input out"),
        ({"seed": "7"}, "seed", "is not an integer"),
        ({"num_image": 2}, "num_image", "Did you mean num_images?"),
        ({"prompt_strength": 2}, "prompt_strength", "Known are image_url"),
        ({"image_url": "ftp://host/cat.jpg"}, "image_url", "http(s)"),
        ({"image_url": "data:image/png;base64,@@@"}, "image_url", "base64"),
        ({"image_url": "https://pictures.test/my cat.jpg"}, "image_url", "percent-encoded"),
        ({"image_url": "data:image/png"}, "image_url", "comma"),
        ({"image_url": "data:text/plain,hello"}, "image_url", "not jpg, jpeg"),
    ],
)
def test_bad_input_is_refused_by_name_before_anything_is_read(
    kit: Any, inputs: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        ready(kit, **inputs)
    assert caught.value.field == field
    assert words in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_a_missing_picture_is_named(kit: Any) -> None:
    with pytest.raises(InvalidInputError, match="image_url: this input is required"):
        kit.world().run(prepare(REDUX, {}, limit=1))


def test_a_seed_left_out_or_none_is_not_sent(kit: Any) -> None:
    assert "seed" not in ready(kit)
    assert "seed" not in ready(kit, seed=None)
    assert ready(kit, seed=2**40)["seed"] == 2**40


@pytest.mark.parametrize("name", HEADS)
@pytest.mark.parametrize("source", ["cat.jpg", Path("cat.jpg"), b"bytes", bytearray(b"more")])
def test_a_local_file_becomes_a_data_uri_of_the_type_its_bytes_have(
    kit: Any, name: str, source: Any
) -> None:
    key = bytes(source) if isinstance(source, bytearray) else source
    loaded = ready(kit, image_url=key, files={key: HEADS[name]})["image_url"]
    header, _, payload = loaded.partition(",")
    assert header == f"data:image/{name};base64"
    assert base64.b64decode(payload) == HEADS[name]


@pytest.mark.parametrize("uri", ["https://a.test/b", "HTTPS://A.TEST/B", "http://127.0.0.1/x"])
def test_a_url_is_sent_as_it_is(kit: Any, uri: str) -> None:
    assert ready(kit, image_url=uri)["image_url"] == uri


def test_a_data_uri_is_checked_and_sent_as_it_is(kit: Any) -> None:
    uri = "data:image/jpeg;base64," + base64.b64encode(JPEG).decode()
    assert ready(kit, image_url=uri)["image_url"] == uri


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"just some text, longer than a header would be", "of no known type"),
        (b"\x00\x00\x00\x20ftypisom" + bytes(30), "video/mp4, not jpg"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt " + bytes(30), "audio/wav, not jpg"),
        (JPEG + bytes(2000), "more than 1000 B"),
    ],
)
def test_what_is_no_picture_or_too_large_is_refused(kit: Any, content: bytes, words: str) -> None:
    with pytest.raises(InvalidInputError, match=r"image_url: .*") as caught:
        ready(kit, image_url="cat.jpg", files={"cat.jpg": content})
    assert words in str(caught.value)


def many(**inputs: Any) -> dict[str, object]:
    return inputs


MANY: Endpoint[..., object] = Endpoint(
    id="fal-ai/many",
    path="/fal-ai/many",
    model_name="many",
    operation_id="submit_many",
    build=many,
    input_model=REDUX.input_model,
    output_model=object,
    input_schema={
        "properties": {
            "image_urls": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
            "archive_url": {"type": "string"},
        }
    },
    output_schema={},
    files={"image_urls": ("jpg",), "archive_url": ("zip",)},
    summary="",
)


def test_a_list_of_files_is_loaded_one_by_one_and_each_is_named(kit: Any) -> None:
    files = {"a.jpg": JPEG, "b.txt": b"text that is no picture", "c.zip": b"PK..."}
    world = kit.world(files=files)
    urls = ["a.jpg", "https://pictures.test/b.jpg"]
    ready = world.run(prepare(MANY, {"image_urls": urls}, limit=99))
    assert ready["image_urls"][0].startswith("data:image/jpeg;base64,")
    assert ready["image_urls"][1] == urls[1]
    with pytest.raises(InvalidInputError, match=r"image_urls\[1\]"):
        world.run(prepare(MANY, {"image_urls": ["a.jpg", "b.txt"]}, limit=99))
    with pytest.raises(InvalidInputError, match="more than 2"):
        world.run(prepare(MANY, {"image_urls": urls * 2}, limit=99))
    archive = world.run(prepare(MANY, {"archive_url": "c.zip"}, limit=99))["archive_url"]
    assert archive.startswith("data:application/octet-stream;base64,")


def test_every_picture_type_the_contract_names_is_known_by_its_bytes() -> None:
    known = {name for media in ALL for name in media.names}
    assert {name for names in REDUX.files.values() for name in names} <= known
