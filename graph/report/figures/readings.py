"""Readings of a figure at one time: as a level, as a distance between prices, as a share."""

from __future__ import annotations

from collections.abc import Sequence

from graph.report.figures import derive
from graph.report.figures.book import Known
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding, weigh_derived, weigh_facts
from graph.report.figures.labels import Mention
from graph.report.figures.lookup import Lookup
from graph.report.figures.resolve import Label
from graph.report.figures.role import Role
from graph.report.figures.terms import DISTANCES, LEVELS, UNSIGNED
from graph.report.figures.timing import When

_SHARES = {(top, bottom): key for key, ratios in derive.RATIOS.items() for top, bottom, _ in ratios}


class Reader:
    """Reads figures that state something at one time."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self.resolver = lookup.resolver
        self.book = lookup.book

    def level(self, number: Number, labels: Sequence[Label], when: When, role: Role) -> Finding | None:
        """Read the figure as the value of the metric that it is named by."""
        names = self.lookup.candidates(number, labels)
        entities = self.resolver.entities(number)
        first: Finding | None = None
        for label in names:
            finding = self._level_of(number, label.mention, entities, when, role)
            if finding is not None and finding.status != "contradicted":
                return finding
            first = first or finding
        return first

    def _level_of(
        self, number: Number, mention: Mention, entities: tuple[str, ...], when: When, role: Role
    ) -> Finding | None:
        side = role.side if role.kind == "change" else 0
        found: list[Known] = []
        for key in mention.keys:
            found += self.lookup.at(key, entities, when, number)
        unsigned = bool(UNSIGNED & set(mention.keys))
        finding = weigh_facts(number, found, side, "named fact", turned=mention.turned, unsigned=unsigned)
        if found and (finding is None or finding.status != "contradicted"):
            return finding
        computed = [
            item for key in mention.keys for item in derive.named(self.book, key, entities, when.period)
        ]
        derived = weigh_derived(number, computed, side, unsigned=unsigned)
        if derived is not None and (derived.status == "derived" or finding is None):
            return derived
        return finding

    def distance(self, number: Number, labels: Sequence[Label], when: When, role: Role) -> Finding | None:
        """Read the figure as the distance between the price and a level."""
        entities = self.resolver.entities(number)
        percent = number.unit == "percent"
        nearby = [
            label.mention
            for label in labels
            if label.mention.kind in ("metric", "joint") and label.mention is not role.target
        ]
        price = self.book.latest(self.book.line("close", entities))
        if role.target is None and any(m.keys == ("close",) and m.start < number.start for m in nearby[:1]):
            levels = [m for m in nearby if self._is_price(m.keys[0]) and m.keys != ("close",)][:1]
            return self._away(
                number,
                [
                    (base, level)
                    for m in levels
                    for key in m.keys
                    for level in self.lookup.at(key, entities, when, number)
                    for base in price
                ],
                role,
            )
        if role.target is None or role.target.keys == ("close",):
            levels = [
                m
                for m in nearby
                if m.keys and self._is_price(m.keys[0]) and m.keys != ("close",) and m.start < number.start
            ][:1]
            return self._away(
                number,
                [
                    (level, base)
                    for m in levels
                    for key in m.keys
                    for level in self.lookup.at(key, entities, when, number)
                    for base in price
                ],
                role,
            )
        findings: list[Finding | None] = []
        for key in filter(self._is_price, role.target.keys):
            held = self.lookup.at(key, entities, When(), number)
            if role.toward:
                findings.append(self._away(number, [(level, base) for level in held for base in price], role))
                continue
            for gap in DISTANCES.get(key, ()) if percent else ():
                findings.append(
                    weigh_facts(
                        number,
                        self.lookup.at(gap, entities, When(), number),
                        role.side,
                        "named fact",
                        unsigned=role.side == 0,
                    )
                )
            findings.append(self._away(number, [(base, level) for level in held for base in price], role))
            others = [
                m
                for m in nearby
                if m.start < number.start and self._is_price(m.keys[0]) and m.keys[0] not in (key, "close")
            ][:1]
            pairs = [
                (item, level)
                for m in others
                for item in self.lookup.at(m.keys[0], entities, When(), number)
                for level in held
            ]
            findings.append(self._only_good(self._away(number, pairs, role)))
        return next(
            (f for f in findings if f and f.status != "contradicted"), next((f for f in findings if f), None)
        )

    def _only_good(self, finding: Finding | None) -> Finding | None:
        return finding if finding is not None and finding.status != "contradicted" else None

    def _is_price(self, key: str) -> bool:
        return key in LEVELS or key in ("close", "peak")

    def _away(self, number: Number, pairs: Sequence[tuple[Known, Known]], role: Role) -> Finding | None:
        percent = number.unit == "percent"
        derived = [derive.distance(a, b, percent) for a, b in pairs if a.fact.entity == b.fact.entity]
        return weigh_derived(
            number, [d for d in derived if d is not None], role.side, unsigned=role.side == 0
        )

    def share(self, number: Number, labels: Sequence[Label], when: When, role: Role) -> Finding | None:
        """Read the figure as the share that one metric is of another."""
        assert role.target is not None
        entities = self.resolver.entities(number)
        parts = [
            label.mention
            for label in labels
            if label.mention is not role.target
            and label.mention.kind == "metric"
            and label.mention.start < number.start
        ][:1]
        for part in parts:
            for top in part.keys:
                bottom = role.target.keys[0] if role.target.keys else ""
                ratio = _SHARES.get((top, bottom))
                stated = self.lookup.at(ratio, entities, when, number) if ratio else []
                finding = weigh_facts(number, stated, 0, "named fact")
                if finding is not None and finding.status == "supported":
                    return finding
                factor = derive.HUNDRED if number.unit == "percent" else derive.ONE
                shares = [
                    derive.share(a, b, "ratio", factor)
                    for a in self.lookup.at(top, entities, when, number)
                    for b in self.lookup.at(bottom, entities, when, number)
                    if a.fact.entity == b.fact.entity and (a.period == b.period or a.day == b.day)
                ]
                return weigh_derived(number, [s for s in shares if s is not None], 0) or finding
        return None
