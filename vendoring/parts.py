"""What there is to copy: each part's source, its home in the copy, and what it needs beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vendoring.errors import VendoringError
from vendoring.relative import Names

ROOT = Path(__file__).parents[1]
LEFT_OUT = frozenset({"__pycache__"})


@dataclass(frozen=True)
class Part:
    """Some files of the checkout; ``home`` is their folder below the copy's top."""

    source: str
    home: Names = ()
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def files(self) -> Iterator[tuple[Names, bytes]]:
        """Yield each file's place in the copy, and its content."""
        source = ROOT / self.source
        if source.is_file():
            yield (*self.home, source.name), source.read_bytes()
            return
        for path in sorted(source.rglob("*")):
            names = path.relative_to(source).parts
            if path.is_file() and not LEFT_OUT & set(names) and self._holds(names):
                yield (*self.home, *names), path.read_bytes()

    def _holds(self, names: Names) -> bool:
        return names[0] not in self.without and (not self.only or names[0] in self.only)


_WRAPPER = "wrapper/chainhub_fal"
_CLI = ("cli", "__main__.py")
CLIENT = (
    Part(_WRAPPER, without=_CLI),
    Part("generated/chainhub_fal_api", ("_api",)),
    Part("vendoring/smoke.py"),
    Part("LICENSE"),
)
SANDBOX = (
    Part("sandbox/chainhub_fal_sandbox", ("_sandbox",)),
    Part("openapi.yaml", ("_sandbox",)),
)
EXTRAS = {
    "sandbox": SANDBOX,
    # Its command `sandbox` serves one, so they come together.
    "cli": (Part(_WRAPPER, only=_CLI), *SANDBOX),
}
HOMES = {"chainhub_fal": (), "chainhub_fal_api": ("_api",), "chainhub_fal_sandbox": ("_sandbox",)}


def chosen(extras: Sequence[str]) -> tuple[Part, ...]:
    """Return the client and the extras asked for; raises VendoringError for an unknown one."""
    parts = list(CLIENT)
    for name in extras:
        if name not in EXTRAS:
            raise VendoringError(f"there is no extra {name!r}: choose of {', '.join(EXTRAS)}")
        parts += [part for part in EXTRAS[name] if part not in parts]
    return tuple(parts)
