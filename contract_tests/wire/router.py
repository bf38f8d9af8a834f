"""A respx router whose mocks cannot lie: both the request and the answer are held to the contract.

A violation is a BaseException, so that no ``except Exception`` and no retry of the code under test
hides it, and it is raised again when the router's context ends.
"""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import NoReturn, Self, TypeAlias
from urllib.parse import unquote

import httpx
import respx
from respx.models import AllMockedAssertionError, ResolvedRoute, SideEffectError

from ..contract import Contract, Operation

Scripted: TypeAlias = httpx.Response | httpx.TransportError
_LIE = "declared_lie"


class Violation(BaseException):
    """The request, or the mock's own answer, is not what the contract says."""


def lie(response: httpx.Response) -> httpx.Response:
    """Declare that one answer of a script breaks the contract; it is a violation if it does not."""
    response.extensions[_LIE] = True
    return response


class _Log:
    """What the routes of one router report to: violations, and answers by operation and status."""

    def __init__(self) -> None:
        self.violations: list[Violation] = []
        self.ledger: Counter[tuple[str, int]] = Counter()

    def violation(self, about: str, *problems: str) -> Violation:
        found = Violation(f"{about}: {'; '.join(problems)}")
        self.violations.append(found)
        return found


class _StrictRoute(respx.Route):
    """A route that checks what it is asked and what it answers, and never invents an answer."""

    def __init__(self, about: str, method: str, pattern: str, log: _Log) -> None:
        super().__init__(method=method, url__regex=f"^{pattern}$")
        self.about = about
        self._log = log

    def answers(self, *script: Scripted) -> Self:
        """Answer with these, one after the other; one call more, or one fewer, is a violation."""
        self.side_effect = script
        return self

    def leftovers(self) -> int:
        """Count the answers of a script that nobody asked for."""
        if not isinstance(self._side_effect, Iterator):
            return 0
        left = list(self._side_effect)
        self._side_effect = iter(left)
        return len(left)

    def pass_through(self, value: bool = True) -> Self:  # noqa: FBT001, FBT002 - respx's signature
        if value:
            raise TypeError("a checked route lets no request through to the network")
        return self

    def resolve(self, request: httpx.Request, **path: str) -> httpx.Response:
        if self._side_effect is None and self._return_value is None:
            raise self._log.violation(self.about, "it was called, and no answer is set for it")
        if problems := self._request_problems(request, path):
            raise self._log.violation(f"request to {self.about}", *problems)
        answer = self._next(request)
        self._check_answer(answer)
        return answer

    def _next(self, request: httpx.Request) -> httpx.Response:
        try:
            answer = super().resolve(request)
        except StopIteration:
            raise self._log.violation(
                self.about, f"call {len(self.calls) + 1} is one more than its script has answers"
            ) from None
        except SideEffectError as error:
            if isinstance(error.origin, httpx.TransportError):
                raise
            raise self._log.violation(
                self.about, f"its side effect raised {error.origin!r}, as no transport does"
            ) from error.origin
        if inspect.iscoroutine(answer):
            answer.close()
        if not isinstance(answer, httpx.Response):
            raise self._log.violation(
                self.about, f"its side effect gave {type(answer).__name__}, not an answer"
            )
        return answer

    def _request_problems(self, request: httpx.Request, path: dict[str, str]) -> list[str]:
        raise NotImplementedError

    def _check_answer(self, answer: httpx.Response) -> None:
        raise NotImplementedError


class SpecRoute(_StrictRoute):
    """The route of one operation of the contract."""

    def __init__(self, operation: Operation, base_url: str, credentials: str, log: _Log) -> None:
        pattern = rf"{re.escape(base_url)}{operation.path_pattern}(\?.*)?"
        super().__init__(operation.operation_id, operation.method, pattern, log)
        self._operation = operation
        self._credentials = credentials
        self._lies = False

    def example(self, status: int, name: str | None = None) -> Self:
        """Answer with the contract's own example of a status; unnamed, the first."""
        examples = self._operation.examples(status)
        body = examples[name] if name else next(iter(examples.values()))
        self.mock(return_value=answer_of(self._operation, status, body))
        return self

    def lies(self) -> Self:
        """Declare that every answer of this route breaks the contract."""
        self._lies = True
        return self

    def _request_problems(self, request: httpx.Request, path: dict[str, str]) -> list[str]:
        values = {name: unquote(value) for name, value in path.items()}
        problems = self._operation.request_problems(request, values)
        if self._operation.secured and request.headers.get_list("authorization") != [
            self._credentials
        ]:
            scheme = self._credentials.partition(" ")[0]
            problems.append(f"header Authorization: it is not `{scheme}` and the key")
        return problems

    def _check_answer(self, answer: httpx.Response) -> None:
        problems = self._operation.answer_problems(answer)
        declared = self._lies or _LIE in answer.extensions
        about = f"answer {answer.status_code} of {self.about}"
        if problems and not declared:
            raise self._log.violation(about, *problems)
        if declared and not problems:
            raise self._log.violation(about, "it is declared a lie and conforms to the contract")
        self._log.ledger[self.about, answer.status_code] += 1


def answer_of(operation: Operation, status: int, body: object) -> httpx.Response:
    """Make an answer with this body, under the media type that is documented for the status."""
    answer = operation.answer(status)
    media_type = next(iter(answer.content.schemas), None) if answer else None
    if not isinstance(body, str) or media_type is None or media_type.endswith("json"):
        return httpx.Response(status, json=body)
    return httpx.Response(status, text=body, headers={"Content-Type": media_type})


class FileRoute(_StrictRoute):
    """A public file on a host that is none of the API's: the key must not come near it."""

    def __init__(self, url: str, key: str, log: _Log) -> None:
        super().__init__(f"file {url}", "GET", re.escape(url), log)
        self._key = key

    def _request_problems(self, request: httpx.Request, _path: dict[str, str]) -> list[str]:
        problems = [
            f"header {name}: a public file's host has no business with it"
            for name in ("authorization", "cookie", "proxy-authorization")
            if name in request.headers
        ]
        sent = f"{request.url} {request.headers.multi_items()}"
        return problems + (["the key is in it"] if self._key in sent else [])

    def _check_answer(self, answer: httpx.Response) -> None:
        """Files are no part of the contract, so their host may answer as it likes."""


class SpecRouter(respx.Router):
    """Routes of a contract, by operationId; nothing else is answered."""

    def __init__(self, contract: Contract, *, base_url: str, key: str, scheme: str) -> None:
        super().__init__(assert_all_called=False, assert_all_mocked=True)
        self.contract = contract
        self.base_url = base_url
        self._key = key
        self._log = _Log()
        for name, operation in contract.operations.items():
            route = SpecRoute(operation, base_url, f"{scheme} {key}", self._log)
            self.routes.add(route, name=name)

    @property
    def transport(self) -> httpx.MockTransport:
        """The router as a transport of httpx, for the sync and the async client alike."""
        return httpx.MockTransport(self.handler)

    @property
    def ledger(self) -> Counter[tuple[str, int]]:
        """How often each operation was answered with each status."""
        return self._log.ledger

    def __getitem__(self, name: str) -> SpecRoute:
        route = self.routes[name]
        assert isinstance(route, SpecRoute)
        return route

    def add(self, *_: object, **__: object) -> NoReturn:
        raise TypeError(f"routes come from the contract: {', '.join(self.contract.operations)}")

    def file(self, url: str, content: bytes = b"", content_type: str = "image/png") -> FileRoute:
        """Serve a public file; give the route other answers where the file host misbehaves."""
        route = FileRoute(url, self._key, self._log)
        route.respond(200, content=content, content_type=content_type)
        self.routes.add(route)
        return route

    def resolve(self, request: httpx.Request) -> ResolvedRoute:
        with suppress(AllMockedAssertionError):
            resolved = super().resolve(request)
            if isinstance(resolved.route, _StrictRoute):
                return resolved
        raise self._log.violation(
            f"request {request.method} {request.url}", "the contract documents no such thing"
        )

    async def aresolve(self, request: httpx.Request) -> ResolvedRoute:
        return self.resolve(request)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self._check_scripts()
        if not self._log.violations or error in self._log.violations:
            return
        first, *others = self._log.violations
        for other in others:
            first.add_note(f"and {other}")
        raise first from error

    def _check_scripts(self) -> None:
        for route in self.routes:
            if isinstance(route, _StrictRoute) and (left := route.leftovers()):
                self._log.violation(route.about, f"{left} answers of its script were not asked for")
