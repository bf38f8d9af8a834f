"""Evidence: where a fact of the contract comes from, and how an object carries it."""

from dataclasses import dataclass

from spec.errors import SpecError
from spec.grammar import Kind, kind_at
from spec.nodes import Json, JsonMap, Place, at, sequence

KEY = "x-evidence"
SOURCES = ("vendor-page", "gateway-docs", "upstream", "inferred")


@dataclass(frozen=True)
class Evidence:
    """A source and a sentence.

    `vendor-page` and `gateway-docs` are documented by the gateway, `upstream` by fal, `inferred`
    by nobody.
    """

    source: str
    note: str

    @classmethod
    def read(cls, node: Json, where: str) -> "Evidence":
        """Read `{source, note}`; raises SpecError when it is absent or of another form."""
        if isinstance(node, dict) and set(node) == {"source", "note"}:
            source, note = node["source"], node["note"]
            if source in SOURCES and isinstance(note, str) and note:
                return cls(str(source), note)
        raise SpecError(
            where,
            f"{KEY} must be {{source, note}} with a source among {', '.join(SOURCES)}",
            "Say what this fact rests on; `inferred` is an honest answer.",
        )

    def put_on(self, node: JsonMap) -> None:
        """Append this evidence to an object, once."""
        entries = sequence(node.setdefault(KEY, []), (KEY,))
        entry: JsonMap = {"source": self.source, "note": self.note}
        if entry not in entries:
            entries.append(entry)


def carrier(document: JsonMap, place: Place) -> JsonMap:
    """Return the innermost object at or above a place that may carry evidence."""
    while True:
        node = at(document, *place)
        if isinstance(node, dict) and can_carry(node, kind_at(place)):
            return node
        place = place[:-1]


def can_carry(node: JsonMap, kind: Kind) -> bool:
    """Tell whether an object may be extended: no name map, no plain data, no reference."""
    return kind in (Kind.OBJECT, Kind.SCHEMA) and "$ref" not in node
