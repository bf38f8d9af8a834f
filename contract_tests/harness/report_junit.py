"""The report a CI server reads: JUnit XML, a suite for each layer, a case for each operation."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from ..contract import Contract
from .findings import Finding
from .report_advice import advice
from .report_text import clean
from .runs import Run

_NO_OPERATION = "the whole"


def text(runs: Sequence[Run], contract: Contract) -> str:
    """Return the report as an XML document."""
    root = ET.Element("testsuites", name="conformance")
    for run in runs:
        for layer in run.layers:
            _suite(root, run, layer.name, layer.findings, contract).set(
                "time", f"{layer.seconds:.3f}"
            )
        _suite(root, run, "floors", run.missing, contract)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(
    root: ET.Element, run: Run, name: str, findings: Sequence[Finding], contract: Contract
) -> ET.Element:
    suite = ET.SubElement(root, "testsuite", name=clean(f"{name}: {run.name}"))
    named = dict.fromkeys(finding.operation or _NO_OPERATION for finding in findings)
    operations = list(dict.fromkeys([*contract.operations, *named]))
    failures = 0
    for operation in operations:
        about = [found for found in findings if (found.operation or _NO_OPERATION) == operation]
        failures += _case(suite, f"{run.target.dialect}.{name}", operation, about)
    suite.set("tests", str(len(operations)))
    suite.set("failures", str(failures))
    return suite


def _case(suite: ET.Element, group: str, operation: str, findings: Sequence[Finding]) -> bool:
    """Add a case, failed if there is an error among the findings; tell whether it is."""
    case = ET.SubElement(suite, "testcase", classname=group, name=clean(operation))
    errors = [finding for finding in findings if finding.level == "error"]
    warnings = [finding for finding in findings if finding.level == "warning"]
    if errors:
        first = clean(f"{errors[0].rule}: {errors[0].message}")
        kinds = ", ".join(dict.fromkeys(finding.rule for finding in errors))
        failure = ET.SubElement(case, "failure", type=clean(kinds), message=first)
        failure.text = clean("\n\n".join(map(_told, errors)))
    if warnings:
        ET.SubElement(case, "system-out").text = clean("\n\n".join(map(_told, warnings)))
    return bool(errors)


def _told(finding: Finding) -> str:
    seed = "" if finding.seed is None else f"seed {finding.seed}"
    said = (f"{finding.rule}: {finding.message}", advice(finding), finding.curl, seed)
    return "\n".join(filter(None, said))
