"""The file ``VENDORED`` in a copy: where it is from, and the hash of every file in it."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vendoring.errors import VendoringError

NAME = "VENDORED"
_HEAD = """\
# A copy of chainhub-fal, made by its `make vendor`. Edit the original, not this:
# `python -m vendoring --check` in a checkout of chainhub-fal names every file that was changed.
"""


@dataclass(frozen=True)
class Manifest:
    """What a copy is: ``files`` maps each path below its top to the SHA-256 of its content."""

    name: str
    version: str
    contract_version: str
    contract_sha256: str
    generator: str
    extras: tuple[str, ...]
    files: Mapping[str, str]

    def text(self) -> str:
        """Write it as TOML."""
        plain = {
            "name": self.name,
            "version": self.version,
            "contract_version": self.contract_version,
            "contract_sha256": self.contract_sha256,
            "generator": self.generator,
            "extras": list(self.extras),
        }
        # JSON's strings and lists are TOML's.
        lines = [f"{key} = {json.dumps(value)}" for key, value in plain.items()]
        files = [f"{json.dumps(path)} = {json.dumps(sha)}" for path, sha in self.files.items()]
        return "\n".join([_HEAD + lines[0], *lines[1:], "", "[files]", *files, ""])

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read the manifest of a copy; raises VendoringError without a sound one."""
        try:
            found = tomllib.loads((folder / NAME).read_text("utf-8"))
            found["extras"] = tuple(found["extras"])
            return cls(**found)
        except FileNotFoundError:
            raise VendoringError(f"{folder} holds no {NAME} file: it is no copy of ours") from None
        except (ValueError, TypeError, KeyError) as error:
            raise VendoringError(f"{folder / NAME} cannot be read: {error}") from None


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each content, by path in order."""
    return {path: hashlib.sha256(files[path]).hexdigest() for path in sorted(files)}


def differences(wanted: Mapping[str, str], found: Mapping[str, str]) -> Sequence[str]:
    """Say of each path that it was edited, is gone, or was added."""
    words = [f"{path} edited" for path in wanted if found.get(path, wanted[path]) != wanted[path]]
    words += [f"{path} gone" for path in wanted if path not in found]
    return [*words, *(f"{path} added" for path in found if path not in wanted)]
