"""Search for a value that one schema allows and another refuses, and check it on the originals."""

from collections.abc import Iterable
from itertools import chain
from urllib.parse import quote

import jsonschema_rs

from spec.compare.changes import Witness, pointer
from spec.compare.findings import Proof
from spec.compare.samples import samples
from spec.compare.schemas import Schema
from spec.errors import SpecError
from spec.nodes import Json, JsonMap, show


class Search:
    """Finds witnesses, each schema compiled once."""

    def __init__(self) -> None:
        self._compiled: dict[Schema, jsonschema_rs.Draft202012Validator] = {}
        self._found: dict[tuple[Schema, Schema], Witness | None] = {}

    def between(
        self, producer: Schema, consumer: Schema, probes: Iterable[Json] = ()
    ) -> Witness | None:
        """Return a value that `producer` allows and `consumer` refuses, formats included.

        Probes are tried first. None means that none was found, not that there is none.
        """
        found = self._first(producer, consumer, probes)
        if found is None and (producer, consumer) not in self._found:
            tried = chain(samples(producer.form), samples(consumer.form))
            self._found[producer, consumer] = self._first(producer, consumer, tried)
        return found or self._found[producer, consumer]

    def closed(self, producer: Schema, consumer: Schema) -> Witness | None:
        """Return such a value that has no property which the producer does not name."""
        known = jsonschema_rs.Draft202012Validator(producer.closed_form)
        tried = (value for value in samples(producer.closed_form) if known.is_valid(value))
        return self._first(producer, consumer, tried)

    def _first(self, producer: Schema, consumer: Schema, values: Iterable[Json]) -> Witness | None:
        allows, refuses = self._validator(producer), self._validator(consumer)
        for value in values:
            if allows.is_valid(value) and not refuses.is_valid(value):
                return Witness(value)
        return None

    def _validator(self, schema: Schema) -> jsonschema_rs.Draft202012Validator:
        """Compile the schema as it stands in its document, not the form made of it."""
        if schema not in self._compiled:
            references: list[Json] = [
                {"$ref": quote(pointer(p), safe="#/~")} for p in schema.places
            ]
            document = {key: schema.owner.document.get(key) for key in ("paths", "components")}
            self._compiled[schema] = _compile({**document, "allOf": references}, schema)
        return self._compiled[schema]


def _compile(schema: JsonMap, about: Schema) -> jsonschema_rs.Draft202012Validator:
    try:
        return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        reason = str(error).splitlines()[0]
        raise SpecError(show(about.place), f"no valid schema: {reason}", "Correct it.") from error


def proven(proof: Proof, *, is_request: bool) -> Witness | None:
    """Return the witness of a proof if its producing side allows it and the other refuses it."""
    sides = (proof.old, proof.new) if is_request else (proof.new, proof.old)
    producer, consumer = (jsonschema_rs.Draft202012Validator(side) for side in sides)
    is_witness = producer.is_valid(proof.value) and not consumer.is_valid(proof.value)
    return Witness(proof.value) if is_witness else None
