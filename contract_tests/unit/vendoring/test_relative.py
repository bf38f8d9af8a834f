"""Only imports of our packages change, and each leads to the same module as before."""

from __future__ import annotations

import pytest

from vendoring.errors import VendoringError
from vendoring.parts import HOMES
from vendoring.relative import made_relative


@pytest.mark.parametrize(
    ("folder", "line", "written"),
    [
        ((), "from chainhub_fal_api.models import A", "from ._api.models import A"),
        ((), "from chainhub_fal_api import models", "from ._api import models"),
        (("cli",), "from chainhub_fal_sandbox.x import main", "from .._sandbox.x import main"),
        ((), "from chainhub_fal import Client", "from . import Client"),
        (("cli",), "from chainhub_fal import Client", "from .. import Client"),
        (("_sandbox",), "from chainhub_fal_sandbox.queue import Q", "from .queue import Q"),
        (("_sandbox",), "from chainhub_fal_sandbox import queue", "from . import queue"),
        (("_sandbox", "d"), "from chainhub_fal_sandbox.d.a import Q", "from .a import Q"),
        (("_sandbox", "d"), "from chainhub_fal_sandbox.a import Q", "from ..a import Q"),
        ((), "    from chainhub_fal_api.models import (\n    A,\n)", "    from ._api.models import (\n    A,\n)"),
        ((), "from chainhub_fallacy import A", "from chainhub_fallacy import A"),
        ((), "import httpx; from . import chainhub_fal", "import httpx; from . import chainhub_fal"),
        ((), 'x = "from chainhub_fal import y"', 'x = "from chainhub_fal import y"'),
    ],
)  # fmt: skip
def test_an_import_is_written_from_where_it_stands(
    folder: tuple[str, ...], line: str, written: str
) -> None:
    head = "if True:\n" if line.startswith(" ") else ""
    text = f'"""Words about chainhub_fal."""\n{head}{line}  # why\r\n'
    expected = text.replace(line, written)
    assert made_relative(text, folder, HOMES, "m.py") == expected


def test_an_import_without_a_relative_form_is_refused_with_its_place() -> None:
    with pytest.raises(VendoringError, match=r"m\.py:2"):
        made_relative("import os\nimport chainhub_fal.client\n", (), HOMES, "m.py")
