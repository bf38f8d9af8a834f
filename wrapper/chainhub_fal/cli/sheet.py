"""The contact sheet: one page that shows every job of a folder, source and results side by side."""

from __future__ import annotations

import math
import mimetypes
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from urllib.parse import quote

from .. import __version__
from .records import Record, SavedFile
from .values import shown
from .wording import PROGRAM, counted, is_url, seconds, size

SHEET = "index.html"
"""The page with the newest jobs, and often the only one."""
_ONE_ROW = 3
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';
 style-src 'unsafe-inline'; img-src * file:; media-src * file:">
<meta name="generator" content="{generator}">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<header class="top">
<h1>Contact sheet</h1>
<p>{summary}</p>
{links}</header>
<main>
{jobs}
</main>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Links:
    """The place of a page among ``count`` of them: 1 is the oldest, the last one the newest."""

    number: int
    count: int

    @property
    def own(self) -> str:
        """The name of the page's file."""
        return _page(self.number, self.count)

    def written(self) -> str:
        """Write the links to the other pages."""
        near = [("Newer", self.number + 1), ("Older", self.number - 1)]
        shown = [("Newest", self.count), *near, ("Oldest", 1)]
        items = [
            f'<a href="{_page(number, self.count)}">{word}</a>'
            for word, number in shown
            if 1 <= number <= self.count and number != self.number
        ]
        # Not "of so many": a page is not written again only because later ones were added.
        place = f"<span>Page {self.number}</span>"
        return f'<nav aria-label="Pages">{place} {" ".join(items)}</nav>\n'


def _page(number: int, count: int) -> str:
    return SHEET if number == count else f"sheet-{number}.html"


def render(records: Sequence[Record], links: Links | None = None) -> str:
    """Return the page; the newest job comes first, everything from outside is escaped."""
    newest = sorted(records, key=lambda record: record.submitted_at, reverse=True)
    summary = f"{counted(len(newest), 'job')}, {counted(sum(len(r.files) for r in newest), 'file')}"
    return _PAGE.format(
        generator=escape(f"{PROGRAM} {__version__}"),
        title=escape(f"Contact sheet: {summary}"),
        style=files(__package__).joinpath("sheet.css").read_text("utf-8"),
        summary=escape(summary),
        links=links.written() if links else "",
        jobs="\n".join(map(_job, newest)),
    )


def _job(record: Record) -> str:
    heading = f"job-{record.request_id}"
    columns = _columns(len(record.files))
    return "\n".join(
        [
            f'<article aria-labelledby="{escape(heading)}">',
            f'<header><h2 id="{escape(heading)}">{escape(_title(record))}</h2>',
            f"<p>{escape(record.endpoint)}{_moment(record)}</p></header>",
            f'<div class="film" style="--columns: {columns}; --share: {columns}fr">',
            _source(record),
            f'<div class="frames">{"".join(_frames(record))}</div>',
            "</div>",
            f"<dl>{''.join(_facts(record))}</dl>",
            _command(record),
            "</article>",
        ]
    )


def _columns(count: int) -> int:
    """Return how many files stand in a row: few in one, more in a block that is nearly square."""
    return max(1, count) if count <= _ONE_ROW else math.ceil(math.sqrt(count))


def _title(record: Record) -> str:
    return record.image or f"Job {record.request_id[:8]}"


def _moment(record: Record) -> str:
    if not record.submitted_at:
        return ""
    moment = time.gmtime(record.submitted_at)
    machine = time.strftime("%Y-%m-%dT%H:%M:%SZ", moment)
    people = time.strftime("%d %B %Y, %H:%M UTC", moment).lstrip("0")
    return f' · <time datetime="{machine}">{people}</time>'


def _source(record: Record) -> str:
    if not record.source:
        return '<figure class="source none"><p>The source is not in this folder.</p></figure>'
    address = _address(record.source)
    name = escape(_title(record))
    picture = f'<img src="{address}" alt="Source picture {name}" loading="lazy" decoding="async">'
    caption = f"<b>Source</b> <span>{name}</span>"
    return (
        f'<figure class="source"><a href="{address}">{picture}</a>'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _frames(record: Record) -> Iterator[str]:
    total = len(record.files)
    for number, file in enumerate(record.files, start=1):
        alt = (
            f"Variation {number} of {total} of {_title(record)}{_pixels(file, ', {} by {} pixels')}"
        )
        seed = f"<span>seed {record.seed}</span>" if record.seed is not None else ""
        yield (
            f'<figure><a href="{_address(file.name)}">{_medium(file, alt)}</a>'
            f"<figcaption><b>{number}</b> {seed}"
            f"<span>{escape(' · '.join(_format(file)))}</span></figcaption></figure>"
        )


def _medium(file: SavedFile, alt: str) -> str:
    """Show a file as what it is: a picture, a film, a sound, else by its name."""
    address, words = _address(file.name), escape(alt)
    kind = (mimetypes.guess_type(file.name)[0] or file.content_type or "").partition("/")[0]
    if kind == "image":
        extent = _pixels(file, ' width="{}" height="{}"')
        return f'<img src="{address}" alt="{words}"{extent} loading="lazy" decoding="async">'
    if kind in {"video", "audio"}:
        return f'<{kind} src="{address}" aria-label="{words}" controls preload="metadata"></{kind}>'
    return escape(file.name)


def _pixels(file: SavedFile, template: str) -> str:
    known = isinstance(file.width, int) and isinstance(file.height, int)
    return template.format(file.width, file.height) if known else ""


def _format(file: SavedFile) -> Iterator[str]:
    if extent := _pixels(file, "{} \u00d7 {}"):
        yield extent
    yield file.name.rpartition(".")[2].upper()
    if isinstance(file.size, int):
        yield size(file.size)


def _facts(record: Record) -> Iterator[str]:
    for name, value in record.parameters.items():
        yield _fact(name.replace("_", " "), shown(value))
    yield _fact("took", f"{seconds(record.elapsed)}, {counted(record.polls, 'poll')}")
    yield _fact("request id", record.request_id)
    if record.unexpected:
        odd = ", ".join(f"{what} ({count})" for what, count in record.unexpected.items())
        yield _fact("not in the contract", odd)


def _fact(name: str, value: str) -> str:
    return f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"


def _command(record: Record) -> str:
    if not record.command:
        return ""
    return f'<p class="again">Make it again</p><pre><code>{escape(record.command)}</code></pre>'


def _address(name: str) -> str:
    """Return the address of a file beside the page, or a web address as it is, escaped."""
    if is_url(name):
        return escape(name)
    return escape(quote(name.encode("utf-8", "surrogateescape")))
