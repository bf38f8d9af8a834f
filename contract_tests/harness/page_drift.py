"""Drift on the page: whether what is committed is what its sources give."""

from __future__ import annotations

from dataclasses import dataclass

from .page_elements import Html, element, joined


@dataclass(frozen=True)
class Drift:
    """The differences found; ``refusal`` says why they could not be told."""

    differences: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def words(self) -> str:
        """The outcome in two words."""
        if self.refusal:
            return "not known"
        return "drifted" if self.differences else "in step"


def drift_section(found: Drift) -> Html:
    """Return the section: in step, or each difference and what to do."""
    return element(
        "section",
        element("h2", "Drift", id="drift"),
        *(_refused(found) if found.refusal else _told(found)),
        aria_labelledby="drift",
    )


def _refused(found: Drift) -> list[Html]:
    return [element("p", "It could not be told: ", element("code", found.refusal))]


def _told(found: Drift) -> list[Html]:
    if not found.differences:
        return [element("p", "In step: openapi.yaml and generated/ are what their sources give.")]
    advice = joined(
        [
            "Edit spec/ and run ",
            element("code", "make spec generate"),
            "; neither is edited by hand.",
        ]
    )
    items = [element("li", element("code", each)) for each in found.differences]
    return [element("p", advice), element("ul", *items, class_="plain")]
