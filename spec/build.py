"""Build the contract: pages and overlays in, the text of `openapi.yaml` out, no file touched."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from spec.arrange import arrange
from spec.derive import derive
from spec.documents import dump, plain
from spec.errors import SpecError
from spec.merge import merge
from spec.nodes import JsonMap, mapping
from spec.normalise import Note, normalise
from spec.overlay import Overlay, apply
from spec.pages import Page, extract
from spec.repair import Repair, repair
from spec.validate import validate

HEADER = (
    "# Built from spec/vendor/ and spec/overlays/ by `python -m spec build`; do not edit.\n"
    "# x-evidence says where a fact comes from: vendor-page, gateway-docs, upstream or inferred.\n"
)


@dataclass(frozen=True)
class Built:
    """A built contract: its document, and the log of what pages made necessary."""

    document: JsonMap
    repairs: Sequence[Repair]
    notes: Sequence[Note]

    @cached_property
    def text(self) -> str:
        """The text of the contract's file."""
        return HEADER + dump(self.document)


def build(pages: Sequence[Page], overlays: Sequence[Overlay]) -> Built:
    """Build the contract; raises SpecError naming file and place when any step refuses."""
    repairs: list[Repair] = []
    notes: list[Note] = []
    documents: list[tuple[str, JsonMap]] = []
    for page in pages:
        document = _read(page, repairs, notes)
        documents.append((page.name, document))
    merged = merge(documents)
    for overlay in overlays:
        apply(merged, overlay)
    derive(merged)
    arrange(merged)
    contract = mapping(plain(merged), ())
    validate(contract)
    return Built(contract, repairs, notes)


def _read(page: Page, repairs: list[Repair], notes: list[Note]) -> JsonMap:
    try:
        block, edits = repair(extract(page))
        document, dropped = normalise(block)
    except SpecError as error:
        if page.name in error.where:
            raise
        raise SpecError(f"{page.name}: {error.where}", error.what, error.remedy) from error
    repairs += edits
    notes += dropped
    return document
