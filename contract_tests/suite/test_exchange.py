"""Curl lines: run as they stand, with the key put in, they bring the same answer again."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from chainhub_fal_sandbox import Sandbox

from ..harness.findings import Ledger
from ..harness.target import Target
from .exchange import Case, Probe
from .worlds import CONTRACT, examine, sandbox

BASH, CURL = shutil.which("bash"), shutil.which("curl")
needs_curl = pytest.mark.skipif(not (BASH and CURL), reason="bash and curl are not installed")
SUBMIT = next(each for each in CONTRACT.operations.values() if each.method == "POST")


def repeated(line: str, server: Sandbox) -> int:
    """Run a curl line; return the status it was answered with."""
    ran = subprocess.run(  # noqa: S603 - the line under test, against this test's own server
        [str(BASH), "-c", line],
        env={"API_KEY": server.key, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
        timeout=30,
    )
    return int(re.findall(rb"^HTTP/1.1 (\d+)", ran.stdout, re.MULTILINE)[-1])


@needs_curl
@pytest.mark.parametrize("fault", ["submit-no-auth", "submit-no-validation", "status-no-auth"])
def test_a_finding_is_seen_again(fault: str) -> None:
    with sandbox("gateway", faults=(fault,)) as server:
        findings, _ = examine(server)
        for finding in findings[:: 1 + len(findings) // 20]:
            (seen,) = re.findall(r"answered (\d+)", finding.message)
            assert repeated(finding.curl, server) == int(seen), finding.curl
    assert findings
    assert {finding.seed for finding in findings} == {1}


@needs_curl
@pytest.mark.parametrize(
    ("content", "authorization"),
    [
        (b"{'single': \"double\"}", "Bearer $API_KEY"),
        (b'{"a": "' + b"a" * 3000 + b'", "b": "' + b"7" * 3000 + b'"}', "Bearer $API_KEY-x"),
        (b"a" * 500, "Bearer"),
        (b"@/etc/hostname", None),
        (b"$HOME `id` \\ %s", ""),
        (b"", "Basic $API_KEY"),
        (b"\xff\\x41 \"quoted' $HOME", "Bearer $API_KEY"),
        ("\N{MUSICAL SYMBOL G CLEF}".encode(), "bearer $API_KEY"),
    ],
    ids=["quotes", "long", "one run", "a file's name", "shell", "empty", "no text", "astral"],
)
def test_a_line_sends_the_very_bytes(content: bytes, authorization: str | None) -> None:
    with sandbox("gateway") as server:
        probe = Probe(Target(server.base_url, server.key), CONTRACT, Ledger(), seed=1, first=False)
        case = Case(SUBMIT, "r", "w", frozenset(), content=content, authorization=authorization)
        probe.send(case)
        probe.close()
        line = probe.curl(case)
        repeated(line, server)
        sent, again = server.calls_to("submit")
    assert (again.body_size, again.body_digest) == (sent.body_size, sent.body_digest)
    assert again.key == sent.key
    assert ("authorization" in again.headers) == ("authorization" in sent.headers)
    assert again.headers.get("content-type") == sent.headers.get("content-type")
    assert len(line) < 1000
