"""Make a page's YAML parse by editing only the lines that the parser itself rejects."""

import re
from dataclasses import dataclass, replace

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from spec.documents import parse_fault
from spec.errors import SpecError
from spec.pages import Block

_KEY = r"(?P<key>\s*(?:- +)*[^\s'\"#&*!|>%@`{}\[\],:-][^\s:]*:[ \t]+)"
_ENTRY = re.compile(_KEY + r"(?P<value>.*?)\s*")
_DOUBLED = re.compile(_KEY + r"[|>][-+0-9]*(?P<last>[|>][-+0-9]*)\s*")
_NOT_PLAIN = tuple("'\"{}[]&*!|>%@`#")


@dataclass(frozen=True)
class Repair:
    """One edited line: its number in the page, the text before and after, without line end."""

    page: str
    line: int
    old: str
    new: str


def repair(block: Block) -> tuple[Block, list[Repair]]:
    """Return the block with rejected lines quoted, and the log of the edits.

    A block that parses comes back unchanged. Raises SpecError with line, column and the parser's
    reason when the rejected line is none of the known faults.
    """
    lines = block.text.splitlines(keepends=True)
    repairs: list[Repair] = []
    while (fault := _fault("".join(lines))) is not None:
        line, column, problem = fault
        old, end = _split_end(lines[line]) if line < len(lines) else ("", "")
        new = _mend(old, problem)
        if new is None:
            raise SpecError(
                block.where(line, column),
                f"YAML does not parse and no rule repairs it: {problem}",
                f"Correct the page by hand; the line reads: {old.strip()[:120]}",
            )
        lines[line] = new + end
        repairs.append(Repair(block.page, block.first_line + line, old, new))
    return replace(block, text="".join(lines)), repairs


def _fault(text: str) -> tuple[int, int, str] | None:
    try:
        YAML(typ="safe", pure=True).compose(text)
    except YAMLError as error:
        return parse_fault(error, text)
    return None


def _mend(line: str, problem: str) -> str | None:
    if problem.startswith("mapping values are not allowed"):
        return _quoted(line)
    if problem.startswith("expected chomping or indentation indicators"):
        found = _DOUBLED.fullmatch(line)
        return found["key"] + found["last"] if found else None
    return None


def _quoted(line: str) -> str | None:
    found = _ENTRY.fullmatch(line)
    if found is None or not found["value"] or found["value"].startswith(_NOT_PLAIN):
        return None
    return found["key"] + "'" + found["value"].replace("'", "''") + "'"


def _split_end(line: str) -> tuple[str, str]:
    body = line.rstrip("\r\n")
    return body, line[len(body) :]
