"""Turn differences into changes: who meets them, whom they break, and the value that proves it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from spec.compare.changes import Change, Judgement, Verdict, Witness, worst
from spec.compare.contracts import Contract
from spec.compare.effects import SILENT, Effect
from spec.compare.findings import Direction, Finding, Pair, Position
from spec.compare.kinds import KINDS
from spec.compare.prover import covers, is_refuted, texts
from spec.compare.walk import Walk
from spec.compare.witness import Search, proven

_NONE = " No witness found."
_PROVED = "The schemas prove it: the side that reads takes every value of the side that sends."


@dataclass
class Met:
    """A difference and everywhere it was met."""

    finding: Finding
    directions: set[Direction] = field(default_factory=set)
    places: list[str] = field(default_factory=list)

    def add(self, direction: Direction, where: str) -> None:
        """Note a place where it was met."""
        self.directions.add(direction)
        if where not in self.places:
            self.places.append(where)

    @property
    def counting(self) -> set[Direction]:
        """The directions that count: a component is judged for itself only when nothing uses it."""
        used: set[Direction] = self.directions - {"model"}
        return used or {"request", "response"}


class Judge:
    """Collects differences, each once, and judges them."""

    def __init__(self, old: Contract, new: Contract) -> None:
        self._sides = (old, new)
        self._search = Search()
        self._walk = Walk(self._search)
        self._met: dict[tuple[object, ...], Met] = {}
        self._proven: dict[tuple[Pair, bool], Finding | None] = {}

    def take(self, items: Iterable[Finding | Position]) -> None:
        """Take in differences, and look into the schemas of positions."""
        for item in items:
            if isinstance(item, Finding):
                self._note(item, item.direction, item.where)
            else:
                self._look(item)

    def _note(self, finding: Finding, direction: Direction | None, where: str) -> None:
        key = (finding.kind, finding.old, finding.new, finding.detail)
        met = self._met.setdefault(key, Met(finding))
        for way in (direction,) if direction else _every():
            met.add(way, where)

    def _look(self, position: Position) -> None:
        is_met = False
        for finding in self._walk.reach(position.pair):
            self._note(finding, position.direction, position.where)
            is_met = is_met or self._breaks(finding, position.direction)
        if not is_met and position.direction != "model":
            unnamed = self._unnamed(position.pair, is_request=position.direction == "request")
            if unnamed is not None:
                self._note(unnamed, position.direction, position.where)

    @staticmethod
    def _breaks(finding: Finding, direction: Direction) -> bool:
        effect = KINDS[finding.kind].wire
        rule = effect.request if direction == "request" else effect.response
        return rule.verdict in (Verdict.BREAKING, Verdict.UNKNOWN)

    def _unnamed(self, pair: Pair, *, is_request: bool) -> Finding | None:
        """Ask whether the rules have overlooked a break of this position.

        The side that sends is taken to send only properties it knows: otherwise every property
        that is added would break somebody who happened to send one of that name.
        """
        key = (pair, is_request)
        if pair.old.form == pair.new.form:
            return None
        if key not in self._proven:
            producer, consumer = pair if is_request else (pair.new, pair.old)
            witness = self._search.closed(producer, consumer)
            is_broken = witness is not None or is_refuted(consumer, producer)
            probes = (witness.value,) if witness else ()
            finding = Finding(
                "schema-redefined",
                pair.old.class_place,
                pair.new.class_place,
                pair=pair,
                probes=probes,
            )
            self._proven[key] = finding if is_broken else None
        return self._proven[key]

    def all(self) -> list[Met]:
        """Return everything that was met."""
        return list(self._met.values())

    def drop(self, unwanted: Iterable[Met]) -> None:
        """Forget differences that another one already tells."""
        gone = {id(met) for met in unwanted}
        self._met = {key: met for key, met in self._met.items() if id(met) not in gone}

    def changes(self) -> Iterator[Change]:
        """Yield the changes in the order in which they were met."""
        for met in self.all():
            yield self._change(met)

    def _change(self, met: Met) -> Change:
        finding, kind = met.finding, KINDS[met.finding.kind]
        is_used = met.directions != {"model"}
        callers = is_used and "request" in met.directions
        readers = is_used and "response" in met.directions
        generated = [_side(kind.generated, way) for way in met.counting]
        old, new = self._sides
        return Change(
            kind=kind.id,
            what=f"{kind.says}: {finding.detail}" if finding.detail else kind.says,
            old=old.spot(finding.old),
            new=new.spot(finding.new),
            places=tuple(met.places),
            callers=self._judge(finding, kind.wire, is_request=True) if callers else SILENT,
            readers=self._judge(finding, kind.wire, is_request=False) if readers else SILENT,
            generated=worst(generated),
        )

    def _judge(self, finding: Finding, effect: Effect, *, is_request: bool) -> Judgement:
        rule = effect.request if is_request else effect.response
        if rule.verdict is not Verdict.BREAKING:
            return rule
        witness = self._witness(finding, is_request=is_request)
        if witness is not None:
            return replace(rule, witness=witness)
        if (effect.is_judged or finding.is_arm) and self._is_covered(
            finding, is_request=is_request
        ):
            return Judgement(Verdict.COMPATIBLE, _PROVED)
        return replace(rule, why=rule.why + _NONE)

    def _witness(self, finding: Finding, *, is_request: bool) -> Witness | None:
        if finding.proof is not None:
            return proven(finding.proof, is_request=is_request)
        if finding.pair is None:
            return None
        old, new = finding.pair
        producer, consumer = (old, new) if is_request else (new, old)
        return self._search.between(producer, consumer, finding.probes)

    @staticmethod
    def _is_covered(finding: Finding, *, is_request: bool) -> bool:
        if finding.pair is None or finding.kind == "condition-changed":
            return False
        producer, consumer = finding.pair if is_request else reversed(finding.pair)
        if texts(producer.form) != texts(consumer.form):
            return False
        return covers(consumer.form, producer.closed_form) is True


def _every() -> tuple[Direction, ...]:
    return "request", "response"


def _side(effect: Effect, direction: Direction) -> Judgement:
    return effect.request if direction == "request" else effect.response
