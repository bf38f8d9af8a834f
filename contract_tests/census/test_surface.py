"""The public surface is whole: names, twins, errors, operations, changelog."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import chainhub_fal
from chainhub_fal import _operations, errors
from chainhub_fal._problems import Problem, error_for
from chainhub_fal_api.endpoints import INDEX, get
from chainhub_fal_api.operations import OPERATIONS

ROOT = Path(__file__).parents[2]
HAND_WRITTEN = {
    "AsyncClient", "DEFAULT_ENDPOINT_ID", "ENDPOINT_IDS", "find_endpoint", "AsyncJob", "AsyncResult", "Backoff", "Cancellation", "Client", "Endpoint", "File",
    "FileInput", "Item", "Job", "JobRef", "Journal", "LogLine", "Options", "Outcome", "PictureLike", "Receipt", "Result",
    "Row", "RowState", "State", "read_journal",
    "Status", "Update", "__version__",
}  # fmt: skip


def test_all_names_exactly_the_public_surface() -> None:
    names: list[str] = vars(chainhub_fal)["__getattr__"]("__all__")
    assert set(names) == HAND_WRITTEN | set(errors.__all__) | set(INDEX.values())
    assert all(hasattr(chainhub_fal, name) for name in names)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = chainhub_fal.no_such_name  # type: ignore[attr-defined]


def public(cls: type) -> dict[str, list[str]]:
    return {
        name: list(inspect.signature(member).parameters) if callable(member) else []
        for name, member in inspect.getmembers(cls)
        if not name.startswith("_")
    }


@pytest.mark.parametrize(("one", "other"), [("Client", "AsyncClient"), ("Job", "AsyncJob"), ("Result", "AsyncResult")])  # fmt: skip
def test_both_colours_have_equal_public_names_and_parameters(one: str, other: str) -> None:
    assert public(getattr(chainhub_fal, one)) == public(getattr(chainhub_fal, other))


def test_the_error_tree_in_the_docstring_is_the_one_in_the_code() -> None:
    drawn = re.findall(r"^    ([│ ├└─]*)(\w+Error)\b", inspect.getdoc(errors) or "", re.MULTILINE)
    depths = {name: len(branch) // 4 for branch, name in drawn}
    classes = {n: c for n in errors.__all__ if issubclass(c := getattr(errors, n), Exception)}
    root = errors.ChainHubError

    def depth(cls: type) -> int:
        ours = [base for base in cls.__mro__ if issubclass(base, root)]
        return len(ours) - 1

    assert depths == {name: depth(cls) for name, cls in classes.items()}


def test_every_operation_of_the_contract_is_wrapped() -> None:
    table = [get(endpoint) for endpoint in INDEX]
    job = _operations.job_named(table[0], "id-1")
    about = [
        _operations.get_result(job),
        _operations.get_status(job),
        _operations.stream_status(job),
        _operations.cancel(job),
    ]
    wrapped = {endpoint.operation_id for endpoint in table} | {item.operation for item in about}
    assert wrapped == set(OPERATIONS)


@pytest.mark.parametrize(
    ("operation", "status"),
    [(op.operation_id, s) for op in OPERATIONS.values() for s in op.statuses if s >= 400],
)
def test_every_documented_error_status_has_a_class_of_its_own(operation: str, status: int) -> None:
    error = error_for(Problem(status, "words"), doing=operation)
    assert type(error) is not errors.StatusError
    assert (error.status, f"{status}") == (status, str(error.status))
    assert operation in str(error)


def test_the_changelog_begins_with_this_version() -> None:
    versions = re.findall(
        r"^## \[?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )
    assert versions[0] == chainhub_fal.__version__


def run_python(code: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


EXTRAS = {"PIL", "aiohttp", "click", "h2", "jsonschema_rs", "opentelemetry", "rich", "starlette", "uvicorn", "yaml"}  # fmt: skip
# Each costs milliseconds; none is needed to name a class.
HEAVY = {"attrs", "asyncio", "dataclasses", "email", "httpcore", "httpx", "json", "logging", "ssl", "tempfile", "urllib.request"}  # fmt: skip


def loaded_by(code: str, *, after: str = "") -> set[str]:
    """Return which of the heavy modules and extras some code loads beyond what others had."""
    show = f"print(*sorted(({EXTRAS | HEAVY!r}) & (set(sys.modules) - before)))"
    return set(run_python(f"import sys; {after or 'pass'}; before = set(sys.modules); {code}; {show}").split())  # fmt: skip


@pytest.mark.parametrize("code", ["import chainhub_fal", "from chainhub_fal import AsyncClient, Client"])  # fmt: skip
def test_to_import_a_client_loads_nothing_that_one_is_made_of(code: str) -> None:
    assert loaded_by(code) == set()


def test_a_blocking_client_loads_no_extra_and_no_event_loop_and_what_a_job_is_made_of_comes_with_a_job() -> (
    None
):
    made = "from chainhub_fal import Client; client = Client(api_key='k', base_url='http://a.test')"
    loaded = loaded_by(made, after="import httpcore")  # which loads h2 where that is installed
    assert (
        loaded & (EXTRAS | {"asyncio", "attrs", "email", "httpx", "tempfile", "urllib.request"})
        == set()
    )
    parts = "[name for name in sys.modules if name.startswith(('chainhub_fal.flows', 'chainhub_fal_api'))]"
    assert run_python(f"import sys; {made}; print({parts})") == "[]"


def test_a_file_of_a_blocking_client_loads_no_event_loop() -> None:
    loaded = loaded_by("import chainhub_fal._files", after="import httpcore")
    assert loaded & (EXTRAS | {"asyncio", "attrs", "httpx"}) == set()


def test_the_plain_url_of_a_file_loads_no_http_client() -> None:
    read = "from chainhub_fal._file_address import FileUrl; FileUrl.of('https://a.test:8443/x.jpg?a=%20')"
    assert "httpx" not in loaded_by(read)


def test_no_endpoint_is_loaded_that_is_not_named() -> None:
    """Importing must not grow with the number of endpoints."""
    code = "from chainhub_fal import Client, find_endpoint; Client(api_key='k').close()"
    models = "[name for name in sys.modules if name.startswith('chainhub_fal_api.models.')]"
    assert run_python(f"import sys; {code}; print({models})") == "[]"


def test_aiohttp_comes_with_a_client_that_takes_it_and_with_no_other() -> None:
    make = "from chainhub_fal import AsyncClient; AsyncClient(api_key='k', transport={!r})"
    assert "aiohttp" in loaded_by(make.format("aiohttp"))
    assert "aiohttp" not in loaded_by(make.format("httpx"))
