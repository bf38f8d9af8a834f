"""A contract to compare: its document, its schemas, and the lines of its file."""

from dataclasses import dataclass
from functools import cached_property

from spec.compare.changes import Spot, pointer
from spec.compare.schemas import Schemas
from spec.nodes import Json, JsonMap, Place, at


@dataclass(frozen=True)
class Contract:
    """One side of a comparison.

    `file` is what people call it, `source` its document as parsed, which knows its lines, and
    `document` the same in plain types and in the forms of OpenAPI 3.1.
    """

    file: str
    source: JsonMap
    document: JsonMap
    first_line: int = 1
    """The line of the file that the source begins on: a page has text before its block."""

    @cached_property
    def schemas(self) -> Schemas:
        """The schemas of the document."""
        return Schemas(self.document)

    @property
    def version(self) -> str:
        """The version that the contract gives itself."""
        return str(at(self.document, "info", "version") or "")

    def spot(self, place: Place) -> Spot:
        """Return a place with its line; the line of what is around it when it is not there."""
        return Spot(pointer(place), self._line(place))

    def _line(self, place: Place) -> int:
        """Return the line of the innermost step that the source has and knows the line of."""
        node: Json = self.source
        line = 1
        for step in place:
            known = getattr(node, "lc", None)
            if isinstance(node, dict) and step in node:
                found = known.data.get(step) if known is not None and known.data else None
                node = node[str(step)]
            elif isinstance(node, list) and isinstance(step, int) and step < len(node):
                found = known.data.get(step) if known is not None and known.data else None
                node = node[step]
            else:
                break
            line = self.first_line + found[0] if found else line
        return line
