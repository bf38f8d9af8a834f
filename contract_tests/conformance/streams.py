"""Event streams as schemathesis reads them: for OpenAPI 3.1 it holds each event to the schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ..contract import X_EVENT
from ..events import is_event_stream

Document = dict[str, Any]  # any value may stand in a document


def by_event(document: Mapping[str, object]) -> Document:
    """Return a copy of a contract whose streams say of each event what ``x-event`` says of it."""
    return cast("Document", _copied(document))


def _copied(node: object) -> object:
    if isinstance(node, list):
        return [_copied(each) for each in node]
    if not isinstance(node, Mapping):
        return node
    return {
        name: _of_an_event(each) if is_event_stream(str(name)) else _copied(each)
        for name, each in node.items()
    }


def _of_an_event(media_type: Mapping[str, Any]) -> object:
    """Describe one event: its data is a text of JSON, and what that holds has the schema."""
    held = _copied(media_type["schema"][X_EVENT])
    data = {"type": "string", "contentMediaType": "application/json", "contentSchema": held}
    return {"schema": {"type": "object", "required": ["data"], "properties": {"data": data}}}
