"""The server under test: where it is, how to speak to it, and whether it is one at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import httpx

Dialect = Literal["gateway", "fal"]
_SCHEMES: dict[Dialect, str] = {"gateway": "Bearer", "fal": "Key"}
_NOBODYS_ID = "00000000-0000-4000-8000-000000000000"


class NotTestableError(Exception):
    """Nothing can be proven of this server; the words say what to do."""


@dataclass(frozen=True)
class Target:
    """A base URL, the key that opens it, and the dialect it speaks; ``timeout`` in seconds."""

    base_url: str
    key: str = field(repr=False)
    dialect: Dialect = "gateway"
    timeout: float = 10.0

    @property
    def authorization(self) -> str:
        """The ``Authorization`` header that should be accepted."""
        return f"{_SCHEMES[self.dialect]} {self.key}"

    def client(self, *, authorization: str | None = "") -> httpx.Client:
        """Return an HTTP client below the base URL.

        It sends the right key, or the ``authorization`` given; None sends none.
        """
        value = self.authorization if authorization == "" else authorization
        return httpx.Client(
            base_url=self.base_url,
            headers={"Authorization": value} if value is not None else {},
            timeout=self.timeout,
            trust_env=False,
        )

    def check(self) -> None:
        """Raise NotTestableError when the server is down, is no API, or refuses the key."""
        about = f"{self.base_url} ({self.dialect})"
        try:
            with self.client() as client:
                answer = client.get(f"/fal-ai/auto/requests/{_NOBODYS_ID}")
        except httpx.HTTPError as error:
            raise NotTestableError(
                f"{about} does not answer ({type(error).__name__}):"
                " start the server, or correct BASE_URL"
            ) from error
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise NotTestableError(f"{about} refuses the key: correct API_KEY, or DIALECT")
        if "json" not in answer.headers.get("content-type", ""):
            kind = answer.headers.get("content-type", "no content type")
            raise NotTestableError(
                f"{about} answers {answer.status_code} with {kind}, so it is not the API:"
                " correct BASE_URL"
            )
