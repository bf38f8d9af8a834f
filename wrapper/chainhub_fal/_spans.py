"""One OpenTelemetry span for each job, in programs that have loaded OpenTelemetry themselves.

It is looked up and never imported: where nobody has loaded it, nobody would receive a span either.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from ._version import __version__

NAME = "chainhub_fal.job"
Attribute = str | int | float | bool


class JobSpan:
    """The span of one job, from the submit to the saved files; does nothing without OpenTelemetry.

    Names, states and numbers go into it, and of an error its class alone: no words of a server's.
    """

    def __init__(self) -> None:
        self._span: Any = None  # OpenTelemetry's own types, which may not be there
        self._seen_at = 0

    @property
    def is_open(self) -> bool:
        """Tell whether it has begun and not ended."""
        return self._span is not None

    def begin(self, **attributes: Attribute) -> None:
        """Begin it as a child of the caller's current span, unless it is open already."""
        trace: Any = sys.modules.get("opentelemetry.trace")
        if trace is None or self.is_open:
            return
        tracer = trace.get_tracer("chainhub_fal", __version__)
        self._span = tracer.start_span(NAME)
        self.note(**attributes)

    def note(self, **attributes: Attribute) -> None:
        """Set attributes, under the package's own prefix."""
        if self._span is None:
            return
        self._seen_at = time.time_ns()
        for name, value in attributes.items():
            self._span.set_attribute(f"chainhub_fal.{name}", value)

    def event(self, name: str, **attributes: Attribute) -> None:
        """Add an event that happened now."""
        if self._span is not None:
            self._seen_at = time.time_ns()
            self._span.add_event(name, attributes)

    def end(self, error: BaseException | None = None) -> None:
        """End it, at the moment of the last thing that was seen; again, it does nothing."""
        if self._span is None:
            return
        span, self._span = self._span, None
        if error is not None:
            trace: Any = sys.modules["opentelemetry.trace"]
            self._seen_at = time.time_ns()
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(trace.Status(trace.StatusCode.ERROR, type(error).__name__))
        span.end(end_time=self._seen_at)
