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
    about = [_operations.get_result(job), _operations.get_status(job), _operations.cancel(job)]
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


def test_importing_the_package_loads_neither_httpx_nor_any_extra() -> None:
    heavy = "{'httpx','attrs','asyncio','PIL','click','rich','starlette','uvicorn','yaml','jsonschema_rs'}"
    code = f"import chainhub_fal, sys; print({heavy} & set(sys.modules))"
    assert run_python(code) == "set()"


def test_a_client_loads_no_extra_beyond_what_httpx_itself_loads() -> None:
    extras = "{'PIL','click','rich','starlette','uvicorn','yaml','jsonschema_rs'}"
    code = (
        "import httpx, sys; before = set(sys.modules); "
        "from chainhub_fal import Client, FLUX_1_SCHNELL_REDUX; Client(api_key='k').close(); "
        f"print({extras} & (set(sys.modules) - before))"
    )
    assert run_python(code) == "set()"
