"""What a mutant of the provider is: one named fault, why it matters, and where it is put in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from chainhub_fal_sandbox.faults import Fault

from ..harness.target import Dialect

Group = Literal[
    "schema",
    "status",
    "header",
    "media type",
    "auth",
    "method",
    "validation",
    "sequence",
    "identity",
    "time",
    "files",
    "mechanical",
]
GROUPS: tuple[Group, ...] = get_args(Group)
Make = Callable[[], tuple[Fault, ...]]


@dataclass(frozen=True)
class Mutant:
    """One way in which a provider can be wrong.

    ``make`` returns the faults to switch on, fresh for each run because some of them remember
    what they saw. ``waiting`` asks for jobs that queue and run for a moment; without it they are
    done at once. ``equivalent`` says why no rule of the contract is broken that this client could ever
    notice; empty when one is.
    """

    name: str
    group: Group
    why: str
    make: Make
    dialect: Dialect = "gateway"
    waiting: bool = False
    equivalent: str = ""


def mutant(
    group: Group,
    name: str,
    why: str,
    *faults: Fault,
    dialect: Dialect = "gateway",
    waiting: bool = False,
    equivalent: str = "",
) -> Mutant:
    """Describe a mutant whose faults remember nothing."""
    return Mutant(name, group, why, lambda: faults, dialect, waiting, equivalent)
