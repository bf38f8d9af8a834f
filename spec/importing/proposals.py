"""What a proposal is: a change of one field's schema, the words it rests on, and how sure it is."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from spec.importing.field import Field
from spec.nodes import Json, JsonMap, Place


class Confidence(Enum):
    """How far a proposal may be trusted; a question is never applied without a person."""

    CERTAIN = "certain"
    LIKELY = "likely"
    QUESTION = "question"


@dataclass(frozen=True)
class Proposal:
    """A change proposed for a schema.

    `update` is empty where the words raise a question that no one change answers; `removes` names
    the keywords that must go before it. `words` is the sentence of the page, or why there is none;
    `reason` says what a person needs in order to decide. `target` is the field, or its owner.
    """

    field: Field
    what: str
    update: JsonMap
    words: str
    confidence: Confidence
    reason: str = ""
    source: str = "vendor-page"
    removes: tuple[str, ...] = ()
    target: Place = ()

    @property
    def place(self) -> Place:
        """The schema to change."""
        return self.target or self.field.place

    @property
    def is_question(self) -> bool:
        """Whether only a person may accept it."""
        return self.confidence is Confidence.QUESTION

    @property
    def is_new(self) -> bool:
        """Whether it says anything that the page's own schema does not."""
        schema = self.field.schema
        same = self.update and all(schema.get(key) == value for key, value in self.update.items())
        return bool(self.target) or not same

    def doubted(self, *reasons: str) -> "Proposal":
        """Return it as a question, with these reasons besides its own; as it is without any."""
        if not reasons:
            return self
        reason = "; ".join(filter(None, (self.reason, *reasons)))
        return replace(self, confidence=Confidence.QUESTION, reason=reason)


def against_schema(field: Field, keyword: str, value: Json) -> Iterator[str]:
    """Say so where the page's own schema gives a keyword another value."""
    stated = field.schema.get(keyword)
    if stated is not None and value is not None and stated != value:
        yield f"the schema says {keyword} {stated}"
