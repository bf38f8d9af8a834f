"""Read a page into a document and say what kind of page it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from spec import names
from spec.cleaning import clean
from spec.documents import load_plain
from spec.errors import SpecError
from spec.nodes import Json, JsonMap, at, mapping
from spec.normalise import Note, name, tidy
from spec.operations import operations
from spec.pages import Page, extract
from spec.repair import Repair, repair


class Kind(Enum):
    """What a page describes."""

    SUBMIT = "a model"
    ROUTE = "a route of the queue that the contract holds once, for all models"
    FOREIGN = "no route of this queue"


@dataclass(frozen=True)
class Reading:
    """A page as it was read: `document` in the contract's form if it describes a model."""

    page: Page
    kind: Kind
    path: str
    method: str
    prefix: str
    document: JsonMap
    repairs: list[Repair]
    notes: list[Note]
    answers: list[tuple[JsonMap, Json]]
    """Schema and example of each answer to a submit that is no ticket."""
    status: str
    """What the vendor calls the page: released, developing."""

    @property
    def operation(self) -> JsonMap:
        """The one operation of the page."""
        place = ("paths", self.path, self.method)
        return mapping(at(self.document, *place), place)


def read(page: Page) -> Reading:
    """Repair and read a page; raises SpecError naming file and place when it is refused."""
    block, repairs = repair(extract(page))
    raw = load_plain(block)
    written = _only_operation(raw, page)
    answers = list(_answers(at(raw, "paths", *written)))
    document, notes = tidy(block)
    path, method = _only_operation(document, page)
    kind = _kind(path, method)
    if kind is Kind.SUBMIT:
        _require_whole(document, path, page)
        name(document, page.name)
    prefix = written[0][: -len(path)] if written[0].endswith(path) else ""
    status = str(at(raw, "paths", *written, "x-apifox-status") or "")
    return Reading(page, kind, path, method, prefix, document, repairs, notes, answers, status)


def _only_operation(document: JsonMap, page: Page) -> tuple[str, str]:
    found = [(path, method) for path, method, _ in _operations(document, page)]
    if len(found) != 1:
        listed = ", ".join(f"{method.upper()} {path}" for path, method in found[:5])
        what = (
            f"describes {len(found)} operations ({listed})" if found else "describes no operation"
        )
        raise SpecError(page.name, what, "A page describes one: split it, or export it again.")
    return found[0]


def _operations(document: JsonMap, page: Page) -> Iterator[tuple[str, str, JsonMap]]:
    if not isinstance(document.get("paths"), dict):
        raise SpecError(
            page.name, "its block has no paths: it describes no API", "Export the page again."
        )
    return operations(document)


def _kind(path: str, method: str) -> Kind:
    if not path.startswith(f"/{names.OWNER}/"):
        return Kind.FOREIGN
    if names.is_submit(path, method):
        names.endpoint_id(path)
        return Kind.SUBMIT
    return Kind.ROUTE if "/requests/{" in path else Kind.FOREIGN


def _require_whole(document: JsonMap, path: str, page: Page) -> None:
    if at(document, "paths", path, "post", "responses", "200") is None:
        what = "no answer 200 is documented: the page is cut off"
        raise SpecError(f"{page.name}: {path}", what, "Export the page again.")
    content = at(document, "paths", path, "post", "requestBody", "content")
    if isinstance(content, dict) and content and "application/json" not in content:
        what = f"the body is {', '.join(content)}, and the queue takes JSON"
        raise SpecError(f"{page.name}: {path}", what, "Ask the vendor, or correct the page.")


def _answers(operation: Json) -> Iterator[tuple[JsonMap, Json]]:
    """Yield schema and example of each answer that is documented and is no ticket."""
    answers = at(operation, "responses")
    for answer in answers.values() if isinstance(answers, dict) else ():
        media = at(answer, "content", "application/json")
        held: JsonMap = {"schema": at(media, "schema") or {}}
        list(clean(held))
        schema = mapping(held["schema"], ("responses",))
        example = at(media, "example")
        known = {**mapping(schema.get("properties") or {}, ("responses",))}
        known.update(example if isinstance(example, dict) else {})
        if known and "request_id" not in known:
            yield schema, example
