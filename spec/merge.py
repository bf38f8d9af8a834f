"""Make one contract out of the documents of several pages."""

from spec.errors import SpecError
from spec.evidence import KEY
from spec.nodes import Json, JsonMap, Place, branch, mapping, sequence, show

_NAMED = ("schemas", "responses", "parameters", "examples", "requestBodies", "securitySchemes")


def merge(documents: list[tuple[str, JsonMap]]) -> JsonMap:
    """Join named documents in order: paths and components by name, servers and security once.

    Raises SpecError when two pages give one name two different meanings.
    """
    if not documents:
        raise SpecError("spec/vendor", "there is no page here", "Put the vendor's page there.")
    _, merged = documents[0]
    owners = dict.fromkeys(_named_places(merged), documents[0][0])
    for page, document in documents[1:]:
        for place in _named_places(document):
            _add(merged, document, place, (owners.setdefault(place, page), page))
        for key in ("servers", "security"):
            known = sequence(merged.setdefault(key, []), (key,))
            known.extend(x for x in sequence(document.get(key) or [], (key,)) if x not in known)
    for section in _NAMED:
        branch(merged, "components", section)
    return merged


def _named_places(document: JsonMap) -> list[Place]:
    places: list[Place] = [
        ("paths", path, method)
        for path, item in mapping(document.get("paths") or {}, ("paths",)).items()
        for method in mapping(item, ("paths", path))
    ]
    components = mapping(document.get("components") or {}, ("components",))
    for section, named in components.items():
        place = ("components", section)
        places += [(*place, name) for name in mapping(named, place)]
    return places


def _add(merged: JsonMap, document: JsonMap, place: Place, pages: tuple[str, str]) -> None:
    *steps, name = (str(step) for step in place)
    target = branch(merged, *steps)
    new = branch(document, *steps)[name]
    if name in target and _bare(target[name]) != _bare(new):
        raise SpecError(
            f"{pages[1]}: {show(place)}",
            f"{pages[0]} gives the same name another shape",
            "Keep one of the two pages.",
        )
    target.setdefault(name, new)


def _bare(node: Json) -> Json:
    if isinstance(node, dict):
        return {key: value for key, value in node.items() if key != KEY}
    return node
