"""Turn one page's document into OpenAPI 3.1, with derived names and no exporter's traces."""

from dataclasses import dataclass

from spec import names
from spec.cleaning import clean
from spec.documents import load_plain
from spec.evidence import Evidence, can_carry
from spec.grammar import visit
from spec.nodes import JsonMap, Place, branch, show
from spec.operations import operations
from spec.pages import Block
from spec.renaming import rename_schemas
from spec.restore import restore

VERSION = "3.1.0"
_OPERATION_DEPTH = 3


@dataclass(frozen=True)
class Note:
    """Something the normalisation dropped or changed that a reader of the page may care about."""

    page: str
    place: Place
    what: str

    def __str__(self) -> str:
        return f"{self.page}: {show(self.place)}: {self.what}"


def normalise(block: Block) -> tuple[JsonMap, list[Note]]:
    """Return the page's document in the contract's form, and what was dropped on the way.

    Raises SpecError when the page describes no endpoint of this family, or has lost something that
    no rule can bring back.
    """
    document, notes = tidy(block)
    name(document, block.page)
    return document, notes


def tidy(block: Block) -> tuple[JsonMap, list[Note]]:
    """Return the page's document without the exporter's traces, whatever it describes; and notes.

    Raises SpecError when it has lost something that no rule can bring back.
    """
    document = load_plain(block)
    changes = [*restore(document, block.page), *clean(document)]
    return document, [Note(block.page, place, what) for place, what in changes]


def name(document: JsonMap, page: str) -> None:
    """Give a tidy document of an endpoint its names by rule, in place, and mark it with its page.

    Raises SpecError when a path is none of this family's.
    """
    document["openapi"] = VERSION
    for path, method, operation in operations(document):
        _name(document, path, method, operation)
    _mark(document, page)


def _name(document: JsonMap, path: str, method: str, operation: JsonMap) -> None:
    operation["operationId"] = names.operation_id(path, method)
    operation["tags"] = ["queue"]
    if operation.get("security") == document.get("security"):
        operation.pop("security", None)
    if names.is_submit(path, method):
        if operation.get("summary") in (None, "", path):
            operation["summary"] = f"Submit a job to {names.endpoint_id(path)}"
        rename_schemas(document, path, operation)
        _hoist_input(document, path, operation)


def _hoist_input(document: JsonMap, path: str, operation: JsonMap) -> None:
    """Give the request's schema a component of its own, named after the path."""
    body = branch(operation, "requestBody")
    body["required"] = True
    media = branch(body, "content", "application/json")
    if "$ref" not in branch(media, "schema"):
        component = names.component(path, "Input")
        branch(document, "components", "schemas")[component] = media["schema"]
        media["schema"] = {"$ref": f"#/components/schemas/{component}"}


def _mark(document: JsonMap, page: str) -> None:
    """Say on each operation and each component that it stands on the page itself."""
    evidence = Evidence("vendor-page", f"As the page {page} gives it.")
    for place, kind, node in list(visit(document)):
        operation = len(place) == _OPERATION_DEPTH and place[0] == "paths"
        component = len(place) == _OPERATION_DEPTH and place[0] == "components"
        if (operation or component) and can_carry(node, kind):
            evidence.put_on(node)
