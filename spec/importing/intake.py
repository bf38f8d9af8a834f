"""Read a page from disk as it came, and refuse what is no page before anything parses it."""

from pathlib import Path

from spec.errors import SpecError
from spec.pages import Page

_MOST_BYTES = 256 * 1024
_AGAIN = "Export the page again, as Markdown in UTF-8."


def read_page(path: Path) -> tuple[Page, bytes]:
    """Return the page and its bytes; raises SpecError naming the file, and line and column."""
    try:
        size = path.stat().st_size
        if size > _MOST_BYTES:
            what = f"{size} bytes, and more than {_MOST_BYTES} is no page"
            raise SpecError(str(path), what, "Name one page, not a bundle of them.")
        content = path.read_bytes()
    except OSError as error:
        words = error.strerror or type(error).__name__
        raise SpecError(str(path), f"cannot be read: {words}", "Name a vendor page.") from error
    if not content.strip():
        raise SpecError(f"{path}:1:1", "the file is empty", _AGAIN)
    if b"\0" in content:
        where = _place(path, content, content.index(b"\0"))
        raise SpecError(where, "a zero byte: this is no text in UTF-8", _AGAIN)
    try:
        return Page(path.name, content.decode("utf-8")), content
    except UnicodeDecodeError as error:
        where = _place(path, content, error.start)
        raise SpecError(where, f"not UTF-8: {error.reason}", _AGAIN) from error


def _place(path: Path, content: bytes, offset: int) -> str:
    before = content[:offset].split(b"\n")
    return f"{path}:{len(before)}:{len(before[-1]) + 1}"
