"""Readings of a figure at one time: as a level, as a distance between prices, as a share."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graph.report.figures import cues, derive
from graph.report.figures.book import Known
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding, weigh_derived, weigh_facts
from graph.report.figures.labels import Mention
from graph.report.figures.lookup import Lookup
from graph.report.figures.naming import Label
from graph.report.figures.role import Role
from graph.report.figures.tables import FREE
from graph.report.figures.terms import DISTANCES, LEVELS, UNSIGNED
from graph.report.figures.timing import When

# Rows that may come out on either side of zero: without a sign they are told as positive.
_RESULT = re.compile(
    r"income(?! tax| expense)|profit|earnings|\(loss\)|result|margin|cash flow|net cash provided|equity"
    r"|change|benefit|利润|收益|现金流"
)
_LOSS = re.compile(r"(?<![a-z])loss(?:es)?(?![a-z])|deficit|亏")
_SHARES = {(top, bottom): key for key, ratios in derive.RATIOS.items() for top, bottom, _ in ratios}


# Both ends of a move are told by their values, whatever is measured on it.
_OF_A_MOVE = re.compile(r"(?<![a-z])(?:from|between)\s[$€£¥]?(?:[\d.,]+\s(?:to|and)\s[$€£¥]?)?$")


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
        # A choice left open contradicts nothing.
        return first if len({label.mention.keys for label in names}) == 1 else None

    def _level_of(
        self, number: Number, mention: Mention, entities: tuple[str, ...], when: When, role: Role
    ) -> Finding | None:
        side = role.side if role.kind == "change" else 0
        found: list[Known] = []
        for key in mention.keys:
            found += self.lookup.at(key, entities, when, number)
        unsigned = bool(UNSIGNED & set(mention.keys))
        finding = weigh_facts(
            number,
            found,
            side,
            "named fact",
            turned=mention.turned,
            unsigned=unsigned,
            either=self._told_by_size(number, mention),
        )
        if found and (finding is None or finding.status != "contradicted"):
            return finding
        if found and self.resolver.is_from(number):
            return finding
        computed = [
            item for key in mention.keys for item in derive.named(self.book, key, entities, when.period)
        ]
        derived = weigh_derived(number, computed, side, unsigned=unsigned)
        if derived is not None and (derived.status == "derived" or finding is None):
            return derived
        return finding

    def _told_by_size(self, number: Number, mention: Mention) -> bool:
        """Tell whether a row filed as negative may be told without a sign, as costs and payments are."""
        if not all(key.startswith(FREE) for key in mention.keys):
            return False
        if not any(_RESULT.search(key.rpartition(": ")[2]) for key in mention.keys):
            return True
        known = [item for key in mention.keys for item in self.book.line(key)]
        if all(item.value <= 0 for item in known) and not any(_LOSS.search(key) for key in mention.keys):
            # A deduction in every column, such as sublease income among costs.
            return len(known) > 1
        scope = self.resolver.scope(number)
        return any(_LOSS.search(key) for key in mention.keys) and bool(
            _LOSS.search(self.lookup.page.low, scope.start, scope.end)
        )

    def operand(self, number: Number, labels: Sequence[Label], when: When) -> Finding | None:
        """Read an amount beside the name of a ratio, as in "a margin of 46%, $181 on $391", as an operand."""
        if not (number.currency or number.scale > 0) or number.unit:
            return None
        entities = self.resolver.entities(number)
        for ratio in [key for label in labels[:1] for key in label.mention.keys if key in derive.RATIOS]:
            operands = {key for top, bottom, _ in derive.RATIOS[ratio] for key in (top, bottom)}
            held = [
                item for name in sorted(operands) for item in self.lookup.at(name, entities, when, number)
            ]
            finding = weigh_facts(number, held, 0, "operand of a ratio")
            if finding is not None and finding.status == "supported":
                return finding
        return None

    def level_or_distance(
        self, number: Number, labels: Sequence[Label], when: When, role: Role
    ) -> Finding | None:
        """Read an amount behind a level, as in 高于50日均线$237.29, as that level or the distance from it."""
        target = role.target
        if target is None or not number.currency or target.end > number.start:
            return self.distance(number, labels, when, role)
        level = self._level_of(number, target, self.resolver.entities(number), when, Role("level"))
        if (
            level is not None
            and level.known
            and (level.status == "supported" or number.value * 2 > level.known[0].value)
        ):
            return level
        return self.distance(number, labels, when, role)

    def distance(self, number: Number, labels: Sequence[Label], when: When, role: Role) -> Finding | None:
        """Read the figure as the distance between the price and a level."""
        entities = self.resolver.entities(number)
        price = self.book.latest(self.book.line("close", entities))
        nearby = [
            label.mention
            for label in labels
            if label.mention.kind in ("metric", "joint") and label.mention is not role.target
        ]
        if role.target is not None and role.target.keys != ("close",):
            return self._to_target(number, nearby, role.target, price, role)
        # "price 8.7% above" is the price's distance, "support (3.6% below)" the level's.
        of_price = role.target is None and bool(nearby) and nearby[0].keys == ("close",)
        levels = [
            level
            for mention in self._levels(nearby, None if of_price else number.start)[:1]
            for key in mention.keys
            for level in self.lookup.at(key, entities, when, number)
        ]
        pairs = [(base, level) if of_price else (level, base) for level in levels for base in price]
        return self._away(number, pairs, role)

    def _levels(self, mentions: Sequence[Mention], before: int | None) -> list[Mention]:
        """Give the mentions of levels other than the price, those before a place where one is given."""
        return [
            mention
            for mention in mentions
            if mention.keys[0] != "close"
            and self._is_price(mention.keys[0])
            and (before is None or mention.start < before)
        ]

    def _to_target(
        self, number: Number, nearby: Sequence[Mention], target: Mention, price: Sequence[Known], role: Role
    ) -> Finding | None:
        """Read the distance to the level that the sentence names behind the figure."""
        entities = self.resolver.entities(number)
        findings: list[Finding | None] = []
        for key in filter(self._is_price, target.keys):
            held = self.lookup.at(key, entities, When(), number)
            if role.toward:
                findings.append(self._away(number, [(level, base) for level in held for base in price], role))
                continue
            for gap in DISTANCES.get(key, ()) if number.unit == "percent" else ():
                stated = self.lookup.at(gap, entities, When(), number)
                findings.append(weigh_facts(number, stated, role.side, "named fact", unsigned=role.side == 0))
            findings.append(self._away(number, [(base, level) for level in held for base in price], role))
            others = [mention for mention in self._levels(nearby, number.start) if mention.keys[0] != key]
            subjects = [
                item for m in others[:1] for item in self.lookup.at(m.keys[0], entities, When(), number)
            ]
            between = self._away(number, [(item, level) for item in subjects for level in held], role)
            findings.append(between if between is not None and between.status == "derived" else None)
        right = [finding for finding in findings if finding is not None and finding.status != "contradicted"]
        return next(iter(right), next((finding for finding in findings if finding is not None), None))

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
        others = [
            label.mention
            for label in labels
            if label.mention is not role.target and label.mention.kind == "metric"
        ]
        ahead = [mention for mention in others if mention.start < number.start]
        parts = [role.part] if role.part is not None else (ahead or others)[:1]
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

    def is_told_by_value(self, number: Number, labels: Sequence[Label]) -> bool:
        """Tell whether only its value names the level that the figure is, as in "a close below $232.04"."""
        if not number.currency or number.scale > 0 or number.unit or number.decimals < 2:
            return False
        labels = [
            label
            for label in labels
            if label.mention.kind != "window" and self.lookup.naming.fits(number, label.mention)
        ]
        if not labels or labels[0].cost >= 12 or labels[0].mention.kind == "foreign":
            return True
        bare = labels[0].mention.start == labels[0].mention.end
        if bare or any(label.apposed for label in labels):
            return False
        before = self.resolver.page.masked[max(0, number.start - 30) : number.start]
        if _OF_A_MOVE.search(before):
            return True
        return (
            labels[0].mention.keys == ("close",) and bool(cues.TOWARD.search(before)) and labels[0].cost > 0
        )

    def level_by_value(self, number: Number) -> Finding | None:
        """Find the level that shows a figure's value."""
        entities = self.resolver.entities(number)
        past = LEVELS if self.resolver.is_from(number) else LEVELS - {"previous_close"}
        for key in ("close", *sorted(past)):
            finding = weigh_facts(
                number, self.book.latest(self.book.line(key, entities)), 0, "level told by its value"
            )
            if finding is not None and finding.status == "supported":
                return finding
        return None
