"""Say what an import found and did: repairs, losses, proposals, and what is left to decide."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from spec.importing.draft import Decided
from spec.importing.losses import Loss
from spec.importing.outputs import Output
from spec.importing.proposals import Proposal
from spec.importing.reading import Reading
from spec.importing.tables import table
from spec.nodes import Place

Say: TypeAlias = Callable[[str], object]


def tell_losses(reading: Reading, losses: Sequence[Loss], say: Say) -> None:
    """Say which lines were repaired and what the page has lost or contradicts."""
    repairs = [
        (str(one.line), one.old.strip() or "(lost)", one.new.strip()) for one in reading.repairs
    ]
    _tell(table("repairs", ("line", "old", "new"), repairs), say)
    rows = [(_where(note.place), note.what) for note in reading.notes]
    rows += [(_where(loss.place), loss.what) for loss in losses]
    status = reading.status
    if status not in ("", "released"):
        rows.append((reading.path, f"the vendor calls this page {status!r}"))
    _tell(table("losses and contradictions", ("where", "what"), rows), say)


def tell_proposals(proposals: Sequence[Proposal], say: Say) -> None:
    """Say what the page's prose proposes, how sure it is and why."""
    rows = [
        (one.field.name, one.what, one.confidence.value, one.reason, one.words) for one in proposals
    ]
    heads = ("field", "proposal", "confidence", "why it is a question", "sentence")
    _tell(table("proposals", heads, rows), say)


def tell_outcome(decided: Sequence[Decided], output: Output | None, say: Say) -> None:
    """Say what was applied, what waits for a person, and what the output rests on."""
    say("")
    if output is not None and output.evidence.source == "inferred":
        say(f"question: is the output right? It was drafted for {output.reason}")
    applied = sum(one.accepted for one in decided)
    waiting = [one for one in decided if not one.accepted]
    marked = sum(bool(one.proposal.update) for one in waiting)
    say(
        f"{applied} proposal(s) applied, {len(waiting)} left to decide: {marked} of them stand in "
        "the overlay, marked x-proposed"
    )


def tell_comparison(rows: Sequence[tuple[str, str]], say: Say) -> None:
    """Say what a page that is only evidence adds to the contract, or says otherwise."""
    _tell(table("against the contract", ("where", "what"), rows), say)


def _tell(lines: Iterator[str], say: Say) -> None:
    for line in lines:
        say(line)


def _where(place: Place) -> str:
    """Name a place shortly: a field by its way below the input, anything else by its last steps."""
    return ".".join(str(step) for step in place[-3:] if step not in ("properties", "schema"))
