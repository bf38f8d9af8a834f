"""Tells whether a copy is intact, file by file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vendoring.manifest import NAME, Manifest, differences, digests
from vendoring.parts import LEFT_OUT


def edits(folder: Path, manifest: Manifest) -> Sequence[str]:
    """Say what differs between a copy and its own manifest; nothing when it is intact."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not LEFT_OUT & set(path.parts) and path != folder / NAME
    }
    return differences(manifest.files, digests(found))
