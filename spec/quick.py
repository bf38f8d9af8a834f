"""Read YAML with libyaml where it and ruamel.yaml are sure to read the same.

libyaml reads ten times as fast, but knows no YAML 1.2, and its reasons are not those that people
are shown. So it only cuts a text into its parts: what a plain word means is asked of ruamel.yaml,
and whatever the two might see differently is left to ruamel.yaml alone.
"""

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

import yaml

from spec.nodes import Json, JsonMap

Meaning: TypeAlias = Callable[[str], Json]

_LOADER = getattr(yaml, "CSafeLoader", None)
# Directives, tabs, byte order marks, the line breaks that only YAML 1.1 has, and the block texts
# that ruamel.yaml refuses: with a comment at their mark, or an empty line below it.
_UNSURE = re.compile("^%|[\t\x85\u2028\u2029\ufeff]|[|>][-+0-9]*(#|\r?\n *\r?\n)", re.MULTILINE)
_DEEPEST = 100
_STARTS = (yaml.ScalarEvent, yaml.CollectionStartEvent)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class _UnsureError(Exception):
    """An alias, an anchor, a tag, a key that is given twice or is no word, a second document."""


def read(text: str, meaning: Meaning) -> JsonMap | None:
    """Return the one mapping that a text holds, or None: ruamel.yaml has to read it.

    `meaning` gives the value of a plain word.
    """
    if _LOADER is None or _UNSURE.search(text):
        return None
    try:
        _, _, first, *rest = list(yaml.parse(text, _LOADER))
        if any(isinstance(event, yaml.DocumentStartEvent) for event in rest):
            return None
        root = _Reader(iter(rest), meaning).value(first, 0)
    except (yaml.YAMLError, _UnsureError, ValueError):
        return None
    return root if isinstance(root, dict) else None


def compose(text: str) -> yaml.Node | None:
    """Return the node of a text that `read` reads, which knows its lines."""
    return None if _LOADER is None else yaml.compose(text, _LOADER)


class _Reader:
    """Builds values from the events that follow the first one of each."""

    def __init__(self, events: Iterator[yaml.Event], meaning: Meaning) -> None:
        self._events = events
        self._meaning = meaning

    def value(self, event: yaml.Event, depth: int) -> Json:
        """Return the value that begins with an event; raises _UnsureError."""
        if not isinstance(event, _STARTS) or event.anchor or event.tag or depth > _DEEPEST:
            raise _UnsureError
        if isinstance(event, yaml.ScalarEvent):
            return self._meaning(event.value) if event.implicit[0] else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return [self.value(item, depth + 1) for item in self._until_end()]
        found: JsonMap = {}
        for key in self._until_end():
            if not isinstance(key, yaml.ScalarEvent) or key.value == "<<":
                raise _UnsureError
            name = str(self.value(key, depth + 1))
            if name in found:
                raise _UnsureError
            found[name] = self.value(next(self._events), depth + 1)
        return found

    def _until_end(self) -> Iterator[yaml.Event]:
        """Yield the events that begin the entries of the innermost collection."""
        for event in self._events:
            if isinstance(event, _ENDS):
                return
            yield event
