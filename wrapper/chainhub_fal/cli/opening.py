"""Finds out what kind of manifest a name on the command line means."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .. import Endpoint, InvalidInputError
from .entries import Form, check_known, located
from .manifest import HINT, Manifest, PictureFolder, told
from .texts import JsonLines, Table

STDIN = "-"
_TABLES = (".csv", ".tsv")


def open_manifest(
    name: str, endpoint: Endpoint[..., object], settings: Mapping[str, object]
) -> Manifest:
    """Return the manifest at a path, or ``-`` for JSON lines on stdin.

    ``settings`` are inputs of every row that does not say otherwise. Raises InvalidInputError when
    there is none.
    """
    check_known(list(settings), endpoint, what="input")
    here = Path.cwd()
    shared = located(settings, endpoint, here)
    if name == STDIN:
        return JsonLines("stdin", None, Form(endpoint, shared, here))
    path = Path(name).expanduser()
    with told(path):
        found = path.exists()
    if not found:
        raise InvalidInputError(f"there is no manifest at {name}", hint=HINT)
    if path.is_dir():
        return PictureFolder(path, Form(endpoint, shared, path.resolve()))
    form = Form(endpoint, shared, path.resolve().parent)
    kind = Table if path.suffix.lower() in _TABLES else JsonLines
    return kind(path.name, path, form)
