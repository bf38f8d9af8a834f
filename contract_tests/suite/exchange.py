"""One request of the suite and what came back: sent, judged, noted, and said as a curl line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import httpx

from ..contract import Contract, Operation
from ..harness.findings import Finding, Ledger, Polarity
from ..harness.listening import QUIET, Heard, hear
from ..harness.target import Target
from ..schemas import StrictJsonError, parse_json

LAYER = "suite"
KEY_WORD = "$API_KEY"
RIGHT_KEY = "the right key"
_SILENCES = 3  # requests without an answer, or its end, after which nothing more can be learnt
_SHORTEST_KEY = 8  # characters; what is shorter may stand in any answer by chance
_RUN = re.compile(r"([A-Za-z0-9])\1{199,}")  # what is long in a body that tries a length


class Enough(Exception):  # noqa: N818 - the run is over, which need not be an error
    """No further request is worth sending."""


@dataclass(frozen=True)
class Case:
    """One request and what must come of it.

    ``expected`` lists the statuses that are right, ``what`` says in words what is tried, and
    ``authorization`` may hold ``$API_KEY``. ``tries`` is place, keyword and polarity of each thing
    tried, for the ledger. ``method`` is another one than the operation's for a case about methods.
    ``tolerated`` lists wrong statuses that are a warning, because the contract cannot promise that
    they never come. ``patience`` is how many seconds a stream about a job that may go on is heard:
    with 0 it is left at its first word, and with None it has to end.
    """

    operation: Operation
    rule: str
    what: str
    expected: frozenset[int]
    path: Mapping[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    authorization: str | None = RIGHT_KEY
    tries: tuple[tuple[str, str, Polarity], ...] = ()
    method: str = ""
    tolerated: frozenset[int] = frozenset()
    patience: float | None = None

    @property
    def address(self) -> str:
        """Path and query below the base URL, encoded."""
        path = self.operation.template
        for name, value in self.path.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        return f"{path}?{urlencode(self.query)}" if self.query else path


class Probe:
    """Sends cases to a target and keeps what was found; raises Enough to end the run early."""

    def __init__(
        self, target: Target, contract: Contract, ledger: Ledger, *, seed: int, first: bool
    ) -> None:
        self.target, self.contract, self.seed = target, contract, seed
        self.findings: list[Finding] = []
        self.phase = ""
        self._ledger, self._first = ledger, first
        self._client = target.client(authorization=None)
        self._scheme = target.authorization.removesuffix(target.key)
        self._silences = 0

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(self, case: Case) -> httpx.Response | None:
        """Send a case and judge the answer; None if there was none."""
        try:
            heard = self._heard(case)
        except httpx.HTTPError as error:
            self._ledger.phase(self.phase)
            self._silent(case, error)
            return None
        answer = heard.response
        self._ledger.phase(self.phase)
        self._look_for_the_key(case, answer)
        if not case.method:
            self._note(case, answer)
        if heard.left and case.patience is None and answer.status_code in case.expected:
            words = f"the answer did not end in {self.target.timeout:g} s"
            self.find(case, "stays-open", f"{case.what}: {words}")
            self._note_silence()
        return answer

    def _heard(self, case: Case) -> Heard:
        """Send a case and read its answer, of a stream no more than is to be judged."""
        request = self._client.build_request(
            case.method or case.operation.method,
            case.address,
            headers=self._headers(case, self.target.key),
            content=case.content,
        )
        answer = self._client.send(request, stream=True)
        wrong = answer.status_code not in case.expected
        return hear(
            answer,
            streams=case.operation.streams,
            seconds=case.patience or self.target.timeout,
            # What is wrong already need not be heard out.
            quiet=QUIET if wrong or case.patience == 0 else None,
        )

    def _look_for_the_key(self, case: Case, answer: httpx.Response) -> None:
        """Find a key that is quoted back: it would end in every log on the way."""
        if len(self.target.key) < _SHORTEST_KEY:
            return
        headers = "\n".join(answer.headers.values())
        if self.target.key.encode() in answer.content or self.target.key in headers:
            self.find(case, "key-echoed", f"{case.what}: the answer repeats the key")

    def find(self, case: Case, rule: str, message: str, *, warning: bool = False) -> None:
        """Keep a finding, the same one once; raises Enough if one is all that is wanted."""
        finding = Finding(
            layer=LAYER,
            rule=rule,
            operation=case.operation.operation_id,
            message=message,
            curl=self.curl(case),
            seed=self.seed,
            level="warning" if warning else "error",
        )
        if finding not in self.findings:
            self.findings.append(finding)
        if self._first and not warning:
            raise Enough

    def confess(self, operation: Operation, message: str) -> None:
        """Keep a warning about the suite itself, which no request can repeat."""
        self.findings.append(
            Finding(
                LAYER, "untested", operation.operation_id, message, seed=self.seed, level="warning"
            )
        )

    def curl(self, case: Case) -> str:
        """Return a line that repeats a case; the key stands in it as ``$API_KEY``."""
        parts = ["curl -sS -i -X", case.method or case.operation.method]
        parts.append(shlex.quote(self.target.base_url.rstrip("/") + case.address))
        headers = self._headers(case, KEY_WORD)
        if authorization := headers.pop("Authorization", None):
            parts.append(f'-H "Authorization: {authorization}"')
        elif authorization is not None:
            parts.append("-H 'Authorization;'")  # how curl sends a header without a value
        if case.content is not None and "Content-Type" not in headers:
            parts.append("-H 'Content-Type:'")  # else curl adds one of its own
        parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in headers.items()]
        if case.content is not None:
            parts.append(f"--data-raw {_quoted(case.content)}")
        return " ".join(parts)

    def _headers(self, case: Case, key: str) -> dict[str, str]:
        given = (
            f"{self._scheme}{KEY_WORD}" if case.authorization == RIGHT_KEY else case.authorization
        )
        headers = dict(case.headers)
        return (
            headers if given is None else headers | {"Authorization": given.replace(KEY_WORD, key)}
        )

    def _silent(self, case: Case, error: httpx.HTTPError) -> None:
        self.find(case, "no-answer", f"{case.what}: no answer ({type(error).__name__})")
        self._note_silence()

    def _note_silence(self) -> None:
        self._silences += 1
        if self._silences == _SILENCES:
            raise Enough

    def _note(self, case: Case, answer: httpx.Response) -> None:
        operation = case.operation
        self._ledger.answer(operation.operation_id, answer.status_code)
        for tried in case.tries:
            self._ledger.keyword(operation.operation_id, *tried)
        for problem in operation.answer_problems(answer):
            self.find(case, "answer", f"{answer.status_code}: {problem}")
        if answer.status_code not in case.expected:
            message = f"{case.what}: {unexpected(case, answer)}"
            self.find(case, case.rule, message, warning=answer.status_code in case.tolerated)


def unexpected(case: Case, answer: httpx.Response) -> str:
    """Say which status came and which would have been right."""
    wanted = " or ".join(str(status) for status in sorted(case.expected))
    return f"answered {answer.status_code}, right would be {wanted or 'no documented status'}"


def json_object(answer: httpx.Response | None) -> Mapping[str, object]:
    """Return the object that an answer holds; an empty one if it holds none."""
    try:
        value = parse_json(answer.content) if answer is not None else None
    except StrictJsonError:
        value = None
    return value if isinstance(value, dict) else {}


def _quoted(content: bytes) -> str:
    """Quote bytes for a shell; those that are no text as bash writes them."""
    try:
        return _shortened(content.decode())
    except UnicodeDecodeError:
        return "$'" + "".join(map(_escaped, content)) + "'"


def _shortened(text: str) -> str:
    """Quote a text; a long run of one letter is left to the shell to write."""
    parts, end = [], 0
    for run in _RUN.finditer(text):
        drawn = f"\"$(printf %{len(run[0])}s | tr ' ' {run[1]})\""
        parts += [shlex.quote(text[end : run.start()]), drawn]
        end = run.end()
    if end < len(text) or not parts:
        parts.append(shlex.quote(text[end:]))
    return "".join(parts)


def _escaped(byte: int) -> str:
    plain = 32 <= byte < 127 and chr(byte) not in "'\\"
    return chr(byte) if plain else f"\\x{byte:02x}"
