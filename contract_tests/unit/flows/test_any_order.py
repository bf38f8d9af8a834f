"""Whatever comes in whatever order: a result, a typed error that names the job, or the deadline.

Answers, failures and clock jumps are drawn one by one and fed to the real flows; what the queue
would have done is kept beside them, so that no submit is ever sent that could be paid twice.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import JobRef, errors
from chainhub_fal._effects import (
    SHORTEST_TIMEOUT,
    Answer,
    Call,
    Download,
    Downloaded,
    Effect,
    Hush,
    Keep,
    Listen,
    Pause,
    Steps,
)
from chainhub_fal.flows.working import Work, start
from chainhub_fal.settings import Settings

ID = "11111111-2222-4333-8444-555555555555"
PATH = f"/fal-ai/flux-1/requests/{ID}"
INPUTS = {"image_url": "https://pictures.test/a-private-signature"}
JPEG = b"\xff\xd8\xff....\xff\xd9"
OUTPUT = {"images": [{"url": "https://cdn.test/a.jpg"}], "timings": {}, "seed": 7,
          "has_nsfw_concepts": [False], "prompt": ""}  # fmt: skip
# A jump is what a suspended machine, a leap of the driver's clock or a slow exchange looks like.
JUMPS = st.one_of(
    st.floats(0, 2),
    st.sampled_from([0.0, -1.0, -3600.0, 600.0, 86400.0, 1e9]),
)
STATES = st.sampled_from(
    ["IN_QUEUE", "IN_PROGRESS", "COMPLETED", "FAILED", "CANCELLED", "ODD", "NOT_FOUND"]
)
CODES = st.sampled_from(
    [
        200,
        202,
        204,
        302,
        400,
        401,
        403,
        404,
        405,
        408,
        409,
        410,
        413,
        422,
        429,
        499,
        500,
        502,
        503,
        504,
    ]
)
TICKET = {"request_id": ID, "status": "IN_QUEUE", "response_url": f"https://queue.fal.run{PATH}"}
BODIES = st.one_of(
    st.sampled_from([TICKET, {**TICKET, "status_url": "https://evil.test/x"}, OUTPUT, {}, [], None, "text",
                     {"detail": "Request is still in progress"}, {"detail": [{"loc": ["body"], "msg": "no", "type": "x"}]},
                     {"error": {"message": INPUTS["image_url"], "code": "x"}}, {"request_id": "../x"}, {"request_id": 7}]),
    st.builds(lambda state: {"status": state, "request_id": ID, "queue_position": 2}, STATES),
)  # fmt: skip
HEADERS = st.sampled_from([{}, {"retry-after": "1"}, {"retry-after": "999999999"}, {"retry-after": "Fri, 01 Jan 2100 00:00:00 GMT"}, {"x-fal-error-type": "x"}])  # fmt: skip
PHASES = st.sampled_from(["turn", "connect", "send", "wait for the answer", "receive"])
FATES = st.sampled_from([KeyboardInterrupt, RuntimeError])
KINDS = st.sampled_from(["application/json", "text/html", "text/event-stream"])
TO_BE_ANSWERED = (Call, Download, Listen, Pause)
MOST_STEPS = 40


class AnyOrder(RuleBasedStateMachine):
    """One job from the submit to the saved file; each rule answers the effect that is waited on."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = 1000.0
        self.effect: Effect | None = None
        self.steps: Steps[Any]
        self.job: JobRef | None = None
        self.work: Work[Any] | None = None
        self.submits = 0
        self.may_submit = True  # nothing that was sent so far can have been queued
        self.stage = "submit"
        self.fate: type[BaseException] | None = None
        self.leaves_a_job = False
        self.spent = 0.0
        self.is_heard = False  # a stream is open

    @initialize(
        deadline=st.floats(0.5, 500),
        dialect=st.sampled_from(["gateway", "fal"]),
        on_abandon=st.sampled_from(["keep", "cancel"]),
        updates=st.sampled_from(["poll", "stream"]),
    )
    def begin(self, **options: Any) -> None:
        self.settings = Settings.load(api_key="canary-key", base_url="https://g.test", **options)
        flow = start(REDUX, INPUTS, settings=self.settings, on_end=lambda _: None)
        self.steps = Steps(flow)
        self.advance()

    def advance(self) -> None:
        """Let the flow go on to the next thing that only the world can answer."""
        try:
            for effect in self.steps:
                self.effect = effect
                if isinstance(effect, TO_BE_ANSWERED):
                    self.check(effect)
                    return
                self.is_heard = self.is_heard and not isinstance(effect, Hush)
                self.steps.reply = f"out/{effect.name}" if isinstance(effect, Keep) else None
        except BaseException as error:  # noqa: BLE001 - which it is, is what is judged
            self.effect = None
            self.judge(error)
        else:
            self.effect = None
            self.next_stage()

    def check(self, effect: Call | Download | Listen | Pause) -> None:
        if isinstance(effect, Pause) and effect.seconds == 0:
            # A part with a deadline begins: the wait, the save, or the cancel of what is left.
            self.spent = 0.0 if self.spent >= self.settings.deadline else self.spent
            return
        most = self.settings.deadline + self.settings.abandon_timeout
        assert self.spent < most, "it goes on after its deadline"
        if isinstance(effect, Pause):
            longest = max(self.settings.deadline, self.settings.abandon_timeout)
            assert 0 < effect.seconds <= longest
            return
        if isinstance(effect, Listen):
            assert self.is_heard is not effect.opens, "it hears what is not open"
            assert 0 < effect.quiet <= max(self.settings.deadline / 2, SHORTEST_TIMEOUT)
        assert 0 < effect.timeout <= max(self.settings.submit_timeout, self.settings.timeout)
        if isinstance(effect, Call) and effect.exchange.body is not None:
            assert self.may_submit, "this submit may be paid for twice"
            self.submits += 1

    def judge(self, error: BaseException) -> None:
        if isinstance(error, AssertionError):
            raise error
        if self.fate is not None and isinstance(error, self.fate):
            assert bool(getattr(error, "__notes__", ())) == self.leaves_a_job
            return
        assert isinstance(error, errors.ChainHubError), f"{error!r} is none of ours"
        assert "a-private-signature" not in f"{error} {vars(error)}"
        assert "canary-key" not in f"{error} {vars(error)}"
        if self.stage != "submit":
            assert error.job == self.job
        if isinstance(error, errors.SubmissionUnknownError | errors.TicketError):
            assert self.stage == "submit"
            assert not self.may_submit
        elif self.stage == "submit" and not isinstance(error, errors.NotTheApiError):
            assert self.may_submit, f"{error!r} hides that the job may be queued"

    def next_stage(self) -> None:
        if self.stage == "submit":
            self.work = self.steps.result
            self.job = self.work.job
            assert (self.job.request_id, self.job.path) == (ID, PATH)
            self.stage, self.steps = "wait", Steps(self.work.wait())
        elif self.stage == "wait":
            assert self.work is not None
            self.sane(self.steps.result.receipt)
            self.stage, self.steps = "save", Steps(self.work.save(self.steps.result, "out"))
        else:
            return
        self.advance()

    def sane(self, receipt: Any) -> None:
        spans = (receipt.queue_seconds, receipt.run_seconds, receipt.total_seconds)
        assert all(span is None or span >= 0 for span in spans)
        assert receipt.polls >= 1
        assert receipt.retries >= 0

    def move(self, seconds: float, *, counts: bool = True) -> None:
        self.clock += seconds
        self.spent += max(0.0, seconds) if counts else 0.0

    def waits_for(self, *kinds: type[Effect]) -> bool:
        return isinstance(self.effect, kinds)

    @property
    def submitting(self) -> bool:
        return isinstance(self.effect, Call) and self.effect.exchange.body is not None

    @precondition(lambda self: self.waits_for(Pause))
    @rule(jump=JUMPS)
    def time_passes(self, jump: float) -> None:
        assert isinstance(self.effect, Pause)
        begins = self.effect.seconds == 0  # asks for the clock: what went before is not counted
        self.move(self.effect.seconds + jump, counts=not begins)
        self.steps.reply = self.clock
        self.advance()

    @precondition(lambda self: self.waits_for(Call, Listen))
    @rule(status=CODES, body=BODIES, headers=HEADERS, kind=KINDS, jump=JUMPS)
    def an_answer_comes(self, status: int, body: Any, headers: Any, kind: str, jump: float) -> None:
        self.move(jump)
        if isinstance(self.effect, Listen) and self.effect.opens:
            self.is_heard = 200 <= status < 300 and kind == "text/event-stream"
        if self.submitting:
            named = isinstance(body, dict) and bool(body.get("request_id"))
            refused = 400 <= status < 500 and status not in {408, 409, 499}
            self.may_submit = (refused or status == 503) and not named
        page = kind == "text/html" and not isinstance(body, dict)
        text = b"<p>canary</p>" if page else json.dumps(body).encode()
        self.steps.reply = Answer(
            status, {"content-type": kind, **headers}, text, self.clock, self.clock
        )
        self.advance()

    @precondition(lambda self: self.submitting)
    @rule(status=st.sampled_from([400, 422, 429, 503]))
    def a_refusal_that_names_a_job_comes(self, status: int) -> None:
        self.an_answer_comes(status, TICKET, {}, "application/json", 0.0)

    @precondition(lambda self: self.waits_for(Listen))
    @rule(state=STATES, jump=JUMPS)
    def something_is_heard(self, state: str, jump: float) -> None:
        body = {"status": state, "request_id": ID}
        self.an_answer_comes(200, body, {}, "text/event-stream", jump)

    @precondition(lambda self: self.waits_for(Call, Download, Listen))
    @rule(phase=PHASES, jump=JUMPS)
    def no_answer_comes(self, phase: str, jump: float) -> None:
        self.move(jump)
        self.is_heard = False
        unsent = phase in {"turn", "connect"}
        if self.submitting and not unsent:
            self.may_submit = False
        self.steps.failure = errors.NoAnswerError(
            "none", phase=phase, unsent=unsent, at=self.clock, when=self.clock, bytes_written=0
        )
        self.advance()

    @precondition(lambda self: self.waits_for(Download))
    @rule(status=CODES, whole=st.integers(0, 1), jump=JUMPS)
    def a_file_comes(self, status: int, whole: int, jump: float) -> None:
        self.move(jump)
        content = JPEG if whole else JPEG[:-2]
        self.steps.reply = Downloaded(
            status, {}, content, content, len(content), "part", self.clock
        )
        self.advance()

    @precondition(lambda self: self.effect is not None and self.fate is None)
    @rule(fate=FATES)
    def it_is_interrupted(self, fate: type[BaseException]) -> None:
        if self.submitting:
            self.may_submit = False
        self.leaves_a_job = self.submitting or self.stage == "wait"
        self.fate = fate
        self.steps.failure = fate()
        self.advance()

    @precondition(lambda self: self.effect is None)
    @rule()
    def it_is_taken_up_again(self) -> None:
        if self.work is not None and self.work.outcome is None:
            self.fate, self.spent, self.is_heard = None, 0.0, False
            self.steps = Steps(self.work.wait())
            self.advance()

    def teardown(self) -> None:
        """Nothing but silence from here: it must still come to an end, by its own deadline."""
        for _ in range(10_000):
            if self.effect is None:
                return
            if isinstance(self.effect, Pause):
                self.time_passes(0.0)
            else:
                assert isinstance(self.effect, Call | Download | Listen)
                self.no_answer_comes("receive", self.effect.timeout)
        pytest.fail("it goes on for ever")


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=150,
    stateful_step_count=MOST_STEPS,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    derandomize=True,
    phases=(Phase.generate,),
)
