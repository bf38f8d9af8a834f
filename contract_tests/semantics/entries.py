"""Rules about the files of an output, by what their entries say: no file is opened for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from ..harness.target import Target
from .addresses import is_safe_download
from .jobs import Event, Job

_INLINE = "data:"
_SEPARATORS = frozenset("/\\:")
_DRAWINGS = "image/svg"  # made of text, which no picture library opens


def files(found: object) -> Iterator[Mapping[str, object]]:
    """Find the entries of files in an output, wherever its model puts them."""
    if isinstance(found, list):
        for item in found:
            yield from files(item)
    elif isinstance(found, dict):
        if isinstance(found.get("url"), str):
            yield found
        else:
            for item in found.values():
                yield from files(item)


def is_picture(entry: Mapping[str, object]) -> bool:
    """Tell whether an entry may be a picture's: it is, unless it says that it is none."""
    told = str(entry.get("content_type") or "image/")
    return told.startswith("image/") and not told.startswith(_DRAWINGS)


def pictures(found: object) -> Iterator[Mapping[str, object]]:
    """Find the files in an output that may be pictures."""
    return filter(is_picture, files(found))


def is_inline(entry: Mapping[str, object]) -> bool:
    """Tell whether a file stands in its entry as a data URI."""
    return str(entry["url"]).startswith(_INLINE)


def result_is_fetched_safely(_: Job, event: Event, target: Target) -> Iterator[str]:
    """A file in the open can be replaced on its way; one inside reads the caller's own network."""
    for entry in _entries(event):
        if not is_inline(entry) and not is_safe_download(str(entry["url"]), target):
            yield f"a file's address is no public one with TLS: {str(entry['url'])[:100]}"


def files_are_inline_only_when_asked(job: Job, event: Event) -> Iterator[str]:
    """Who did not ask for data in the answer may keep answers of a few hundred bytes only."""
    if not job.order.inline and any(map(is_inline, _entries(event))):
        yield "a file came as a data URI, and nobody asked for one"


def files_have_their_own_addresses(_: Job, event: Event) -> Iterator[str]:
    """Two pictures at one address are one picture, paid for twice."""
    told = Counter(str(entry["url"]) for entry in _entries(event) if not is_inline(entry))
    for number in told.values():
        if number > 1:
            yield f"{number} files have one address"


def file_names_stay_in_their_folder(_: Job, event: Event) -> Iterator[str]:
    """Whoever saves a file under its own name must not be led out of the folder."""
    for entry in _entries(event):
        name = entry.get("file_name")
        if isinstance(name, str) and (name in (".", "..") or not _is_plain(name)):
            yield f"a file name has parts of a path: {name[:100]!r}"


def _is_plain(name: str) -> bool:
    return name.isprintable() and not _SEPARATORS & set(name)


def _entries(event: Event) -> Iterator[Mapping[str, object]]:
    return files(event.seen.body) if event.is_output else iter(())
