"""Watches what is done on one job's behalf: counts it for the receipt and tells of it as it goes.

It looks at the effects that pass, so that no flow need report what it does, and none can forget.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import replace

from .._effects import (
    Answer,
    Call,
    Download,
    Downloaded,
    Effect,
    Exchange,
    Flow,
    Keep,
    Listen,
    Notice,
    Pause,
    R,
    Steps,
)
from .._log import log, word
from .._masking import Mask
from .._refs import JobRef
from .._spans import JobSpan
from ..endpoints import Endpoint
from ..errors import ChainHubError, JobFailedError, NoAnswerError, SubmissionUnknownError
from ..models import Receipt
from ..settings import Settings
from ..status import State, Status, Update

_UNITS = "x-fal-billable-units"  # upstream facts, section 1.3
_LONGEST_UNITS = 100  # characters; a number is what is expected
_REQUESTS = (Call, Listen)
_OF_THE_NET = (Call, Listen, Download)


class Trail:
    """What one job left behind so far: moments, counts, and the span.

    ``inputs`` are known where the job was submitted here; what they hold is taken out of errors.
    Moments are the driver's clock, read from the replies.
    """

    def __init__(
        self,
        endpoint: Endpoint[..., object],
        settings: Settings,
        *,
        inputs: Mapping[str, object],
        job: JobRef | None = None,
    ) -> None:
        self.job = job
        self.span = JobSpan()
        self.retries = 0
        self.polls = 0
        self.bytes_saved = 0
        self._endpoint = endpoint
        self._settings = settings
        # A header of a server's may repeat the key, which the driver takes out of bodies.
        self._mask = Mask(inputs, endpoint.input_schema, endpoint.files, settings.api_key.parts)
        self._sent = self._received = 0
        self._units: str | None = None
        self._now = self._when = 0.0
        self._began: float | None = None
        self._queued: float | None = None
        self._running: float | None = None
        self._queue_seconds: float | None = None
        self._run_said: float | None = None
        self._told: tuple[str, int | None] | None = None
        self._submitting = False

    def watch(self, flow: Flow[R], *, spanned: bool = False) -> Flow[R]:
        """Run a flow and see what it does; an error that leaves it quotes no input.

        What a hook raises is thrown into the flow, like an error of the caller's own. ``spanned``
        says that an error which leaves the flow ends the span.
        """
        steps = Steps(flow)
        try:
            for effect in steps:
                try:
                    steps.reply = yield self._noted(effect)
                    self._saw(effect, steps.reply)
                except BaseException as failure:  # noqa: BLE001 - as a driver does: the flow decides
                    if isinstance(failure, NoAnswerError) and isinstance(effect, _OF_THE_NET):
                        self._unanswered(effect, failure)
                    steps.failure = failure
        except GeneratorExit:
            raise  # nobody listens any more, which says nothing of the job
        except BaseException as error:
            self._left_by(error, spanned=spanned)
            raise
        return steps.result

    def masked(self, status: Status) -> Status:
        """Return a status that quotes no input, but for its log lines, which were asked for."""
        if status.known and not (status.error or status.error_type):
            return status
        hide = self._mask.text
        state = status.state if status.known else hide(status.state)
        return replace(
            status, state=state, error=hide(status.error), error_type=hide(status.error_type)
        )

    def receipt(
        self,
        output: Mapping[str, object],
        *,
        elapsed: float,
        parameters: Mapping[str, object],
        unexpected: Mapping[str, int],
    ) -> Receipt:
        """Return the receipt of a job whose output has come now."""
        assert self.job is not None  # noqa: S101 - what has an output has been queued
        queued = self._began if self._began is not None else self._queued
        return Receipt(
            self.job,
            elapsed=elapsed,
            polls=self.polls,
            parameters=parameters,
            unexpected={self._mask.text(odd): times for odd, times in unexpected.items()},
            queue_seconds=self._queue_seconds,
            run_seconds=self._run_seconds(output),
            total_seconds=self._since(queued if self._queued is not None else None),
            retries=self.retries,
            bytes_sent=self._sent,
            bytes_received=self._received,
            bytes_saved=self.bytes_saved,
            units=self._units,
        )

    def finish(self) -> None:
        """End the span: the files are saved."""
        self.span.note(bytes_saved=self.bytes_saved, polls=self.polls, retries=self.retries)
        self.span.end()

    def _noted(self, effect: Effect) -> Effect:
        """Take note of what a flow is about to do; return the effect as it may be passed on."""
        if isinstance(effect, Notice):
            return Notice(self._hear(effect.value))
        if isinstance(effect, _REQUESTS):
            self._begin(effect)
        return effect

    def _begin(self, effect: Call | Listen) -> None:
        if effect.exchange.body is not None:
            self._submitting = True
            self.span.begin(endpoint=self._endpoint.id)
        if effect.exchange.method == "GET" and _sends(effect):
            self.polls += 1

    def _saw(self, effect: Effect, reply: object) -> None:
        if isinstance(effect, Pause) and isinstance(reply, float):
            self._now = reply
            self._began = reply if self._began is None else self._began
        elif isinstance(effect, _REQUESTS) and isinstance(reply, Answer):
            self._answered(effect.exchange, reply)
        elif isinstance(effect, Download) and isinstance(reply, Downloaded):
            self._log_exchange("a file", reply.status, reply.at)
        elif isinstance(effect, Keep):
            content = effect.content
            self.bytes_saved += content.size if isinstance(content, Downloaded) else len(content)

    def _answered(self, exchange: Exchange, answer: Answer) -> None:
        self._log_exchange(exchange.operation, answer.status, answer.at)
        self._submitting = False
        self._when = answer.when
        self._sent += len(exchange.body or b"")
        self._received += len(answer.body)
        units = answer.headers.get(_UNITS, "").strip()
        if units and units.isprintable():
            self._units = self._mask.text(units[:_LONGEST_UNITS])

    def _unanswered(self, effect: Call | Listen | Download, failure: NoAnswerError) -> None:
        operation = "a file" if isinstance(effect, Download) else effect.exchange.operation
        self._sent += failure.bytes_written or 0
        self._submitting = False  # the flow knows what that means
        self._log_exchange(operation, f"nothing ({failure.phase})", failure.at)

    def _log_exchange(self, operation: str, said: object, at: float) -> None:
        took = max(0.0, at - self._now) * 1000
        self._now = max(self._now, at)
        if log.isEnabledFor(logging.DEBUG):
            log.debug("%s: %s answered %s in %.0f ms", self._name, operation, said, took)

    def _hear(self, value: object) -> object:
        """Take note of what a flow tells; return it as it may be passed on."""
        if isinstance(value, JobRef):
            self._enqueued(value)
        elif isinstance(value, ChainHubError):
            self._tries_again(value)
        elif isinstance(value, Update):
            value = replace(value, status=self.masked(value.status))
            self._moved(value)
        return value

    def _enqueued(self, job: JobRef) -> None:
        self.job = job
        self._queued = self._now
        self.span.note(request_id=job.request_id)
        log.info("%s: queued after %.1f s", self._name, self._now - (self._began or 0.0))

    def _tries_again(self, error: ChainHubError) -> None:
        self._mask.error(error)
        self.retries += 1
        self.span.event("retry", error=type(error).__name__)

    def _moved(self, update: Update) -> None:
        """Note a state for the receipt, tell of a change, and call the caller's hook."""
        self._time(update.status)
        now = (update.state, update.queue_position)
        if now != self._told:
            self._told = now
            self._tell(update)
        if self._settings.on_update is not None and self.job is not None:
            self._settings.on_update(self.job, update)

    def _tell(self, update: Update) -> None:
        state = word(update.state)
        ahead = "" if update.queue_position is None else f", {update.queue_position} ahead"
        place = {} if update.queue_position is None else {"queue_position": update.queue_position}
        self.span.note(state=state, polls=self.polls, retries=self.retries)
        self.span.event(state, **place)
        log.info("%s: %s%s after %.1f s", self._name, state, ahead, update.elapsed)
        if not update.status.known:
            log.warning("%s: the contract does not know the state %s", self._name, state)

    def _time(self, status: Status) -> None:
        said = status.metrics.get("inference_time")
        self._run_said = _seconds(said) if _seconds(said) is not None else self._run_said
        runs = status.state == State.IN_PROGRESS and bool(status.raw)  # else it is only supposed
        if runs and self._running is None:
            self._running = self._now
        if (runs or status.terminal) and self._queue_seconds is None:
            self._queue_seconds = self._since(self._queued)

    def _since(self, moment: float | None) -> float | None:
        """Return the seconds since then; of a job from elsewhere, since its submit if known."""
        if moment is not None:
            return max(0.0, self._now - moment)
        if self.job is not None and self.job.submitted_at and self._when:
            return max(0.0, self._when - self.job.submitted_at)
        return None

    def _run_seconds(self, output: Mapping[str, object]) -> float | None:
        timings = output.get("timings")
        said = _seconds(timings.get("inference")) if isinstance(timings, Mapping) else None
        observed = None if self._running is None else max(0.0, self._now - self._running)
        return next((s for s in (self._run_said, said, observed) if s is not None), None)

    def _left_by(self, error: BaseException, *, spanned: bool) -> None:
        self._mask.notes(error)
        if isinstance(error, ChainHubError):
            self._mask.error(error)
        if spanned:
            self.span.note(polls=self.polls, retries=self.retries)
            self.span.end(error)
        advice, level = self._advice(error)
        log.log(level, "%s: %s: %s", self._name, type(error).__name__, advice)

    def _advice(self, error: BaseException) -> tuple[str, int]:
        """Say what became of the job, and whether a person should act on it."""
        if isinstance(error, SubmissionUnknownError):
            return f"it may be queued and charged (sha256 {error.digest[:12]})", logging.WARNING
        if isinstance(error, JobFailedError):
            code = word(error.code) if error.code else "no code"
            return f"it ended without a result ({code})", logging.INFO
        if self.job is not None:
            return "fetch it by its id", logging.WARNING
        if self._submitting:
            return "cut off, so it may be queued and charged", logging.WARNING
        return "no job came of it", logging.INFO

    @property
    def _name(self) -> str:
        about = f"job {self.job.request_id}" if self.job else "a submit"
        return f"{about} of {self._endpoint.id}"


def _sends(effect: Call | Listen) -> bool:
    """Tell whether it takes a request; to hear more of what is open takes none."""
    return isinstance(effect, Call) or effect.opens


def _seconds(value: object) -> float | None:
    """Return a server's number of seconds, if it is one."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if 0 <= value < math.inf else None
