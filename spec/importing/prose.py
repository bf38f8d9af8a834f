"""Find claims about values in a field's prose, English or Chinese: defaults, bounds, choices."""

import re
from dataclasses import dataclass
from enum import Enum

# One character for one, so that a place in the plain text is the same place in the page's.
_ASCII = str.maketrans(
    "\uff1a\uff0c\uff1b\uff08\uff09\u3010\u3011\u201c\u201d\u2018\u2019\u3001\u3002\uff5e\uff0d\uff05",
    ":,;()[]\"\"'',.~-%",
)
_MOST_READ = 5000
"""Characters of one description that are looked at."""

_TOKEN = r"[-+]?[A-Za-z0-9_](?:[A-Za-z0-9_:+-]|\.(?=[A-Za-z0-9]))*"  # noqa: S105 - no secret
_QUOTED = r"\"[^\"]{0,80}\"|'[^']{0,80}'|`[^`]{0,80}`"
_WORD = rf"(?<![A-Za-z0-9_])(?!(?:and|or|to)\b){_TOKEN}"
_ITEM = rf"(?:{_QUOTED}|{_WORD}(?: {_WORD}){{0,2}})"
_SEPARATOR = r"\s*(?:,\s*(?:and\b|or\b)?|\band\b|\bor\b|/|\||和|或)\s*"
_LIST = rf"[(\[{{]?\s*(?P<items>{_ITEM}(?:{_SEPARATOR}{_ITEM})*)"
_THOUSANDS = r"\d{1,3}(?:,\d{3})+"
_NUMBER = rf"[-+]?(?:{_THOUSANDS}|\d+)(?:\.\d+)?(?![\d:]|[.,]\d)"
_TO = r"\s*(?:-|~|\u2013|\u2014|\bto\b|\band\b|至|到|和)\s*"
_SPAN = rf"(?P<low>{_NUMBER}){_TO}(?P<high>{_NUMBER})"
_IS = r"\s*(?::|=|\bis\b|为|是)\s*"
_UNIT = rf"(?P<value>{_NUMBER})(?P<unit>\s*(?:[A-Za-z]+|%))?"

_DEFAULT = (
    rf"(?:\bdefaults?(?:\s+values?)?(?:{_IS}|\s+to\s+|\s+(?=[-+]?\d|[\"'`]))|默认(?:值|为)?(?:{_IS}|\s*))"
    rf"(?P<value>{_QUOTED}|{_THOUSANDS}(?![\d,])|(?!(?:an?|the|to|not|no)\s){_TOKEN})"
)
_RANGE_WORD = r"(?:\b(?:value\s+)?ranges?(?:\s+(?:of\s+)?values?)?|取值范围|范围值?)"
_RANGE = rf"{_RANGE_WORD}(?:{_IS}|\s*from\b|\s*)\s*[(\[]?\s*{_SPAN}"
_RANGE_LIST = rf"{_RANGE_WORD}(?:{_IS}|\s*(?=[(\[])){_LIST}"
_BETWEEN = rf"(?:\bbetween\s+|介于\s*){_SPAN}"
_BARE_SPAN = rf"[:,]\s*{_SPAN}(?=\s*(?:[.,;)]|$|[^\x00-\x7f]))"
_CHOICES = (
    r"(?:\bsupported(?:\s+[a-z]+){0,2}"
    r"|\b(?:enumerat(?:ed|ion)|enum|allowed|possible|valid|available)"
    r"(?:\s+(?:values?|options?|choices?))?"
    r"|\boptions|\bone\s+of|枚举值?|可选(?:值|项|参数)?|支持(?:的)?(?:格式|选项|值|比例)?)"
    rf"(?:{_IS}|(?<=one of)\s+){_LIST}"
)
_FILES = rf"(?:\bfile\s+(?:types?|formats?)|文件(?:类型|格式)){_IS}{_LIST}"
_MINIMUM = (
    rf"(?:\bmin(?:imum)?(?:\s+values?)?(?:{_IS}|\s+of\s+|\s+)|\bat\s+least\s+"
    rf"|最小值?(?:{_IS}|\s*)|(?:至少|不小于)\s*){_UNIT}"
)
_MAXIMUM = (
    rf"(?:\bmax(?:imum)?(?:\s+values?)?(?:{_IS}|\s+of\s+|\s+)"
    rf"|\b(?:at\s+most|no\s+more\s+than|up\s+to)\s+"
    rf"|最大值?(?:{_IS}|\s*)|(?:最多|不超过)\s*){_UNIT}"
)
_REQUIRED = r"\(\s*required\s*\)|\brequired\s*$|必填|必传|必选"
_OPTIONAL = r"\(\s*optional\s*\)|\boptional\s*$|选填|非必[填传选]|\(\s*可选\s*\)"


class About(Enum):
    """What a claim is about."""

    DEFAULT = "default"
    RANGE = "range"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    CHOICES = "enum"
    FILES = "file types"
    REQUIRED = "required"
    OPTIONAL = "optional"


@dataclass(frozen=True)
class Claim:
    """What a sentence says: `values` as written, without quotes; `plain` if it says so in a label.

    Of a range the two values are its ends. `unit` is the word that follows a lone bound.
    """

    about: About
    values: tuple[str, ...]
    sentence: str
    plain: bool = True
    unit: str = ""


_RULES: tuple[tuple[About, re.Pattern[str], bool], ...] = tuple(
    (about, re.compile(pattern, re.IGNORECASE), plain)
    for about, pattern, plain in (
        (About.FILES, _FILES, True),
        (About.DEFAULT, _DEFAULT, True),
        (About.RANGE, _RANGE, True),
        (About.CHOICES, _RANGE_LIST, False),
        (About.CHOICES, _CHOICES, True),
        (About.RANGE, _BETWEEN, False),
        (About.MINIMUM, _MINIMUM, True),
        (About.MAXIMUM, _MAXIMUM, True),
        (About.RANGE, _BARE_SPAN, False),
        (About.OPTIONAL, _OPTIONAL, True),
        (About.REQUIRED, _REQUIRED, True),
    )
)


def claims(text: str) -> list[Claim]:
    """Return what a description claims, in the order of the text; of two readings, the plainer."""
    text = text[:_MOST_READ]
    plain_text = text.translate(_ASCII)
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, Claim]] = []
    for about, pattern, plain in _RULES:
        for match in pattern.finditer(plain_text):
            start, end = match.span()
            if any(start < stop and begin < end for begin, stop in taken):
                continue
            taken.append((start, end))
            sentence = _sentence(text, plain_text, start, end)
            unit = (match.groupdict().get("unit") or "").strip()
            found.append((start, Claim(about, _values(match), sentence, plain, unit)))
    return [claim for _, claim in sorted(found, key=lambda pair: pair[0])]


def _values(match: re.Match[str]) -> tuple[str, ...]:
    groups = match.groupdict()
    if groups.get("items"):
        items = re.finditer(_ITEM, groups["items"], re.IGNORECASE)
        return tuple(_bare(item.group()) for item in items)
    ends = [groups.get(name) for name in ("low", "high", "value")]
    return tuple(_bare(end) for end in ends if end is not None)


def _bare(literal: str) -> str:
    if literal[0] in "\"'`":
        return literal[1:-1].strip()
    if re.fullmatch(rf"[-+]?{_THOUSANDS}(?:\.\d+)?", literal):
        return literal.replace(",", "")
    return literal.rstrip(":-+")


def _sentence(text: str, plain_text: str, start: int, end: int) -> str:
    """Return the sentence of the page that holds a place of its text, in one line."""
    ends = [stop.end() for stop in re.finditer(r"[.;!?](?=\s|$)|\n\s*\n", plain_text)]
    begin = max((stop for stop in ends if stop <= start), default=0)
    close = min((stop for stop in ends if stop >= end), default=len(text))
    return " ".join(text[begin:close].split())
