"""What a change means to whom, and why: the reasons that kinds of change have in common."""

from dataclasses import dataclass

from spec.compare.changes import Judgement, Verdict

_B, _U, _C, _N = Verdict.BREAKING, Verdict.UNKNOWN, Verdict.COMPATIBLE, Verdict.UNTOUCHED
SILENT = Judgement(_N, "Nobody on this side can tell the difference.")


@dataclass(frozen=True)
class Effect:
    """What a change means where a value is sent and where it is read."""

    request: Judgement = SILENT
    response: Judgement = SILENT
    is_judged: bool = False
    """Whether no rule knows: a witness or the prover decides, and breaking is assumed."""
    is_limit: bool = False
    """Whether it is about the set of allowed values, which another spelling may leave as it was."""


def both(verdict: Verdict, why: str) -> Effect:
    """Return the effect that is the same on both sides."""
    return Effect(Judgement(verdict, why), Judgement(verdict, why))


def callers(verdict: Verdict, why: str) -> Effect:
    """Return the effect that only callers feel."""
    return Effect(request=Judgement(verdict, why))


def readers(verdict: Verdict, why: str) -> Effect:
    """Return the effect that only readers feel."""
    return Effect(response=Judgement(verdict, why))


REFUSED = Judgement(_B, "Callers may send a value that is refused from now on.")
TAKEN = Judgement(_C, "Everything that callers may send today is still taken.")
PROMISED = Judgement(_C, "Everything that can come now was allowed before.")
SURPRISE = Judgement(_B, "Readers may get a value that they were told would never come.")
NARROWS = Effect(REFUSED, PROMISED, is_limit=True)
WIDENS = Effect(TAKEN, SURPRISE, is_limit=True)
REDEFINES = Effect(REFUSED, SURPRISE, is_limit=True)
JUDGED = Effect(REFUSED, SURPRISE, is_judged=True, is_limit=True)
WIRELESS = Effect()
NEW = callers(_C, "Nobody can have used it before.")
HEEDED = "A caller that leaves it out may get something else; nothing is refused."
LOST = Effect(
    Judgement(_U, "A server that takes unknown fields still takes it; nothing says it heeds it."),
    Judgement(_U, "Readers had to cope without it, but those that used it get nothing now."),
)

SAME = both(_C, "Signatures and types stay as they are: the generator does not enforce this.")
INVISIBLE = both(_N, "The generator does not read this.")
MORE = both(_C, "Something new appears; what was there stays.")
GONE = both(_B, "A name that code uses disappears from the generated client.")
RENAMED = both(_B, "A name that code uses is another one in the generated client.")
ARGUMENT = Effect(
    Judgement(_B, "There is a new argument that every call must give."),
    Judgement(_C, "There is a new attribute, and it is always there."),
)
NARROWER = Effect(
    Judgement(_B, "The type of an argument excludes what it allowed."),
    Judgement(_C, "The type of an attribute only becomes narrower."),
)
WIDER = Effect(
    Judgement(_C, "The type of an argument only becomes wider."),
    Judgement(_B, "The type of an attribute has a case that reading code does not handle."),
)
RETYPED = both(_B, "The type of an argument or attribute is another one.")
RESENT = Effect(
    Judgement(_B, "A call that leaves it out sends another value than before."),
    Judgement(_C, "Only the constructor of a model that is read has another default."),
)
NOTE = both(_C, "Its class has another name; no signature of an operation names it.")
CALLS = "The types of this operation's function are other ones."
CALLED = both(_B, CALLS)
