"""The contract as the router holds it: what each operation's request and answers must be."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, cast

import httpx
import yaml

from .events import EVENT_STREAM, EventsError, is_event_stream, read_events
from .schemas import Node, Schema, lookup

OPENAPI = Path(__file__).parents[1] / "openapi.yaml"
X_EVENT = "x-event"
"""In the schema of an event stream: the schema of what the data of each event holds, as JSON."""

_METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
_IGNORED_HEADERS = frozenset({"authorization", "content-type", "accept"})  # OpenAPI 3.1, 4.8.12
_UNSECURED: tuple[object, ...] = ()
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Parameter:
    """A value in a path, a query or a header."""

    name: str
    place: str
    required: bool
    schema: Schema

    def problems(self, texts: list[str]) -> list[str]:
        """Say what is wrong with the values given under this name."""
        about = f"{self.place} {self.name}"
        if not texts:
            return [f"{about}: it is missing"] if self.required else []
        return [f"{about}: {problem}" for problem in self.schema.text_problems(texts)]


@dataclass(frozen=True)
class Content:
    """What a body may be: a schema for each media type; none means that there is no body.

    ``events`` are the schemas of what the events of a stream hold.
    """

    schemas: Mapping[str, Schema]
    examples: Mapping[str, object]
    events: Mapping[str, Schema] = field(default_factory=dict)

    def problems(self, headers: httpx.Headers, content: bytes) -> list[str]:
        """Say what is wrong with a body and its media type."""
        if not self.schemas:
            return ["body: none is documented"] if content else []
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        schema = self.schemas.get(media_type)
        if schema is None:
            return [f"media type: {media_type or 'none'}, documented: {', '.join(self.schemas)}"]
        if media_type == "application/json" or media_type.endswith("+json"):
            return [f"body {problem}" for problem in schema.json_problems(content)]
        try:
            problems = [f"body {each}" for each in schema.text_problems([content.decode()])]
        except UnicodeDecodeError as error:
            return [f"body: it is no UTF-8: {error.reason} at byte {error.start}"]
        if media_type in self.events:
            problems += _event_problems(self.events[media_type], content)
        return problems


def _event_problems(schema: Schema, content: bytes) -> list[str]:
    """Say what is wrong with a stream of events, and with what each of them holds."""
    try:
        told = read_events(content)
    except EventsError as error:
        return [f"body: {error}"]
    problems = [
        f"event {number} {problem}"
        for number, data in enumerate(told.data, 1)
        for problem in schema.json_problems(data.encode())
    ]
    if told.broken_off:
        problems.append(f"body: it breaks off within event {len(told.data) + 1}")
    elif not told.data:
        problems.append("body: it holds no event")
    return problems


@dataclass(frozen=True)
class Answer:
    """What the contract documents for one status."""

    content: Content
    headers: tuple[Parameter, ...]

    def problems(self, response: httpx.Response) -> list[str]:
        """Say what the contract does not allow in an answer of this status."""
        if not isinstance(response.stream, httpx.ByteStream):
            return ["body: it is a stream, which cannot be checked before it is sent"]
        headers = [
            problem
            for header in self.headers
            for problem in header.problems(response.headers.get_list(header.name))
        ]
        return headers + self.content.problems(response.headers, response.read())


@dataclass(frozen=True)
class Operation:
    """One operation; ``template`` is its path with ``{name}`` for each path parameter."""

    operation_id: str
    method: str
    template: str
    secured: bool
    parameters: tuple[Parameter, ...]
    body: Content
    body_required: bool
    answers: Mapping[str, Answer]

    @property
    def path_pattern(self) -> str:
        """A regular expression for the encoded path; each parameter fills one segment."""
        parts = re.split(r"\{(\w+)\}", self.template)
        return "".join(
            f"(?P<{part}>[^/?#]+)" if index % 2 else re.escape(part)
            for index, part in enumerate(parts)
        )

    @property
    def statuses(self) -> tuple[int, ...]:
        """The statuses documented one by one, without ``default`` and ranges."""
        return tuple(int(status) for status in self.answers if status.isdigit())

    @property
    def streams(self) -> bool:
        """Whether it may answer with a stream of events, which need not end soon."""
        return any(answer.content.events for answer in self.answers.values())

    def request_problems(self, request: httpx.Request, path: Mapping[str, str]) -> list[str]:
        """Say what the contract does not allow in a request to this operation."""
        query = request.url.params
        given = {
            "path": lambda name: [path[name]] if name in path else [],
            "query": query.get_list,
            "header": request.headers.get_list,
        }
        problems = [
            problem
            for parameter in self.parameters
            for problem in parameter.problems(given[parameter.place](parameter.name))
        ]
        known = {parameter.name for parameter in self.parameters if parameter.place == "query"}
        problems += [f"query {name}: it is not documented" for name in query if name not in known]
        if not request.content and not self.body_required:
            return problems
        return problems + self.body.problems(request.headers, request.content)

    def answer_problems(self, response: httpx.Response) -> list[str]:
        """Say what the contract does not allow in an answer of this operation."""
        answer = self.answer(response.status_code)
        if answer is None:
            return [f"status {response.status_code}: documented are {', '.join(self.answers)}"]
        return answer.problems(response)

    def answer(self, status: int) -> Answer | None:
        """Find what is documented for a status, by itself, by its range, or by default."""
        for name in (str(status), f"{status // 100}XX", "default"):
            if name in self.answers:
                return self.answers[name]
        return None

    def examples(self, status: int) -> Mapping[str, object]:
        """Return the examples of a documented status by name; a lone one is named ``example``."""
        return copy.deepcopy(self.answers[str(status)].content.examples)


@dataclass(frozen=True)
class Contract:
    """All operations by operationId, compiled, and the document they come from."""

    document: Node
    operations: Mapping[str, Operation]

    @classmethod
    def load(cls, path: Path = OPENAPI) -> Self:
        """Read and compile a contract from a file."""
        return cls.read(yaml.load(path.read_text("utf-8"), Loader=_Loader))  # noqa: S506 - safe one

    @classmethod
    def read(cls, document: Node) -> Self:
        """Compile a contract; raises ValueError for what the router could not check."""
        operations = {item.operation_id: item for item in _Reader(document).operations()}
        return cls(document, operations)


class _Reader:
    """Walks the document, following references, and compiles what it finds."""

    def __init__(self, document: Node) -> None:
        self._document = document
        self._components = _node(document.get("components"))

    def operations(self) -> Iterator[Operation]:
        for path, item in _node(self._document["paths"]).items():
            shared = _list(_node(item).get("parameters"))
            for method in _METHODS:
                if method in _node(item):
                    yield self._operation(path, method, _node(_node(item)[method]), shared)

    def _operation(self, path: str, method: str, found: Node, shared: list[object]) -> Operation:
        body = self._follow(found.get("requestBody"))
        security = found.get("security", self._document.get("security", _UNSECURED))
        answers = _node(found["responses"])
        return Operation(
            operation_id=str(found["operationId"]),
            method=method.upper(),
            template=path,
            secured=bool(security) and {} not in _list(security),
            parameters=self._parameters([*shared, *_list(found.get("parameters"))]),
            body=self._content(body),
            body_required=body.get("required") is True,
            answers={str(status): self._answer(answer) for status, answer in answers.items()},
        )

    def _parameters(self, found: list[object]) -> tuple[Parameter, ...]:
        """Read parameters; one of the operation replaces the path's of the same name."""
        by_name: dict[tuple[str, str], Parameter] = {}
        for item in map(self._follow, found):
            name, place = str(item["name"]), str(item["in"])
            if place not in {"path", "query", "header"} or "schema" not in item:
                raise ValueError(f"parameter {name} in {place}: the router cannot check this form")
            if place != "header" or name.lower() not in _IGNORED_HEADERS:
                by_name[name, place] = self._parameter(name, place, item)
        return tuple(by_name.values())

    def _parameter(self, name: str, place: str, found: Node) -> Parameter:
        schema = Schema(_node(found["schema"]), self._components)
        return Parameter(name, place, found.get("required") is True, schema)

    def _answer(self, answer: object) -> Answer:
        found = self._follow(answer)
        headers = _node(found.get("headers"))
        return Answer(
            self._content(found),
            tuple(
                self._parameter(name, "header", self._follow(header))
                for name, header in headers.items()
                if name.lower() != "content-type"
            ),
        )

    def _content(self, found: Node) -> Content:
        media_types = {name: _node(item) for name, item in _node(found.get("content")).items()}
        examples: dict[str, object] = {}
        for item in media_types.values():
            named = {name: self._follow(it) for name, it in _node(item.get("examples")).items()}
            examples |= {name: example["value"] for name, example in named.items()}
            examples |= {"example": item["example"]} if "example" in item else {}
        return Content(
            {
                name.lower(): Schema(_node(item.get("schema")), self._components)
                for name, item in media_types.items()
            },
            examples,
            {
                name.lower(): self._event(item)
                for name, item in media_types.items()
                if is_event_stream(name)
            },
        )

    def _event(self, media_type: Node) -> Schema:
        schema = _node(media_type.get("schema"))
        if X_EVENT not in schema:
            raise ValueError(f"{EVENT_STREAM} without {X_EVENT}: nothing says what an event holds")
        return Schema(_node(schema[X_EVENT]), self._components)

    def _follow(self, found: object) -> Node:
        node = _node(found)
        return self._follow(lookup(self._document, str(node["$ref"]))) if "$ref" in node else node


def _node(found: object) -> Node:
    return cast("Node", found) if isinstance(found, Mapping) else {}


def _list(found: object) -> list[object]:
    return list(found) if isinstance(found, list | tuple) else []
