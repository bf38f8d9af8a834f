"""``python -m vendoring DEST --name NAME`` copies; ``python -m vendoring --check DEST`` looks."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from vendoring.checking import edits
from vendoring.copying import copy, gathered, manifest
from vendoring.errors import VendoringError
from vendoring.manifest import NAME, Manifest

_WELL, _CHANGED, _REFUSED = 0, 1, 2
_SHOWN = 12  # hexadecimal digits of a hash


def main(arguments: Sequence[str] | None = None) -> int:
    """Copy or check; returns 0, 1 for a copy that is not intact or not current, 2 for a refusal."""
    options = _parser().parse_args(arguments)
    try:
        if options.check:
            return _check(options.destination)
        return _copy(options)
    except VendoringError as error:
        sys.stderr.write(f"vendor: {error}\n")
        return _REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m vendoring", description=__doc__)
    parser.add_argument("destination", type=Path, help="the folder to copy into, or a copy")
    parser.add_argument("--name", help="the copy's package name")
    parser.add_argument("--with", dest="extras", default="", help="cli, sandbox (none)")
    parser.add_argument("--force", action="store_true", help="copy over a copy that was edited")
    parser.add_argument("--check", action="store_true", help="say whether copies are as they were")
    return parser


def _copy(options: argparse.Namespace) -> int:
    if not options.name:
        raise VendoringError("give the copy a name: --name fluxclient")
    extras = [name for name in options.extras.split(",") if name]
    target = copy(options.destination, options.name, extras, force=options.force)
    made = Manifest.read(target)
    sys.stdout.write(f"vendor: {target}: {len(made.files)} files, {_about(made)}\n")
    return _WELL


def _check(folder: Path) -> int:
    copies = list(_copies(folder))
    if not copies:
        raise VendoringError(f"no copy in {folder}: there is no {NAME} file")
    return max(_judge(found) for found in copies)


def _copies(folder: Path) -> Iterator[Path]:
    if (folder / NAME).is_file():
        yield folder
    elif folder.is_dir():
        yield from sorted(path.parent for path in folder.glob(f"*/{NAME}"))


def _judge(folder: Path) -> int:
    kept = Manifest.read(folder)
    if changed := edits(folder, kept):
        return _say(folder, f"changed by hand: {', '.join(changed)}", _CHANGED)
    current = manifest(kept.name, kept.extras, gathered(kept.extras))
    if current != kept:
        words = f"intact, but not current: it has {_about(kept)}; this is {_about(current)}"
        return _say(folder, words, _CHANGED)
    return _say(folder, f"intact and current, {_about(kept)}", _WELL)


def _say(folder: Path, words: str, code: int) -> int:
    sys.stdout.write(f"vendor: {folder}: {words}\n")
    return code


def _about(made: Manifest) -> str:
    contract = f"contract {made.contract_version} ({made.contract_sha256[:_SHOWN]})"
    return f"chainhub-fal {made.version}, {contract}, {made.generator}"


if __name__ == "__main__":
    sys.exit(main())
