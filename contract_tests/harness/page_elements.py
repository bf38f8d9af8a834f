"""Elements of a page: whatever is not made here is text, and is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable

from .report_text import clean

_VOID = frozenset({"meta", "input", "br", "wbr"})


class Html(str):
    """Text that is markup already; joined to other text it is plain text again."""

    __slots__ = ()


def escaped(text: str) -> Html:
    """Return text as markup that shows it; markup stays as it is."""
    return text if isinstance(text, Html) else Html(html.escape(clean(text)))


def joined(parts: Iterable[str]) -> Html:
    """Put parts together, each escaped unless it is markup."""
    return Html("".join(map(escaped, parts)))


def element(tag: str, *content: str, **attributes: str | bool) -> Html:
    """Return an element; ``class_`` and ``aria_label`` become ``class`` and ``aria-label``.

    An attribute that is True stands without a value, and one that is False not at all.
    """
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    written = "".join(
        _attribute(name, value) for name, value in named.items() if value is not False
    )
    start = f"<{tag}{written}>"
    return Html(start) if tag in _VOID else Html(f"{start}{joined(content)}</{tag}>")


def _attribute(name: str, value: str | bool) -> str:  # noqa: FBT001 - HTML has such attributes
    return f" {name}" if value is True else f' {name}="{escaped(str(value))}"'


def hidden(words: str) -> Html:
    """Return words for those who hear the page."""
    return element("span", words, class_="vh")
