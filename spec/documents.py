"""Read and write YAML: strict on the way in, one fixed style on the way out."""

import copy
import io
import itertools
import re
import sys
import textwrap
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import FoldedScalarString

from spec import quick
from spec.errors import SpecError
from spec.nodes import Json, JsonMap, Place, mapping
from spec.pages import Block

# Plain scalars that a YAML 1.1 reader may take for something else than text: `3:4` is 184 there.
_AMBIGUOUS = re.compile(
    r"[-+]?[0-9.][0-9a-fxo_.:+-]*([t ].*)?|[yn]|yes|no|on|off|true|false|null|~", re.IGNORECASE
)
_LINE = 92
_FLOW = 72


class _Representer(RoundTripRepresenter):
    """Quotes text that YAML 1.1 and 1.2 readers would read differently, and spells null out."""

    def represent_str(self, data: str) -> ScalarNode:
        # The emitter leaves these plain at the start of text, where no parser takes them back.
        style = "'" if _AMBIGUOUS.fullmatch(data) or data.startswith((":", "?")) else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)

    def represent_float(self, data: float) -> ScalarNode:
        text = repr(data)
        if "e" in text and "." not in text:
            text = text.replace("e", ".0e")  # without a point it is text to a YAML 1.1 reader
        return self.represent_scalar("tag:yaml.org,2002:float", text)

    def represent_none(self, _data: None) -> ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:null", "null")


class _Constructor(RoundTripConstructor):
    """Reads a date as the text it is: JSON has no dates."""

    def construct_date(self, node: ScalarNode) -> str:
        return str(node.value)


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.construct_date)
_Representer.add_representer(str, _Representer.represent_str)
_Representer.add_representer(float, _Representer.represent_float)
_Representer.add_representer(type(None), _Representer.represent_none)


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.Representer = _Representer
    yaml.Constructor = _Constructor
    yaml.width = sys.maxsize
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


_RESOLVER = _yaml().resolver


def load(block: Block) -> JsonMap:
    """Read YAML, keeping order and comments; raises SpecError with line and column.

    A key given twice is refused: every reader would drop one of the two values.
    """
    try:
        document = _yaml().load(block.text)
    except YAMLError as error:
        line, column, problem = parse_fault(error, block.text)
        remedy = (
            "One of the two is lost to every reader: ask which is meant and correct the page."
            if isinstance(error, DuplicateKeyError)
            else "Correct that line."
        )
        raise SpecError(block.where(line, column), problem, remedy) from error
    if not isinstance(document, dict):
        raise SpecError(
            block.where(0, 0), "this holds no mapping: it describes nothing", "Correct it."
        )
    return mapping(document, (block.page,))


def load_plain(block: Block) -> JsonMap:
    """Read YAML into Python's own types; raises SpecError as `load` does.

    The caller gets a copy to change. Each text is parsed once: that is most of what a build costs.
    """
    found = load_quickly(block.text)
    return copy.deepcopy(_plain_of(block) if found is None else found)


@lru_cache(maxsize=128)
def _plain_of(block: Block) -> JsonMap:
    return mapping(plain(load(block)), (block.page,))


@lru_cache(maxsize=256)
def load_quickly(text: str) -> JsonMap | None:
    """Return what a text holds if there is nothing about it to decide or to refuse, or None.

    Nobody may change what is returned.
    """
    return quick.read(text, _meaning)


def lines_of(text: str) -> dict[Place, int]:
    """Return the 0-based line on which each entry of a text that can be read begins, by place."""
    known = quick.compose(text) if load_quickly(text) is not None else None
    found: dict[Place, int] = {}
    ahead: list[tuple[Place, Any]] = [((), known or _yaml().compose(text))]
    while ahead:
        place, node = ahead.pop()
        for step, begins, value in _entries(node):
            found[*place, step] = begins.start_mark.line
            ahead.append(((*place, step), value))
    return found


def _entries(node: Any) -> list[tuple[str | int, Any, Any]]:
    if node.id == "mapping":
        return [(str(key.value), key, value) for key, value in node.value]
    if node.id == "sequence":
        return [(index, item, item) for index, item in enumerate(node.value)]
    return []


@lru_cache(maxsize=4096)
def _meaning(word: str) -> Json:
    if str(_RESOLVER.resolve(ScalarNode, word, (True, False))).endswith(":str"):
        return word
    value: Json = _yaml().load(word)
    return plain(value)


def parse_fault(error: YAMLError, text: str) -> tuple[int, int, str]:
    """Return 0-based line and column, and the reason, of what the parser rejected in a text."""
    if isinstance(error, ReaderError):
        before = text[: error.position].split("\n")
        return len(before) - 1, len(before[-1]), "a character that YAML does not allow"
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        reason = str(error.problem or error.context).splitlines()[0]
        return (mark.line, mark.column, reason) if mark else (0, 0, reason)
    return 0, 0, " ".join(str(error).split())


def dump(document: JsonMap) -> str:
    """Write YAML in the project's one style: long text folded, short lists in one line, LF."""
    stream = io.StringIO(newline="\n")
    _yaml().dump(_styled(document), stream)
    return stream.getvalue()


def _styled(node: Json) -> object:
    if isinstance(node, dict):
        return {key: _styled(value) for key, value in node.items()}
    if isinstance(node, list):
        items = CommentedSeq(_styled(value) for value in node)
        if len(str(node)) <= _FLOW and not any(isinstance(value, dict | list) for value in node):
            items.fa.set_flow_style()
        return items
    if isinstance(node, str) and " " in node and len(node) > _LINE and "\n" not in node:
        return _folded(node)
    return node


def _folded(text: str) -> FoldedScalarString:
    """Fold at spaces. The library breaks only where it is told, so lengths do not depend on it."""
    lines = textwrap.wrap(text, _LINE, break_long_words=False, break_on_hyphens=False)
    folded: FoldedScalarString = FoldedScalarString(" ".join(lines))
    ends = itertools.accumulate(len(line) + 1 for line in lines[:-1])
    folded.fold_pos = [end - 1 for end in ends]  # type: ignore[attr-defined]  # a bare slot
    return folded


def plain(node: Json) -> Json:
    """Return a copy in Python's own types, for libraries that know no others."""
    if isinstance(node, dict):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    for kind in (str, bool, int, float):
        if isinstance(node, kind):
            return kind(node)
    return None
