"""A copy lives in another project: types, two of them in one process, and every endpoint run."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from chainhub_fal_sandbox import Sandbox
from vendoring.copying import copy

# Without site's .pth files nothing of this checkout can be imported, only what is installed.
_ALONE = (
    "import importlib.util, sys;"
    "sys.path[:0] = sys.argv[1:3];"
    "assert not any(map(importlib.util.find_spec, ('chainhub_fal', 'chainhub_fal_api')));"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    copy(root / "app" / "_vendor", "one")
    copy(root / "app" / "_vendor", "two", ["cli"])
    for folder in (root / "app", root / "app" / "_vendor"):
        (folder / "__init__.py").touch()
    return root


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox(queue_seconds=0, run_seconds=0) as sandbox:
        yield sandbox


def alone(project: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code where neither original package can be imported."""
    installed = sysconfig.get_paths()["purelib"]
    return subprocess.run(  # noqa: S603 - our own interpreter and our own words
        [sys.executable, "-S", "-c", _ALONE + code, str(project), installed, *arguments],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def test_a_copy_runs_every_endpoint_and_needs_no_original(project: Path, server: Sandbox) -> None:
    code = "from app._vendor.one.smoke import main; sys.exit(main(sys.argv[3:]))"
    ended = alone(project, code, server.base_url)
    assert ended.returncode == 0, ended.stderr
    assert "smoke: fal-ai/flux-1/schnell/redux gave 1 file(s), twice" in ended.stdout


def test_a_copy_needs_httpx_and_attrs_and_nothing_else(project: Path) -> None:
    code = (
        "import app._vendor.one as one; one.Client; one.AsyncClient;"
        "tops = {name.partition('.')[0] for name in sys.modules};"
        "print(*sorted(tops & {'click', 'rich', 'PIL', 'yaml', 'starlette', 'jsonschema_rs'}))"
    )
    ended = alone(project, code)
    assert ended.returncode == 0, ended.stderr
    # httpx imports click and rich for its own command line where they are installed.
    assert set(ended.stdout.split()) <= {"click", "rich"}


def test_two_copies_live_in_one_process(project: Path) -> None:
    code = (
        "from app._vendor import one, two;"
        "assert one.Client is not two.Client;"
        "assert not issubclass(two.ChainHubError, one.ChainHubError);"
        "ref = one.JobRef.from_json(two.JobRef('e', 'i', '/e/requests/i', 0.0).to_json());"
        "assert (type(ref), ref.request_id) == (one.JobRef, 'i')"
    )
    ended = alone(project, code)
    assert ended.returncode == 0, ended.stderr


def test_the_command_line_of_a_copy_works(project: Path) -> None:
    code = (
        "from app._vendor.two.__main__ import main;"
        "assert main(['sandbox', '--list-faults']) == 0; sys.exit(main(['run', '--help']))"
    )
    ended = alone(project, code)
    assert ended.returncode == 0, ended.stderr
    assert "submit-429" in ended.stdout
    assert "IMAGE..." in ended.stdout


@pytest.mark.timeout(180)
def test_a_copy_is_typed_as_strictly_as_the_original(project: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file=", "app/_vendor/one"],
        cwd=project, capture_output=True, text=True, timeout=170, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout
