"""A contract to compare: its document, its schemas, and the lines of its file."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from spec.compare.changes import Spot, pointer
from spec.compare.schemas import Schemas
from spec.nodes import JsonMap, Place, at


@dataclass(frozen=True)
class Contract:
    """One side of a comparison.

    `file` is what people call it, `lines` the lines of its entries, and `document` what it says, in
    the forms of OpenAPI 3.1.
    """

    file: str
    lines: Mapping[Place, int]
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
        """Return the line of the innermost step that the file has."""
        around = (place[:length] for length in range(len(place), 0, -1))
        line = next((self.lines[one] for one in around if one in self.lines), None)
        return 1 if line is None else self.first_line + line
