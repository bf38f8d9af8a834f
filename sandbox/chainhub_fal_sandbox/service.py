"""Serving the queue's routes: from a request and the rules to an answer."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Mapping
from urllib.parse import parse_qs
from uuid import uuid4

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.contract import Contract, Endpoint
from chainhub_fal_sandbox.dialects import dialect_of
from chainhub_fal_sandbox.dialects.bodies import JobView
from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.files import FileStore, file_answer
from chainhub_fal_sandbox.production import Production
from chainhub_fal_sandbox.queue import Cancellation, Failure, Job, Queue, State
from chainhub_fal_sandbox.recorder import Recorder
from chainhub_fal_sandbox.rules import Rules
from chainhub_fal_sandbox.settings import Settings
from chainhub_fal_sandbox.streaming import Bell, Watch, status_blocks
from chainhub_fal_sandbox.validation import (
    BodyRefusedError,
    Detail,
    contract_errors,
    detail,
    parse_json,
)


class Service:
    """One provider: its queue, its files and its correct behaviour, as `rules`."""

    def __init__(self, settings: Settings, contract: Contract, recorder: Recorder) -> None:
        self.settings = settings
        self.dialect = dialect_of(settings)
        self.files = FileStore()
        self.rules = Rules(
            authorised=self._authorised,
            errors=lambda endpoint, body: contract_errors(endpoint.validator, body),
            ending=lambda _: None,
            new_id=lambda: str(uuid4()),
            find=self._find,
        )
        self._recorder = recorder
        self._queue = Queue(
            settings.workers, settings.queue_seconds, settings.run_seconds, settings.others_ahead
        )
        self._bell = Bell()
        self._production = Production(settings, contract, self.files)
        self._epoch = time.time() - settings.clock()

    async def answer(self, exchange: Exchange, rules: Rules) -> Answer:
        """Answer one request by the rules; routing and the key come before everything else."""
        route = exchange.route
        if not route.kind:
            return self.dialect.unrouted(exchange)
        if exchange.method not in route.methods:
            refusal = self.dialect.refused(405, f"Method {exchange.method} is not allowed here")
            return refusal.with_headers({"allow": ", ".join(route.methods)})
        if route.kind == "file":
            return await self._file(exchange)
        if not rules.authorised(exchange):
            return self.dialect.unauthorised(exchange)
        return await self._queue_answer(exchange, rules)

    async def _queue_answer(self, exchange: Exchange, rules: Rules) -> Answer:
        route = exchange.route
        if route.endpoint is not None:
            return await self._submit(exchange, route.endpoint, rules)
        job = rules.find(exchange)
        if job is None:
            return self.dialect.unknown_job()
        serve = {
            "status": self._status,
            "stream": self._status,
            "result": self._result,
            "cancel": self._cancel,
        }
        return await serve[route.kind](exchange, job, rules)

    async def _submit(self, exchange: Exchange, endpoint: Endpoint, rules: Rules) -> Answer:
        if exchange.body is None:
            limit = self.settings.body_limit
            return self.dialect.refused(413, f"Request body is larger than {limit} bytes")
        try:
            _check_media_type(exchange.headers)
            body = await asyncio.to_thread(parse_json, exchange.body)
        except BodyRefusedError as error:
            return self.dialect.unreadable(error)
        errors = await asyncio.to_thread(rules.errors, endpoint, body)
        if errors and (self.settings.validation == "submit" or not isinstance(body, dict)):
            return self.dialect.invalid(errors)
        failure = Failure(422, errors) if errors else rules.ending(body)
        now = self.settings.clock()
        fields = body if isinstance(body, dict) else {}
        job = self._queue.submit(rules.new_id(), endpoint.endpoint_id, fields, now, failure)
        exchange.request_id = job.request_id
        self._recorder.pay(job.request_id)
        return self.dialect.ticket(self._view(job, exchange))

    async def _status(self, exchange: Exchange, job: Job, _: Rules) -> Answer:
        logs = parse_qs(exchange.query, keep_blank_values=True).get("logs", ["0"])[-1]
        if logs not in ("0", "1"):
            return self.dialect.invalid([_bad_logs(logs)])
        if exchange.route.kind == "stream":
            return self._stream(exchange, job, logs=logs == "1")
        await self._settle(job, exchange)
        return self.dialect.status(self._view(job, exchange, logs=logs == "1"))

    def _stream(self, exchange: Exchange, job: Job, *, logs: bool) -> Answer:
        async def look(told: int) -> JobView:
            self._queue.advance(self.settings.clock())
            await self._settle(job, exchange)
            return self._view(job, exchange, logs=logs, told=told)

        def due(view: JobView) -> float:
            change = self._queue.next_change(job, view.now)
            return min(change, view.next_line_at) if logs else change

        watch = Watch(look, lambda view: self.dialect.status(view).body, due, self._bell.pause)
        headers = self.dialect.status(self._view(job, exchange)).headers
        return Answer.stream(status_blocks(watch, self.settings.ping_seconds), headers)

    async def _result(self, exchange: Exchange, job: Job, _: Rules) -> Answer:
        view = self._view(job, exchange)
        if job.state is not State.COMPLETED:
            return self.dialect.pending(view)
        output = await self._settle(job, exchange)
        if output is None:
            return self.dialect.failed(view)
        return self.dialect.result(view, output)

    async def _cancel(self, exchange: Exchange, job: Job, rules: Rules) -> Answer:
        view = self._view(job, exchange)
        if not rules.cancel:
            return self.dialect.cancelled(view, Cancellation.REQUESTED)
        stop = self.settings.cancel_running == "stop"
        outcome = self._queue.cancel(job, self.settings.clock(), stop_running=stop)
        self._bell.ring()
        return self.dialect.cancelled(view, outcome)

    async def _file(self, exchange: Exchange) -> Answer:
        found = self.files.find(exchange.route.name)
        if found is None:
            return self.dialect.refused(404, "there is no such file")
        data = await asyncio.to_thread(self.files.read, exchange.route.name)
        headers = exchange.headers
        return file_answer(data, found.content_type, headers.get("range"), headers.get("if-range"))

    async def _settle(self, job: Job, exchange: Exchange) -> Mapping[str, object] | None:
        """Make the output of a completed job; None if it is not completed or has failed."""
        if job.state is not State.COMPLETED or job.failure is not None:
            return None
        return await asyncio.to_thread(self._production.output_of, job, exchange.origin)

    def _view(
        self, job: Job, exchange: Exchange, *, logs: bool = False, told: int | None = None
    ) -> JobView:
        host = self.dialect.ticket_host or exchange.origin
        now = self.settings.clock()
        return JobView(job, self._queue.position(job), now, host, self._epoch, logs, told)

    def _find(self, exchange: Exchange) -> Job | None:
        job = self._queue.find(exchange.route.name, self.settings.clock())
        if job is None or not self.dialect.owns(job.endpoint_id, exchange.route.app):
            return None
        return job

    def _authorised(self, exchange: Exchange) -> bool:
        scheme, _, key = exchange.headers.get("authorization", "").partition(" ")
        right = hmac.compare_digest(key.encode(), self.settings.accepted_key.encode())
        return right and scheme.lower() == self.dialect.scheme.lower()


def _check_media_type(headers: Mapping[str, str]) -> None:
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise BodyRefusedError("Content-Type must be application/json")


def _bad_logs(sent: str) -> Detail:
    message = "Input should be 0 or 1"
    return detail(["query", "logs"], message, "literal_error", sent, {"expected": "0 or 1"})
