"""Planted secrets come back in nothing that is kept, shown, logged, exported or raised.

Planted are the key, a prompt, the folder of the picture, and the picture's own bytes. The servers
here repeat what they are sent, as real ones do. By design, and so stated here and in docs/using.md:
``receipt.parameters`` holds the prompt (its repr does not); an ``Item`` gives back its ``inputs``,
and the journal's ``files`` are where files were saved; a refusal to read a file names the file.
httpcore's own debugging log shows the headers of answers as they come, and is not ours to filter.
"""

from __future__ import annotations

import base64
import itertools
import json
import logging
import pickle
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import attrs
import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import errors
from chainhub_fal.__main__ import main
from chainhub_fal_sandbox import Fault, Sandbox
from chainhub_fal_sandbox.answers import Answer

KEY = "sk-canary-4f1c9a7e55d0"
PROMPT = "a canary that sings of the customer's secret plans"
FOLDER = "canary-in-the-private-folder"
CANARY = b"canary in the bytes of the picture"
OPTIONS: dict[str, Any] = {
    "schedule": lambda: itertools.repeat(0.02),
    "deadline": 20.0,
    "connect_patience": 0.1,
    "missing_patience": 0.1,
}
# The contract's one endpoint takes no prompt; the sandbox, like fal, ignores what it does not know.
_SCHEMA = {**REDUX.input_schema, "properties": {**REDUX.input_schema["properties"], "prompt": {"type": "string"}}}  # type: ignore[dict-item]  # fmt: skip
PROMPTED = attrs.evolve(
    REDUX,
    build=lambda *, prompt, **rest: {**REDUX.build(**rest), "prompt": prompt},
    input_schema=_SCHEMA,
)


@pytest.fixture
def picture(cat: Path, tmp_path: Path) -> Path:
    """A picture with the canary in its bytes, in a folder whose name is nobody's business."""
    path = tmp_path / FOLDER / "cat.jpg"
    path.parent.mkdir()
    path.write_bytes(cat.read_bytes() + CANARY)  # what follows the end of a JPEG is not looked at
    return path


@pytest.fixture
def secrets(picture: Path) -> dict[str, str]:
    whole = base64.b64encode(picture.read_bytes()).decode()
    return {
        "the key": KEY,
        "the prompt": PROMPT,
        "a part of the prompt": PROMPT[:20],
        "the folder": FOLDER,
        "the picture": CANARY.decode(),
        "the picture in base64": whole[400:440],
    }


class Kept:
    """Everything that was shown, kept or exported during one test."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def see(self, *values: object) -> None:
        for value in values:
            shown = [repr(value), str(value)]
            if isinstance(value, BaseException):
                shown += _shown_by(value)
            self.texts += shown

    def read(self, *paths: Path) -> None:
        self.texts += [path.read_bytes().decode("latin-1") for path in paths if path.is_file()]

    def check(self, secrets: dict[str, str]) -> None:
        for text in self.texts:
            found = [name for name, secret in secrets.items() if secret.lower() in text.lower()]
            assert not found, f"{', '.join(found)} shows in {text[:2000]!r}"


def _shown_by(error: BaseException) -> Iterator[str]:
    """Yield all that an error says, and those it came from: text, attributes, notes, pickle."""
    yield "".join(traceback.format_exception(error))
    if isinstance(error, errors.ChainHubError):
        yield pickle.dumps(error).decode("latin-1")
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
        yield f"{again!r} {again} {vars(again)!r}"
    seen: BaseException | None = error
    while seen is not None:
        yield f"{seen!r} {seen} {vars(seen)!r} {getattr(seen, '__notes__', '')}"
        seen = seen.__cause__ or seen.__context__


@pytest.fixture
def kept(
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    secrets: dict[str, str],
) -> Iterator[Kept]:
    """Log everything, trace everything, and judge it all in the end."""
    caplog.set_level(logging.DEBUG)
    kept = Kept()

    def export(*values: object, **more: object) -> None:
        kept.see(values, more)

    span = SimpleNamespace(set_attribute=export, add_event=export, set_status=export, end=export)
    trace: Any = ModuleType("opentelemetry.trace")
    trace.get_tracer = lambda *_: SimpleNamespace(start_span=lambda _: span)
    trace.Status = lambda *words: words
    trace.StatusCode = SimpleNamespace(ERROR="ERROR")
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", trace)
    yield kept
    records = caplog.get_records("call")
    ours = [record for record in records if record.name.startswith("chainhub_fal")]
    assert ours, "nothing was logged, so nothing was looked at"
    for record in records:
        if record.name.startswith("httpcore"):
            continue
        kept.see(record.getMessage(), vars(record), record.exc_text)
    kept.check(secrets)


@pytest.fixture
def sandbox(chainhub_sandbox_factory: Any) -> Sandbox:
    return chainhub_sandbox_factory(  # type: ignore[no-any-return]
        key=KEY, queue_seconds=0, run_seconds=0
    )


@pytest.fixture
def client(drive: Any, sandbox: Sandbox) -> Any:
    return drive.client(api_key=KEY, base_url=sandbox.base_url, **OPTIONS)


@pytest.fixture
def inputs(picture: Path) -> dict[str, Any]:
    size = {"width": 16, "height": 16}
    return {"image_url": picture, "prompt": PROMPT, "image_size": size}


def test_good_jobs_show_nothing(
    client: Any, inputs: dict[str, Any], kept: Kept, tmp_path: Path
) -> None:
    result = client.run(PROMPTED, **inputs)
    job = client.submit(PROMPTED, **inputs)
    kept.see(client, job, job.ref, job.ref.to_json(), job.status(), *job.updates())
    kept.see(result, result.receipt, *result.files, result.save(tmp_path / "out"))
    kept.see(pickle.dumps(job.result().files), pickle.dumps(job.ref))
    assert result.receipt.parameters["prompt"] == PROMPT  # by design, see above
    assert "image/jpeg" in result.receipt.parameters["image_url"]


ECHOED = ("authorization", "content-type", "user-agent")


def _echo(build: Callable[[str], Answer]) -> Fault:
    """Refuse with all that was sent: the headers, and the body with its prompt and its picture."""
    known: dict[str, str] = {}

    def refuse(exchange: Any, _: object) -> Answer:
        body = (exchange.body or b"").decode()
        if body:
            sent = json.loads(body)
            known["said"] = f"{sent['prompt']} | {sent['image_url'][-200:]} | {body[:200]}"
        heads = " ".join(exchange.headers.get(name, "") for name in ECHOED)
        return build(f"{known.get('said', PROMPT)} {heads}")

    return Fault(refuse=refuse)


def _validation(said: str) -> Answer:
    problem = {"loc": ["body", "prompt"], "msg": f"not '{said}'", "type": said, "input": said}
    return Answer.json(422, {"detail": [problem]})


ECHOES: dict[str, Callable[[str], Answer]] = {
    "a validation error": _validation,
    "a content policy": lambda said: Answer.json(
        422, {"detail": f"flagged: {said}", "error_type": "content_policy_violation"}
    ),
    "a gateway's error": lambda said: Answer.json(
        400, {"error": {"message": said, "type": said, "code": said}}
    ),
    "a relayed error": lambda said: Answer.json(
        400, {"code": "x", "message": json.dumps({"detail": said})}
    ),
    "a failed state": lambda said: Answer.json(200, {"status": "FAILED", "error": said}),
    "an unknown state": lambda said: Answer.json(200, {"status": said}),
    "an error page": lambda said: Answer.html(500, f"<pre>{said}</pre>"),
    "a page": lambda said: Answer.html(200, f"<pre>{said}</pre>"),
    "a wrong key": lambda said: Answer.json(401, {"detail": f"no such key: {said}"}),
    "a quota": lambda said: Answer.json(429, {"error": {"message": f"quota: {said}"}}),
    "no such job": lambda said: Answer.json(404, {"detail": said}),
    "headers": lambda said: Answer.json(422, {}).with_headers(
        {"x-fal-error-type": said[-300:], "x-fal-billable-units": said[-90:], "retry-after": KEY}
    ),
    "something else": lambda said: Answer.json(200, {"prompt": said, "images": said}),
}


@pytest.mark.parametrize("operation", ["submit", "any"])
@pytest.mark.parametrize("name", ECHOES)
def test_a_server_that_repeats_what_it_was_sent_is_not_repeated(
    client: Any, sandbox: Sandbox, inputs: dict[str, Any], kept: Kept, name: str, operation: str
) -> None:
    sandbox.faults.add(operation, _echo(ECHOES[name]), times=None, after=int(operation == "any"))
    with pytest.raises(errors.ChainHubError) as caught:
        client.with_options(deadline=1.5).run(PROMPTED, **inputs)
    kept.see(caught.value)


@pytest.mark.parametrize("operation", ["submit", "result", "file"])
def test_a_time_out_shows_nothing(
    client: Any,
    sandbox: Sandbox,
    inputs: dict[str, Any],
    kept: Kept,
    operation: str,
    tmp_path: Path,
) -> None:
    sandbox.faults.add(operation, Fault.slow(0.7), times=None)
    with pytest.raises(errors.ChainHubError) as caught:
        client.with_options(deadline=0.6).run(PROMPTED, **inputs).save(tmp_path / "out")
    kept.see(caught.value)


def test_a_batch_and_its_journal_show_nothing(
    client: Any, sandbox: Sandbox, inputs: dict[str, Any], kept: Kept, tmp_path: Path
) -> None:
    journal, given = tmp_path / "run.db", [{**inputs, "seed": seed} for seed in range(4)]
    sandbox.faults.add("submit", _echo(ECHOES["a validation error"]))
    sandbox.faults.add("submit", _echo(ECHOES["an error page"]))
    for _ in range(2):
        items = list(client.map(PROMPTED, given, journal=journal, folder=tmp_path / "out"))
        kept.see(*items, *(item.error for item in items if item.error))
        kept.read(*tmp_path.glob("run.db*"))
    assert any(item.error for item in items)
    assert any(item.ok for item in items)
    assert items[0].inputs["prompt"] == PROMPT  # by design, see above


def test_a_picture_that_is_not_there_is_named_without_its_folder(
    client: Any, inputs: dict[str, Any], kept: Kept
) -> None:
    missing = inputs["image_url"].with_name("missing.jpg")
    with pytest.raises(errors.InvalidInputError) as caught:
        client.run(PROMPTED, **{**inputs, "image_url": missing})
    kept.see(caught.value)
    assert "missing.jpg" in str(caught.value)


def _all_of(asked: Any) -> str:
    return f"{asked.headers['authorization']} {asked.body.decode()[-400:]}"


@pytest.mark.parametrize("command", ["run", "batch"])
@pytest.mark.parametrize("fault", [None, "a validation error", "an error page"])
def test_the_command_line_shows_no_key_and_no_picture(
    sandbox: Sandbox,
    secrets: dict[str, str],
    picture: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    fault: str | None,
) -> None:
    """What it writes beside the pictures names the picture it was given, and shows none of it."""
    monkeypatch.setenv("CHAINHUB_API_KEY", KEY)
    monkeypatch.setenv("CHAINHUB_BASE_URL", sandbox.base_url)
    monkeypatch.chdir(tmp_path)
    if fault is not None:
        sandbox.faults.add("submit", Fault(refuse=lambda asked, _: ECHOES[fault](_all_of(asked))))
    given = picture if command == "run" else picture.parent
    code = main([command, str(given), "-o", "out"])
    assert (code == 0) == (fault is None)
    written = [path for path in Path("out").rglob("*") if path.suffix not in {".jpg", ".jpeg"}]
    assert written or fault
    said = Kept()  # the folder is judged apart: the command names the picture it was given
    said.read(*written)
    said.texts += capfd.readouterr()
    said.check({name: it for name, it in secrets.items() if name != "the folder"})
