"""What a recording keeps: nothing that was planted in an exchange, and what a check still needs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema_rs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ..events import EVENT_STREAM
from .conftest import CONTRACT, KEY, URL
from .exchanges import Exchange
from .masks import Mask
from .redaction import Redactor
from .routes import Routes
from .vocabulary import Vocabulary

SALT = b"0" * 32
ID = "0b2a6a4e-3d0f-4f0e-9d3c-5f0a4f3f9e11"
VOCABULARY = Vocabulary.of(CONTRACT, URL)
MASK = Mask(VOCABULARY, Routes(CONTRACT, URL), SALT)
PLAIN = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=12, max_size=40)
PLANTED = st.one_of(
    PLAIN,
    PLAIN.map(lambda text: f"sk-{text}"),
    PLAIN.map(lambda text: f"a red {text} at night"),
    st.text(st.characters(categories=["L", "N"]), min_size=12, max_size=30),
    st.from_regex(r"[0-9]{16}", fullmatch=True),
    st.uuids(version=4).map(str),
    st.uuids(version=4).map(lambda found: found.hex),
    st.emails(),
)
JSON = "application/json"
STREAM = f"/fal-ai/flux-1/requests/{ID}/status/stream"


def exchange(
    request: httpx.Request, status: int = 200, content: bytes = b"{}", **headers: str
) -> Exchange:
    kept = httpx.Headers(
        {"content-type": JSON} | {k.replace("_", "-"): v for k, v in headers.items()}
    )
    return Exchange(request, status, kept, content, "", 0.0, 0.1)


def body(value: object) -> bytes:
    return json.dumps(value).encode()


def told(value: object) -> bytes:
    return b"data: " + body(value) + b"\n\n"


def get(path: str = f"/fal-ai/flux-1/requests/{ID}", **options: Any) -> httpx.Request:
    return httpx.Request("GET", URL + path, **options)


def post(value: object) -> httpx.Request:
    return httpx.Request("POST", f"{URL}/fal-ai/flux-1/schnell/redux", json=value)


def header_safe(text: str) -> str:
    return quote(text)


PLACES: Mapping[str, Callable[[str], Exchange]] = {
    "authorization": lambda s: exchange(get(headers={"Authorization": f"Bearer {header_safe(s)}"})),
    "another header": lambda s: exchange(
        get(headers={"X-Secret": header_safe(s), "Cookie": header_safe(s)})
    ),
    "a header's name": lambda s: exchange(
        get(headers={f"x-{header_safe(s)}".replace("%", "-"): "1"})
    ),
    "the query": lambda s: exchange(get(params={"logs": s, "token": s})),
    "a query's name": lambda s: exchange(get(params={s: "1"})),
    "the path": lambda s: exchange(get(f"/{quote(s, safe='')}/files")),
    "the model's name": lambda s: exchange(
        get(f"/fal-ai/{quote(s, safe='')}/requests/{ID}/status")
    ),
    "the id": lambda s: exchange(get(f"/fal-ai/flux-1/requests/{quote(s, safe='')}/status")),
    "the prompt": lambda s: exchange(
        post({"prompt": s, "image_url": f"https://pictures.example/{quote(s)}.png"})
    ),
    "a data URI": lambda s: exchange(post({"image_url": f"data:image/png;base64,{quote(s)}"})),
    "userinfo": lambda s: exchange(
        post({"image_url": f"https://me:{quote(s, safe='')}@fal.media/a.png"})
    ),
    "a URL's query": lambda s: exchange(
        post({"image_url": f"https://fal.media/a.png?sig={quote(s, safe='')}"})
    ),
    "a URL's fragment": lambda s: exchange(
        post({"image_url": f"https://fal.media/a.png#{quote(s, safe='')}"})
    ),
    "a host": lambda s: exchange(
        post({"image_url": f"https://{s.encode().hex()[:60]}.example/a.png"})
    ),
    "a nested value": lambda s: exchange(
        get(), content=body({"logs": [{"labels": {"account": {"name": [s]}}}]})
    ),
    "a nested name": lambda s: exchange(get(), content=body({"metrics": {s: {s: 1}}})),
    "an echo": lambda s: exchange(
        get(), 400, body({"error": {"message": f"no such key: {s}", "type": s, "code": s}})
    ),
    "a list of errors": lambda s: exchange(
        post({}),
        422,
        body({"detail": [{"loc": ["body", s], "msg": s, "type": s, "input": {"prompt": s}}]}),
    ),
    "an event": lambda s: exchange(
        get(STREAM), content=told({"logs": [{"message": s}]}), content_type=EVENT_STREAM
    ),
    "an event's name": lambda s: exchange(
        get(STREAM), content=told({"metrics": {s: 1}}), content_type=EVENT_STREAM
    ),
    "a comment and an id": lambda s: exchange(
        get(STREAM),
        content=told({}) + f": {s}\nid: {s}\nevent: {s}\n\n".encode(),
        content_type=EVENT_STREAM,
    ),
    "a line that is none": lambda s: exchange(
        get(STREAM), content=told({}) + f"{s}\n\n".encode(), content_type=EVENT_STREAM
    ),
    "an event that is no JSON": lambda s: exchange(
        get(STREAM), content=f"data: {s}\n\n".encode(), content_type=EVENT_STREAM
    ),
    "broken JSON": lambda s: exchange(get(), content=b'{"a": "' + s.encode()),
    "a key twice": lambda s: exchange(get(), content=f'{{"{s}": 1, "{s}": 2}}'.encode()),
    "a web page": lambda s: exchange(
        get(), content=s.encode(), content_type=f"text/html; title={header_safe(s)}"
    ),
    "a media type": lambda s: exchange(
        get(), content=s.encode(), content_type=f"text/{header_safe(s)}"
    ),
    "a set cookie": lambda s: exchange(get(), set_cookie=f"session={header_safe(s)}"),
    "a redirect": lambda s: exchange(
        get(), 302, b"", location=f"https://{URL[8:]}/login?{quote(s)}"
    ),
    "a challenge": lambda s: exchange(
        get(), 401, www_authenticate=f'{header_safe(s)} realm="{header_safe(s)}"'
    ),
    "what it allows": lambda s: exchange(get(), 405, allow=f"GET, {header_safe(s)}"),
    "the id's header": lambda s: exchange(get(), x_fal_request_id=header_safe(s)),
}


_ANOTHER = "0123456789abcdef"


def recorded(place: str, secret: str) -> str:
    redactor = Redactor(MASK, VOCABULARY, f"Bearer {KEY}")
    return json.dumps(redactor.record(PLACES[place](secret)), ensure_ascii=False)


@pytest.mark.parametrize("place", PLACES)
@settings(deadline=None, max_examples=40)  # a busy machine is no finding
@given(secret=PLANTED)
def test_a_secret_planted_anywhere_is_not_in_the_recording(place: str, secret: str) -> None:
    # A word that stands in a recording anyway, as in a header's name, is no secret.
    assume(secret not in recorded(place, _ANOTHER))
    line = recorded(place, secret)
    forms = {secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1]}
    forms |= {secret.encode().hex()[:60]} if place == "a host" else set()
    assert {form for form in forms if form in line} == set()


@settings(deadline=None)
@given(number=st.integers(min_value=10**6))
def test_a_number_stays_only_where_the_contract_says_that_there_is_one(number: int) -> None:
    known = {"images": [{"width": number}], "seed": number}
    assert MASK.value(known) == known
    unknown = MASK.value({"account": number, "labels": {"user": [number, number + 0.5]}})
    assert str(number) not in json.dumps(unknown)


FORMATS = {
    name: jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True)
    for name in ("uri", "uuid", "date-time", "date", "email")
}


@settings(deadline=None)
@given(
    text=st.one_of(
        PLANTED,
        st.text(max_size=300),
        st.datetimes().map(lambda found: f"{found:%Y-%m-%dT%H:%M:%S}Z"),
        st.dates().map(str),
        PLAIN.map(lambda text: f"https://pictures.example/{text}.png?x=1"),
        PLAIN.map(lambda text: f"https://me@{text}:70000/"),
        st.sampled_from(
            ["https://[::1/cat.png", "https://pictures.example/a cat", "mailto:a@b.example"]
        ),
    )
)
def test_a_placeholder_keeps_the_form_and_the_length_class_of_a_text(text: str) -> None:
    masked = MASK.text(text)
    for name, check in FORMATS.items():
        assert check.is_valid(masked) == check.is_valid(text), name
    if not any(check.is_valid(text) for check in FORMATS.values()) and "2000-" not in masked:
        assert len(masked) == min(len(text), VOCABULARY.longest)


def test_relations_hosts_and_words_of_the_contract_survive() -> None:
    base = f"https://queue.fal.run/fal-ai/flux-1/requests/{ID}"
    ticket = {"request_id": ID, "status": "IN_QUEUE", "status_url": f"{base}/status", "logs": None}
    redactor = Redactor(MASK, VOCABULARY, f"Bearer {KEY}")
    request = get(
        f"/fal-ai/flux-1/requests/{ID}/status", headers={"Authorization": f"Bearer {KEY}"}
    )
    record = redactor.record(exchange(request, content=body(ticket), x_fal_request_id=ID))
    told: Any = record["body"]
    kept = told["json"]
    masked = kept["request_id"]
    assert masked != ID
    assert kept["status_url"] == f"https://queue.fal.run/fal-ai/flux-1/requests/{masked}/status"
    assert record["url"] == f"{URL}/fal-ai/flux-1/requests/{masked}/status"
    assert record["headers"] == {"content-type": JSON, "x-fal-request-id": masked}
    assert (kept["status"], kept["logs"]) == ("IN_QUEUE", None)
    sent: Any = record["request"]
    assert sent["authorization"] == "right"


def test_two_recordings_share_no_placeholder() -> None:
    other = Mask(VOCABULARY, Routes(CONTRACT, URL), b"1" * 32)
    assert MASK.text(ID) != other.text(ID)
    assert MASK.text("a red cat") != other.text("a red cat")
