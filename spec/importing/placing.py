"""Put files into the tree all together: written aside first, and taken back if one fails."""

from collections.abc import Mapping
from pathlib import Path

from spec.errors import SpecError


def place(files: Mapping[Path, bytes | None]) -> None:
    """Write every file, or none; None takes the file away.

    Raises SpecError naming the file that could not be written.
    """
    written = {path: content for path, content in files.items() if content is not None}
    aside = {path: path.with_name(f".{path.name}.importing") for path in written}
    before = {path: path.read_bytes() if path.is_file() else None for path in files}
    placed: list[Path] = []
    current = Path()
    try:
        for current, content in written.items():
            current.parent.mkdir(parents=True, exist_ok=True)
            aside[current].write_bytes(content)
        for current in files:
            if current in aside:
                aside[current].replace(current)
            else:
                current.unlink(missing_ok=True)
            placed.append(current)
    except OSError as error:
        for path in placed:
            _put_back(path, before[path])
        words = error.strerror or type(error).__name__
        raise SpecError(str(current), f"cannot be written: {words}", "Nothing was kept.") from error
    finally:
        for path in aside.values():
            path.unlink(missing_ok=True)


def _put_back(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(content)
