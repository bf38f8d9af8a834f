"""What the README and the guide show is run, as it stands, against the sandbox."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX, Client
from chainhub_fal_sandbox import Sandbox

ROOT = Path(__file__).parents[2]


def blocks(document: str) -> list[str]:
    return re.findall(
        r"^```python\n(.*?)^```", (ROOT / document).read_text(), re.DOTALL | re.MULTILINE
    )


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, cat: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(cat, tmp_path / "cat.jpg")
    monkeypatch.chdir(tmp_path)


def test_the_readmes_code_does_what_it_says(
    chainhub_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHAINHUB_API_KEY", chainhub_sandbox.key)
    monkeypatch.setenv("CHAINHUB_BASE_URL", chainhub_sandbox.base_url)
    (code,) = blocks("README.md")
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - our own README
    assert (len(list(Path("out").iterdir())), len(list(Path("many").iterdir()))) == (4, 3)
    assert "COMPLETED" in capsys.readouterr().out
    assert chainhub_sandbox.paid == 5


def test_the_guides_example_of_testing_ones_own_code_passes() -> None:
    code = blocks("docs/using.md")[-1]
    names = {"Client": Client, "REDUX": FLUX_1_SCHNELL_REDUX}
    exec(compile(code, "docs/using.md", "exec"), names)  # noqa: S102 - our own guide
