"""The one error of the contract pipeline: what is wrong, where, and what to do about it."""


class SpecError(Exception):
    """A page, an overlay, the contract or the generated package is not as it must be.

    `where` names a file, with line and column or a JSONPath when known.
    """

    def __init__(self, where: str, what: str, remedy: str) -> None:
        self.where = where
        self.what = what
        self.remedy = remedy
        super().__init__(where, what, remedy)

    def __str__(self) -> str:
        return f"{self.where}: {self.what}\n  {self.remedy}"
