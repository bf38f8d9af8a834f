"""Four variations of a photograph, from a sandbox of its own: ``python -m demo [FOLDER]``."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import redirect_stdout
from pathlib import Path

from PIL import Image

from chainhub_fal.__main__ import main as chainhub_fal
from chainhub_fal_sandbox import Sandbox

HERE = Path(__file__).parent
PHOTOGRAPH = HERE / "cat.jpg"
FOLDER = HERE.parent / ".demo"
NUMBER, IMAGE_SIZE, PIXELS, FORMAT = 4, "16:9", (1024, 576), "JPEG"


def main(folder: Path = FOLDER) -> int:
    """Run the demo; returns 0 only when the pictures are what was asked for."""
    began = time.monotonic()
    # Long enough to watch the queue, short enough to wait for.
    with Sandbox(queue_seconds=1.5, run_seconds=1.5) as sandbox:
        code, paths = run_command(sandbox, folder)
        paid, leaks = sandbox.paid, sandbox.keys_sent_to_files
    if code:
        print(f"demo: chainhub-fal ended with {code}", file=sys.stderr)  # noqa: T201
        return code
    problems = [*check(paths, folder), *check_account(paid, leaks)]
    for line in [*map(shown, paths), *problems]:
        print(line)  # noqa: T201 - the demo is a command of its own
    if problems:
        return 1
    print(  # noqa: T201
        f"demo: sent {shown(PHOTOGRAPH)} to a local sandbox, saved {len(paths)} variations of"
        f" {PIXELS[0]}x{PIXELS[1]} as {FORMAT} in {time.monotonic() - began:.1f} s;"
        f" look at {shown(folder / 'index.html')}"
    )
    return 0


def run_command(sandbox: Sandbox, folder: Path) -> tuple[int, list[Path]]:
    """Run the real command against the sandbox; return its exit code and the paths it printed."""
    os.environ["CHAINHUB_API_KEY"] = sandbox.key
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"  # nothing leaves this machine
    command = ["run", shown(PHOTOGRAPH), "--num-images", str(NUMBER), "--image-size", IMAGE_SIZE]
    output = io.StringIO()
    with redirect_stdout(output):
        code = chainhub_fal([*command, "-o", shown(folder), "--base-url", sandbox.base_url])
    return code, [Path(line).absolute() for line in output.getvalue().splitlines()]


def check(paths: Sequence[Path], folder: Path) -> Iterable[str]:
    """Yield what is wrong with the pictures: their number, and each one's format and size."""
    if len(paths) != NUMBER:
        yield f"demo: {len(paths)} pictures instead of {NUMBER}"
    for path in paths:
        with Image.open(path) as picture:
            picture.load()  # reads it to the end: a torn file raises
            if (picture.format, picture.size) != (FORMAT, PIXELS):
                yield f"demo: {path.name} is {picture.format} of {picture.size}"
    if not (folder / "index.html").is_file():
        yield "demo: there is no contact sheet"


def check_account(paid: int, leaks: int) -> Iterable[str]:
    """Yield what is wrong with what the sandbox saw: one job paid, the key sent to no file."""
    if paid != 1:
        yield f"demo: {paid} jobs were paid instead of one"
    if leaks:
        yield f"demo: {leaks} downloads carried the key"


def shown(path: Path) -> str:
    """Return a path as it is typed in the folder the demo is called from."""
    return os.path.relpath(path)


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:2])))
