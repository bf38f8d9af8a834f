"""The demo does what it says, and would say so if it did not."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]


def test_it_saves_four_pictures_of_the_size_asked_for(tmp_path: Path) -> None:
    ended = subprocess.run(  # noqa: S603 - this interpreter, and arguments written here
        [sys.executable, "-m", "demo", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    *paths, summary = ended.stdout.splitlines()
    pictures = [Image.open(ROOT / path) for path in paths]
    assert [(picture.format, picture.size) for picture in pictures] == [("JPEG", (1024, 576))] * 4
    for picture in pictures:
        picture.close()
    assert "saved 4 variations of 1024x576 as JPEG" in summary
    assert (tmp_path / "index.html").is_file()


def test_it_notices_pictures_that_are_not_what_was_asked_for(tmp_path: Path) -> None:
    demo = runpy.run_path(str(ROOT / "demo" / "__main__.py"), run_name="demo_under_test")
    small = tmp_path / "small.png"
    Image.new("RGB", (8, 8)).save(small)
    problems = "\n".join(demo["check"]([small], tmp_path))
    assert "1 pictures instead of 4" in problems
    assert "small.png is PNG of (8, 8)" in problems
    assert "no contact sheet" in problems
    assert len(list(demo["check_account"](2, 1))) == 2
