"""Make a page's YAML parse by editing only the lines that the parser itself rejects."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import Node

from spec.documents import load_quickly, parse_fault
from spec.errors import SpecError
from spec.lost_keys import lost_keys
from spec.pages import Block
from spec.scalars import quoted, text_quoted
from spec.weight import require_light, require_shallow

_DOUBLED = re.compile(
    r"(?P<key>\s*(?:- +)*[^\s#][^\s:]*:[ \t]+)[|>][-+0-9]*(?P<last>[|>][-+0-9]*)\s*"
)
_MOST_READ = 600_000
"""Characters the parser may read in all: what is left by then is no page with slips in it."""


@dataclass(frozen=True)
class Repair:
    """One edited line: its number in the page, the text before and after, without line end.

    `old` is empty where the line `new` was put in front of it.
    """

    page: str
    line: int
    old: str
    new: str


@dataclass(frozen=True)
class _Fault:
    """What the parser rejects first: 0-based line and column, and its reason."""

    line: int
    column: int
    problem: str


def repair(block: Block) -> tuple[Block, list[Repair]]:
    """Return the block with rejected lines mended, and the log of the edits.

    A block that parses comes back unchanged. Raises SpecError with line, column and the parser's
    reason when the rejected line is none of the known faults.
    """
    mended, log = _repaired(block)
    return mended, [*log]


@lru_cache(maxsize=128)
def _repaired(block: Block) -> tuple[Block, tuple[Repair, ...]]:
    """Repair once: every parse of a page costs more than all that is done with it."""
    require_shallow(block)
    lines = block.text.splitlines(keepends=True)
    repairs: dict[int, Repair] = {}
    read = 0
    found: Node | _Fault | None = None
    while load_quickly("".join(lines)) is None and isinstance(
        found := _parse("".join(lines)), _Fault
    ):
        read += sum(map(len, lines[: found.line + 1]))
        edits = _mend(lines, found)
        if not edits or read > _MOST_READ:
            raise _refusal(block, lines, found, len(repairs) if edits else 0)
        for line, new in edits.items():
            old, end = _split_end(lines[line])
            lines[line] = new + end
            first = repairs[line].old if line in repairs else old
            repairs[line] = Repair(block.page, block.first_line + line, first, new)
    log = [repairs[line] for line in sorted(repairs)]
    if isinstance(found, Node):
        require_light(found, block)
        for line, new in sorted(lost_keys(found, block).items(), reverse=True):
            _, end = _split_end(lines[line])
            lines.insert(line, new + end)
            log.append(Repair(block.page, block.first_line + line, "", new))
    return replace(block, text="".join(lines)), tuple(log)


def _parse(text: str) -> Node | _Fault | None:
    try:
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as error:
        return _Fault(*parse_fault(error, text))
    except RecursionError:
        return _Fault(0, 0, "it is nested deeper than any page is")
    return node


def _mend(lines: list[str], fault: _Fault) -> dict[int, str]:
    """Return the new text of each line to edit; none when no rule knows this fault."""
    if fault.line >= len(lines):
        return {}
    bodies = [_split_end(line)[0] for line in lines]
    edits: dict[int, str] = {}
    if fault.problem.startswith("mapping values are not allowed"):
        edits = quoted(bodies, fault.line, fault.column)
    if fault.problem.startswith("expected chomping or indentation indicators"):
        found = _DOUBLED.fullmatch(bodies[fault.line])
        edits = {fault.line: found["key"] + found["last"]} if found else {}
    return edits or text_quoted(bodies, fault.line)


def _refusal(block: Block, lines: list[str], fault: _Fault, repaired: int) -> SpecError:
    line = lines[fault.line].strip()[:120] if fault.line < len(lines) else ""
    remedy = f"Correct the page by hand; the line reads: {line}"
    if "\\t" in fault.problem:
        remedy = "Put spaces for the tab, which YAML does not take as indentation."
    what = f"YAML does not parse and no rule repairs it: {fault.problem}"
    if repaired:
        what = f"YAML does not parse, and {repaired} lines before this one had to be repaired"
        remedy = "That is no page with slips in it: export it again."
    return SpecError(block.where(fault.line, fault.column), what, remedy)


def _split_end(line: str) -> tuple[str, str]:
    body = line.rstrip("\r\n")
    return body, line[len(body) :]
