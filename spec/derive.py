"""Add to every submit operation what follows by rule: its endpoint id, its links, its result."""

from collections.abc import Iterator

from spec import names
from spec.errors import SpecError
from spec.evidence import Evidence
from spec.nodes import Json, JsonMap, at, branch, mapping, sequence, show, text

OUTPUT = "x-output"
ENDPOINT = "x-endpoint-id"
DEFAULT = "x-default"
RESULT = ("components", "schemas", "JobResult", "anyOf")
FOLLOWED = {
    "status": "get_status",
    "stream": "stream_status",
    "result": "get_result",
    "cancel": "cancel_request",
}

_PATH_RULE = Evidence("upstream", "Request routes keep owner and app of the endpoint id only.")


def submits(document: JsonMap) -> Iterator[tuple[str, JsonMap]]:
    """Yield path and operation of every submit, in the contract's order."""
    for path, item in mapping(document.get("paths"), ("paths",)).items():
        for method, operation in mapping(item, ("paths", path)).items():
            if names.is_submit(path, method):
                yield path, mapping(operation, ("paths", path, method))


def derive(document: JsonMap) -> None:
    """Complete every submit operation in place; raises SpecError when one names no output.

    Nor may two paths become one name: the second would take the first one's place. Nor may two be
    the default.
    """
    arms = sequence(at(document, *RESULT), RESULT)
    taken: dict[str, str] = {}
    for path, operation in submits(document):
        other = taken.setdefault(names.slug(path), path)
        if other != path:
            what = f"{other} and this path would both be named {names.slug(path)}"
            raise SpecError(show(("paths", path)), what, "Keep one of the two pages.")
        operation[ENDPOINT] = names.endpoint_id(path)
        reference: Json = {"$ref": _output(path, operation)}
        if reference not in arms:
            arms.append(reference)
        branch(operation, "responses", "200")["links"] = _links(path)
    _require_one_default(document)


def default_endpoint(document: JsonMap) -> str:
    """Return the id of the endpoint that is meant when none is named: the marked one, or the first.

    Raises SpecError when the contract has no endpoint, or marks two.
    """
    _require_one_default(document)
    found = sorted(submits(document), key=lambda item: DEFAULT not in item[1])
    if not found:
        raise SpecError(show(("paths",)), "no path puts a job into a queue", "Import a page.")
    path, operation = found[0]
    return text(operation.get(ENDPOINT), ("paths", path, "post", ENDPOINT))


def _require_one_default(document: JsonMap) -> None:
    marked = [(path, operation) for path, operation in submits(document) if DEFAULT in operation]
    for path, operation in marked:
        if operation[DEFAULT] is not True:
            where = show(("paths", path, "post", DEFAULT))
            raise SpecError(where, f"{DEFAULT} can only be true", "Leave it out, or write true.")
    if len(marked) > 1:
        both = " and ".join(path for path, _ in marked)
        raise SpecError(both, f"{DEFAULT} marks more than one endpoint", "Mark one of them.")


def _output(path: str, operation: JsonMap) -> str:
    if OUTPUT not in operation:
        raise SpecError(
            show(("paths", path, "post")),
            f"{OUTPUT} is missing: nothing says what a finished job of this endpoint returns",
            f"Let the page's overlay add `{OUTPUT}: '#/components/schemas/<Name>'`.",
        )
    return text(operation[OUTPUT], ("paths", path, "post", OUTPUT))


def _links(path: str) -> JsonMap:
    links: JsonMap = {}
    for name, operation_id in FOLLOWED.items():
        link: JsonMap = {
            "operationId": operation_id,
            "parameters": {
                "model_name": names.model_name(path),
                "request_id": "$response.body#/request_id",
            },
        }
        _PATH_RULE.put_on(link)
        links[name] = link
    return links
