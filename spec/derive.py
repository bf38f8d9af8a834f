"""Add to every submit operation what follows by rule: its endpoint id, its links, its result."""

from collections.abc import Iterator

from spec import names
from spec.errors import SpecError
from spec.evidence import Evidence
from spec.nodes import Json, JsonMap, at, branch, mapping, sequence, show, text

OUTPUT = "x-output"
ENDPOINT = "x-endpoint-id"
RESULT = ("components", "schemas", "JobResult", "anyOf")
FOLLOWED = {"status": "get_status", "result": "get_result", "cancel": "cancel_request"}

_PATH_RULE = Evidence("upstream", "Request routes keep owner and app of the endpoint id only.")


def submits(document: JsonMap) -> Iterator[tuple[str, JsonMap]]:
    """Yield path and operation of every submit, in the contract's order."""
    for path, item in mapping(document.get("paths"), ("paths",)).items():
        for method, operation in mapping(item, ("paths", path)).items():
            if names.is_submit(path, method):
                yield path, mapping(operation, ("paths", path, method))


def derive(document: JsonMap) -> None:
    """Complete every submit operation in place; raises SpecError when one names no output.

    Nor may two paths become one name: the second would take the first one's place.
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
