"""Turn one page's document into OpenAPI 3.1, with derived names and no exporter's traces."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from spec import names
from spec.documents import load
from spec.errors import SpecError
from spec.evidence import Evidence, can_carry
from spec.grammar import Kind, schemas, visit
from spec.modern import modernise
from spec.nodes import Json, JsonMap, Place, branch, mapping, sequence, show
from spec.operations import operations
from spec.pages import Block

VERSION = "3.1.0"
_IGNORED_HEADERS = {"authorization", "content-type", "accept"}
_OPERATION_DEPTH = 3
_EXPORTER = ("x-apifox", "x-run-in-apifox")


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

    Raises SpecError when the page has lost something that no rule can bring back: a property, a
    security block, a path of this family.
    """
    document = load(block)
    _refuse_lost_properties(document, block.page)
    _refuse_swallowed_security(document, block.page)
    notes = [Note(block.page, place, what) for place, what in _clean(document)]
    document["openapi"] = VERSION
    for path, method, operation in operations(document):
        _name(document, path, method, operation)
    _mark(document, block.page)
    return document, notes


def _refuse_lost_properties(document: JsonMap, page: str) -> None:
    for place, _, node in schemas(document):
        listed = node.get("x-apifox-orders")
        known = mapping(node.get("properties") or {}, (*place, "properties"))
        for name in sequence(listed or [], (*place, "x-apifox-orders")):
            if name not in known:
                raise SpecError(
                    f"{page}: {show(place)}",
                    f"x-apifox-orders lists {name!r}, which properties lacks: the page has lost it",
                    "Take the property from another copy of the page, or ask the vendor.",
                )


def _refuse_swallowed_security(document: JsonMap, page: str) -> None:
    servers = sequence(document.get("servers") or [], ("servers",))
    for index, server in enumerate(servers):
        if "url" not in mapping(server, ("servers", index)):
            raise SpecError(
                f"{page}: {show(('servers', index))}",
                "a server without url: the page's `security:` line is missing above it",
                "Put the line `security:` back in front of this entry.",
            )


def _clean(document: JsonMap) -> Iterator[tuple[Place, str]]:
    rules: list[Callable[[Place, Kind, JsonMap], Iterator[str]]] = [
        _drop_exporter_keys,
        _drop_ignored_headers,
        _drop_what_says_nothing,
        _drop_ticket_schema,
        modernise,
    ]
    for place, kind, node in visit(document):
        for rule in rules:
            for what in rule(place, kind, node):
                yield place, what


def _drop_exporter_keys(_place: Place, _kind: Kind, node: JsonMap) -> Iterator[str]:
    for key in [key for key in node if key.startswith(_EXPORTER)]:
        del node[key]
    yield from ()


def _drop_ignored_headers(place: Place, _kind: Kind, node: JsonMap) -> Iterator[str]:
    """Drop header parameters that OpenAPI says shall be ignored."""
    if "parameters" not in node or not isinstance(node["parameters"], list):
        return
    kept: list[Json] = []
    for index, entry in enumerate(node["parameters"]):
        parameter = mapping(entry, (*place, "parameters", index))
        name = str(parameter.get("name"))
        if parameter.get("in") == "header" and name.lower() in _IGNORED_HEADERS:
            yield f"header parameter {name} dropped: OpenAPI ignores it"
        else:
            kept.append(entry)
    node["parameters"] = kept


def _drop_what_says_nothing(place: Place, _kind: Kind, node: JsonMap) -> Iterator[str]:
    """Drop empty headers and parameters, `deprecated: false`, and the schema of an empty object."""
    for key, idle in (("headers", {}), ("parameters", []), ("deprecated", False)):
        if key in node and node[key] == idle:
            del node[key]
    schema = node.get("schema")
    if "responses" in place and isinstance(schema, dict) and _is_empty_object(schema):
        del node["schema"]
        yield "empty response schema dropped: an overlay has to give it"


def _is_empty_object(schema: JsonMap) -> bool:
    kept = {key for key in schema if not key.startswith(_EXPORTER)}
    return kept <= {"type", "properties"} and not schema.get("properties")


def _drop_ticket_schema(place: Place, _kind: Kind, node: JsonMap) -> Iterator[str]:
    """Drop a page's own copy of the submit answer: the contract holds the ticket once."""
    schema = node.get("schema")
    known = schema.get("properties") if isinstance(schema, dict) else None
    is_answer_to_submit = "responses" in place and "post" in place
    if is_answer_to_submit and isinstance(known, dict) and "request_id" in known:
        del node["schema"]
        yield "the page's ticket schema dropped: the shared QueueTicket takes its place"


def _name(document: JsonMap, path: str, method: str, operation: JsonMap) -> None:
    operation["operationId"] = names.operation_id(path, method)
    operation["tags"] = ["queue"]
    if operation.get("security") == document.get("security"):
        operation.pop("security", None)
    if names.is_submit(path, method):
        if operation.get("summary") in (None, "", path):
            operation["summary"] = f"Submit a job to {names.endpoint_id(path)}"
        _hoist_input(document, path, operation)


def _hoist_input(document: JsonMap, path: str, operation: JsonMap) -> None:
    """Give the request's schema a component of its own, named after the path."""
    body = branch(operation, "requestBody")
    body["required"] = True
    media = branch(body, "content", "application/json")
    if "$ref" not in branch(media, "schema"):
        name = names.component(path, "Input")
        branch(document, "components", "schemas")[name] = media["schema"]
        media["schema"] = {"$ref": f"#/components/schemas/{name}"}


def _mark(document: JsonMap, page: str) -> None:
    """Say on each operation and each component that it stands on the page itself."""
    evidence = Evidence("vendor-page", f"As the page {page} gives it.")
    for place, kind, node in list(visit(document)):
        operation = len(place) == _OPERATION_DEPTH and place[0] == "paths"
        component = len(place) == _OPERATION_DEPTH and place[0] == "components"
        if (operation or component) and can_carry(node, kind):
            evidence.put_on(node)
