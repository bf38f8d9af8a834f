"""Makes a copy: gathered, rewritten, written aside, and put in place in one step."""

from __future__ import annotations

import hashlib
import keyword
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from vendoring.checking import edits
from vendoring.errors import VendoringError
from vendoring.manifest import NAME, Manifest, digests
from vendoring.parts import HOMES, ROOT, chosen
from vendoring.relative import made_relative

_VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)
_CONTRACT_VERSION = re.compile(r"^  version: ['\"]?([^'\"\n]+)", re.MULTILINE)
_GENERATOR = re.compile(r"by (\S+ \S+) and ")


def copy(destination: Path, name: str, extras: Sequence[str] = (), *, force: bool = False) -> Path:
    """Copy the client to ``destination/name`` as one package; returns that folder.

    An older copy there is replaced, unless someone edited it and ``force`` is not given. Raises
    VendoringError, and then nothing has changed.
    """
    if not name.isidentifier() or keyword.iskeyword(name):
        raise VendoringError(f"{name!r} cannot be a package's name: give a Python identifier")
    target = destination / name
    _refuse_to_lose(target, force=force)
    files = gathered(extras)
    files[NAME] = manifest(name, extras, files).text().encode()
    try:
        destination.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=destination, prefix=f".{name}-") as folder:
            _write(Path(folder) / "new", files)
            if target.exists():
                target.rename(Path(folder) / "old")
            (Path(folder) / "new").rename(target)
    except OSError as error:
        raise VendoringError(f"{target} cannot be written: {error.strerror or error}") from error
    return target


def gathered(extras: Sequence[str]) -> dict[str, bytes]:
    """Return the content of every file of a copy but its manifest, by path below its top."""
    files: dict[str, bytes] = {}
    for part in chosen(extras):
        for names, content in part.files():
            path = "/".join(names)
            files[path] = _rewritten(content, names) if path.endswith(".py") else content
    return files


def manifest(name: str, extras: Sequence[str], files: dict[str, bytes]) -> Manifest:
    """Describe a copy that holds these files."""
    contract = (ROOT / "openapi.yaml").read_bytes()
    return Manifest(
        name=name,
        version=_found(_VERSION, files["_version.py"]),
        contract_version=_found(_CONTRACT_VERSION, contract),
        contract_sha256=hashlib.sha256(contract).hexdigest(),
        generator=_found(_GENERATOR, files["_api/__init__.py"]),
        extras=tuple(sorted(extras)),
        files=digests(files),
    )


def _refuse_to_lose(target: Path, *, force: bool) -> None:
    if not target.exists() or force:
        return
    if changed := edits(target, Manifest.read(target)):
        raise VendoringError(
            f"{target} was changed since it was copied ({', '.join(changed)}):"
            " take the changes into the original, or copy over them with --force"
        )


def _rewritten(content: bytes, names: tuple[str, ...]) -> bytes:
    if not any(package.encode() in content for package in HOMES):
        return content  # reading a module costs a thousand times more than this look
    text = made_relative(content.decode("utf-8"), names[:-1], HOMES, "/".join(names))
    return text.encode("utf-8")


def _found(pattern: re.Pattern[str], content: bytes) -> str:
    match = pattern.search(content.decode("utf-8"))
    return match[1] if match else "unknown"


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
