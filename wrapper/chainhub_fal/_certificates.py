"""Which servers are believed: those that httpx believes, whatever carries the requests."""

from __future__ import annotations

import ssl
import threading


class Certificates:
    """The authorities that httpx trusts, which heeds SSL_CERT_FILE and SSL_CERT_DIR.

    They are loaded when a connection first needs them: it takes longer than many requests.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._context: ssl.SSLContext | None = None

    def context(self) -> ssl.SSLContext:
        """Return the context of every connection with TLS."""
        with self._lock:
            if self._context is None:
                import httpx  # noqa: PLC0415 - a server without TLS does not need it

                self._context = httpx.create_ssl_context()
        return self._context
