"""Quote plain YAML text that a parser takes for a mapping because it holds a colon and a space."""

import re

_KEY = re.compile(r"(?P<key>\s*(?:- +)*[^\s'\"#&*!|>%@`{}\[\],:-][^\s:]*:)(?P<value>(?:[ \t].*)?)")
_TEXT = re.compile(
    r"(?P<key>\s*(?:- +)*(?:description|summary|title|x-apifox-name):[ \t]+)"
    r"(?P<value>['\"{}\[\]&*!|>%@`,?-].*?)[ \t]*"
)
_WHOLE = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"")
_NOT_PLAIN = tuple("'\"{}[]&*!|>%@`#")
_COMMENT = re.compile(r"(^|\s)#")


def quoted(lines: list[str], line: int, column: int) -> dict[int, str]:
    """Return the edits that quote the plain text rejected at a line and column (from 0).

    The text may go on over deeper lines. Nothing is returned where it is not certain that those
    lines are one text: a quote before them, a comment among them.
    """
    first = _first_line(lines, line, column)
    if first is None:
        return {}
    found = _KEY.fullmatch(lines[first])
    lead = found["key"] if found else ""
    last = _last_line(lines, first, _depth(lines[first]))
    value = lines[first][len(lead) :]
    body = [value.strip(), *(text.rstrip() for text in lines[first + 1 : last + 1])]
    if not body[0] or body[0].startswith(_NOT_PLAIN) or any(map(_COMMENT.search, body[1:])):
        return {}
    new = [text.replace("'", "''") for text in body]
    new[0] = f"{lead}{value[: len(value) - len(value.lstrip())]}'{new[0]}"
    new[-1] += "'"
    edits = {first + offset: text for offset, text in enumerate(new)}
    return {number: text for number, text in edits.items() if text != lines[number]}


def text_quoted(lines: list[str], line: int) -> dict[int, str]:
    """Return the edit that quotes the value of a key that can hold nothing but text.

    So a mark that YAML would take for its own, `[Required] x` or `"auto" is x`, is the text's.
    Nothing is returned for a value that is quoted whole or goes on over lines.
    """
    found = _TEXT.fullmatch(lines[line])
    if found is None or _WHOLE.fullmatch(found["value"]):
        return {}
    if _last_line(lines, line, _depth(lines[line])) != line:
        return {}
    text = found["value"].replace("'", "''")
    return {line: f"{found['key']}'{text}'"}


def _first_line(lines: list[str], line: int, column: int) -> int | None:
    """Find the line with the key whose value holds the rejected place, if there is one for sure."""
    for above in range(line, -1, -1):
        if above < line and (not lines[above].strip() or not _is_below(lines, line, above)):
            continue
        found = _KEY.fullmatch(lines[above])
        if found is None or (above == line and column < len(found["key"])):
            if above == line:
                continue
            return None
        return above if found["value"].strip() else None
    return None


def _is_below(lines: list[str], line: int, above: int) -> bool:
    return _depth(lines[above]) < _indent(lines[line])


def _last_line(lines: list[str], first: int, depth: int) -> int:
    """Return the last line that is indented below a key's column, blank ones within included."""
    last = first
    for number in range(first + 1, len(lines)):
        if lines[number].strip():
            if _indent(lines[number]) <= depth:
                break
            last = number
    return last


def _depth(line: str) -> int:
    """Return the column of a line's key, after the dashes of the lists it begins."""
    return len(line) - len(re.sub(r"^(?:\s*-(?=\s))*\s*", "", line))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
