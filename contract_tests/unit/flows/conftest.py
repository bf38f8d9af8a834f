"""A world for flows: it answers effects by hand, with a clock that only the flow moves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import TypeVar

import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import JobRef
from chainhub_fal._effects import (
    Answer,
    Call,
    Download,
    Downloaded,
    Effect,
    Flow,
    Keep,
    Listen,
    Load,
    Notice,
    Pause,
    Steps,
)
from chainhub_fal.errors import NoAnswerError, SaveError
from chainhub_fal.flows.deadlines import Deadline
from chainhub_fal.flows.polling import Watch
from chainhub_fal.settings import Settings

R = TypeVar("R")
Reply = Answer | Downloaded | BaseException

JOB = JobRef(
    "fal-ai/flux-1/schnell/redux",
    "11111111-2222-4333-8444-555555555555",
    "/fal-ai/flux-1/requests/11111111-2222-4333-8444-555555555555",
)


@dataclass
class World:
    """Scripted replies in, effects out. A script that runs short repeats its last reply."""

    script: Iterable[Reply] = ()
    files: dict[object, bytes] = field(default_factory=dict)
    latency: float = 0.0
    disk_full: bool = False
    clock: float = 1000.0
    effects: list[Effect] = field(default_factory=list)

    def run(self, flow: Flow[R]) -> R:
        replies = list(self.script)
        endless = chain(replies, repeat(replies[-1])) if replies else iter(())
        steps = Steps(flow)
        for effect in steps:
            self.effects.append(effect)
            try:
                steps.reply = self._reply(effect, endless)
            except BaseException as failure:  # noqa: BLE001 - as a driver does
                steps.failure = failure
        return steps.result

    def _reply(self, effect: Effect, replies: Iterable[Reply]) -> object:
        if isinstance(effect, Pause):
            self.clock += effect.seconds
            return self.clock
        if isinstance(effect, Load):
            return self.files[effect.source]
        if isinstance(effect, Keep):
            if self.disk_full:
                raise SaveError("out cannot be written: No space left on device")
            return f"{effect.folder}/{effect.name}"
        if isinstance(effect, Call | Download | Listen):
            self.clock += min(self.latency, effect.timeout)
            return self._scripted(next(iter(replies)))
        return None

    def _scripted(self, reply: Reply) -> object:
        if isinstance(reply, NoAnswerError):
            reply.at = self.clock
        if isinstance(reply, BaseException):
            raise reply
        if isinstance(reply, Answer):
            return Answer(reply.status, reply.headers, reply.body, self.clock, self.clock)
        return reply

    @property
    def calls(self) -> list[Call]:
        return [effect for effect in self.effects if isinstance(effect, Call)]

    @property
    def asked(self) -> list[str]:
        """The operations that a request was sent to, in order."""
        sent = [
            e for e in self.effects if isinstance(e, Call) or (isinstance(e, Listen) and e.opens)
        ]
        return [effect.exchange.operation for effect in sent]

    @property
    def pauses(self) -> list[float]:
        return [e.seconds for e in self.effects if isinstance(e, Pause) and e.seconds]

    @property
    def notices(self) -> list[object]:
        return [effect.value for effect in self.effects if isinstance(effect, Notice)]

    @property
    def downloads(self) -> list[Download]:
        return [effect for effect in self.effects if isinstance(effect, Download)]


def say(status: int, body: object = None, **headers: str) -> Answer:
    """Build a JSON answer; a body of type str is sent as it stands."""
    text = body if isinstance(body, str) else json.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"content-type": "application/json", **named}, text.encode())


def unsent() -> NoAnswerError:
    return NoAnswerError("no connection could be made", phase="connect", unsent=True)


def unanswered() -> NoAnswerError:
    return NoAnswerError("no answer came in time", phase="wait for the answer", unsent=False)


@dataclass
class Kit:
    """What flow tests build with, in one fixture, since test modules import nothing of each other."""

    job: JobRef = JOB
    world: type[World] = World
    say: Callable[..., Answer] = say
    unsent: Callable[[], NoAnswerError] = unsent
    unanswered: Callable[[], NoAnswerError] = unanswered

    def settings(self, **options: object) -> Settings:
        return Settings.load(api_key="canary-key", base_url="https://gateway.test", **options)  # type: ignore[arg-type]

    def deadline(self, seconds: float = 600.0) -> Deadline:
        deadline = Deadline(seconds)
        deadline.started = deadline.now = World.clock
        return deadline

    def ticket(self, **changes: object) -> Answer:
        url = f"https://queue.fal.run{JOB.path}"
        body = {
            "status": "IN_QUEUE",
            "request_id": JOB.request_id,
            "response_url": url,
            "status_url": f"{url}/status",
            "cancel_url": f"{url}/cancel",
            "queue_position": 0,
        }
        kept = {name: value for name, value in {**body, **changes}.items() if value is not None}
        return say(200, kept)

    def output(self, **changes: object) -> dict[str, object]:
        image = {"url": "https://cdn.test/a.jpeg", "content_type": "image/jpeg"}
        return {
            "images": [image],
            "timings": {},
            "seed": 7,
            "has_nsfw_concepts": [False],
            "prompt": "",
            **changes,
        }

    def watch(self, settings: Settings | None = None, *, logs: bool = False) -> Watch:
        chosen = settings or self.settings()
        deadline = self.deadline(chosen.deadline)
        return Watch(self.job, REDUX, settings=chosen, deadline=deadline, logs=logs)


@pytest.fixture
def kit() -> Kit:
    return Kit()
