"""One run of the layers against one server: which layers, what they sent and what they found."""

from __future__ import annotations

import importlib
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import quote

from ..contract import Contract
from .coverage_answers import watched
from .findings import Finding, Layer, Ledger
from .floors import shortfalls
from .ledgers import added
from .target import NotTestableError, Target

LAYERS = ("suite", "semantics", "conformance")
_SECRET = 8  # characters; a shorter part of a key may stand in any text by chance


@dataclass(frozen=True)
class LayerRun:
    """What one layer did; ``phases`` are those it promises to send requests in."""

    name: str
    findings: tuple[Finding, ...]
    ledger: Ledger
    seconds: float
    phases: tuple[str, ...] = ()

    @property
    def requests(self) -> int:
        """How many requests it noted."""
        return max(self.ledger.phases.total(), self.ledger.answers.total())


@dataclass(frozen=True)
class Run:
    """Everything that was done to one server, and what was not; ``name`` says which it was."""

    name: str
    target: Target
    seed: int
    layers: tuple[LayerRun, ...]
    missing: tuple[Finding, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, those of the floors last."""
        return (*(found for layer in self.layers for found in layer.findings), *self.missing)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that make the run red."""
        return tuple(found for found in self.findings if found.level == "error")

    @property
    def ledger(self) -> Ledger:
        """What all layers exercised together."""
        return added(layer.ledger for layer in self.layers)

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return sum(layer.requests for layer in self.layers)


def layer_run(name: str, target: Target, contract: Contract, seed: int) -> LayerRun:
    """Run one layer by its name; raises NotTestableError for one that does not exist."""
    layer, phases = _load(name)
    ledger, started = Ledger(), time.monotonic()
    found = layer(target, watched(contract, ledger), ledger, seed=seed, first=False)
    findings = tuple(without_key(each, target.key) for each in found)
    return LayerRun(name, findings, ledger, time.monotonic() - started, phases)


def judged(
    name: str, target: Target, contract: Contract, seed: int, layers: Sequence[LayerRun]
) -> Run:
    """Put the layers' work together and hold it against the floors."""
    missing = shortfalls(contract, target.dialect, layers)
    return Run(name, target, seed, tuple(layers), tuple(replace(it, seed=seed) for it in missing))


def _load(name: str) -> tuple[Layer, tuple[str, ...]]:
    """Import a layer only when it is asked for: schemathesis alone takes a second."""
    module_name = f"{__package__}".removesuffix("harness") + f"{name}.layer"
    if name not in LAYERS:
        raise NotTestableError(f"no layer is named {name}: choose of {', '.join(LAYERS)}")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if not module_name.startswith(str(error.name)):
            raise
        raise NotTestableError(f"the layer {name} is not part of this checkout") from error
    return cast("Layer", module.run), tuple(getattr(module, "PHASES", ()))


def without_key(finding: Finding, key: str) -> Finding:
    """Take the key out of words that a server may have echoed."""
    if not key:
        return finding
    secrets = {key, *(part for part in key.split(":") if len(part) >= _SECRET)}
    spelled = {form for secret in secrets for form in (secret, quote(secret, safe=""))}
    ordered = sorted(spelled, key=len, reverse=True)
    # A validator's message may break off in the middle of a value.
    broken_off = (form[:size] for form in ordered for size in range(len(form) - 1, _SECRET - 1, -1))
    parts = [*map(re.escape, ordered), *(rf"{re.escape(part)}\Z" for part in broken_off)]
    pattern = re.compile("|".join(parts))
    message, curl = (
        pattern.sub(lambda _: "$API_KEY", text) for text in (finding.message, finding.curl)
    )
    return replace(finding, message=message, curl=curl)
