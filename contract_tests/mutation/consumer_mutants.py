"""The form of a mutant of the client: one text of one file, put in the place of another."""

from __future__ import annotations

from dataclasses import dataclass

from .outcomes import StaleError

_PACKAGE = "wrapper/chainhub_fal"


@dataclass(frozen=True)
class ClientMutant:
    """One fault in the client: where, what, and why it matters to a user.

    ``excuse`` says why no test could tell it from the real client; most have none.
    """

    name: str
    group: str
    module: str
    old: str
    new: str
    reason: str
    excuse: str = ""

    @property
    def file(self) -> str:
        """The file's path below the checkout."""
        return f"{_PACKAGE}/{self.module}"

    def applied(self, text: str) -> str:
        """Return a module's text with the fault in it.

        Raises StaleError unless the old text stands there just once and what results is Python.
        """
        count = text.count(self.old)
        if count != 1:
            raise StaleError(f"the text it replaces stands {count} times in {self.file}")
        broken = text.replace(self.old, self.new)
        try:
            compile(broken, self.file, "exec")
        except SyntaxError as error:
            raise StaleError(f"{self.file} would be no Python: {error}") from error
        return broken
