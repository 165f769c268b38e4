"""What traders read off a sheet: distances between levels, multiples of the true range, reward to risk.

A second look at figures that their own words do not settle. The levels are those that the sentence names, or
whose values it tells, and the price.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from graph.report.figures import cues
from graph.report.figures.book import Known
from graph.report.figures.derive import Derived
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding, weigh_derived, weigh_facts
from graph.report.figures.layout import Scope, Span
from graph.report.figures.lookup import Lookup
from graph.report.figures.stated import Stated
from graph.report.figures.terms import LEVELS

_HUNDRED = Decimal(100)
_OPEN = ("unsupported", "contradicted")
_POINTS = LEVELS | {"close", "peak", "low_52w", "high_52w"}
_RISK = re.compile(r"(?<![a-z])(?:reward|risk|r/r|rr)(?![a-z])|风险|盈亏比|收益")
_OF_PRICE = re.compile(
    r"\s(?:of|on) (?:the |its |today's |current |last |closing |share |stock )*"
    r"(?:price|close|stock|quote|value)"
    r"|(?:占|相当于)(?:股价|收盘价|现价)的?约?$"
)
_FEWER = re.compile(r"(?<![a-z])(?:fewer|less|more|below|above|under|over)(?![a-z])|[低高少多]")
_TOWARD = re.compile(
    r"(?<![a-z])(?:upside|downside|to reach|reach|reaches|hit|retest|gain to|rise to|drop to|fall to"
    r"|distance to|to get to|at risk|potential|room|away from"
    r"|pullback|pull back|back to|loss|return to|up to|down to)(?![a-z])|至|到|空间"
)
_AWAY = re.compile(
    r"(?<![a-z])(?:above|below|over|under|off|from|than|premium|discount|clear of|since)(?![a-z])|[高低]于|较"
)
_JOINT = re.compile(r"[,;，；]\s|(?<![a-z])(?:and|while|but|with)(?![a-z])|[和而]")
_DAY = re.compile(r"(?<![a-z])(?:(?:the )?day['’]s|today['’]?s?|session['’]?s?)(?![a-z])|当日|单日")
# "the 52-week low and high".
_BOTH_ENDS = re.compile(r"(?:low (?:and|to|-) (?:the )?high|high (?:and|to|-) (?:the )?low)(?![a-z])")
_MIDDLE = re.compile(r"mid-?point|half-?way|middle|中点|中间")
_COUNTS = {
    "half an": Decimal("0.5"), "half": Decimal("0.5"),
    "one": Decimal(1), "an": Decimal(1), "two": Decimal(2),
    "three": Decimal(3), "four": Decimal(4), "一": Decimal(1), "两": Decimal(2), "三": Decimal(3),
}  # fmt: skip
_RANGES = re.compile(
    r"(?:(?<![a-z\d.])(?P<word>half an|half|one|an|two|three|four)|(?P<zh>[一两三])"
    r"|(?<![\d.$])(?P<digits>\d(?:\.\d{1,2})?))"
    r"[\s-]?(?:x|times|×|倍)?\s?(?:the |its |the stock's )?"
    r"(?:atrs?(?![a-z])|average true ranges?|平均真实波幅)"
)
_TRUE_RANGE = re.compile(r"atr|true range|波幅")
_DOWN = re.compile(r"(?<![a-z])(?:below|under|beneath|less|minus|off|stop|down)(?![a-z])|[下低减止]")
_UP = re.compile(r"(?<![a-z])(?:above|over|plus|target|beyond|up|higher)(?![a-z])|[上高加]")
_IN_RANGE = re.compile(r"(?<![a-z])(?:range|channel|of the way)(?![a-z])|区间|通道")
_BAND_WIDTH = re.compile(r"band ?width|带宽")
_TRADED = re.compile(r"turnover|(?:value|dollars?) traded|traded value|dollar volume|成交额")
_MULTIPLES = ("pe", "ps", "pb", "ev_ebitda", "p_fcf")
_OF_SOMETHING = re.compile(
    r"(?<![a-z])multiple (?:of|is|at|:)\s?(?:about |around |roughly )?$|估值倍数[为是]?约?$"
)
# Windows of returns by a bare word right before a signed percentage, as in "day -1.3%, month +7.4%".
_WINDOW = re.compile(
    r"(?<![a-z])(?:(?P<return_1d>1d|1-day|day|daily)|(?P<return_1m>1m|1-month|month|monthly)"
    r"|(?P<return_3m>3m|3-month|quarter)|(?P<return_6m>6m|6-month|half-year|(?:six|6) months)"
    r"|(?P<return_1y>1y|1-year|year|yearly))"
    r"[\s:=]{1,3}$"
)


class Trading:
    """Reads figures of one page by the levels that stand with them."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self.resolver = lookup.resolver
        self.page = lookup.page
        self.book = lookup.book
        self.stated = Stated(lookup)

    def look(self, findings: Mapping[int, Finding]) -> dict[int, Finding]:
        """Give the findings of figures that are right beside the levels of their sentence."""
        if "close" not in self.book.lines:
            return {}
        found: dict[int, Finding] = {}
        for index, number in enumerate(self.page.numbers):
            if findings[index].status not in _OPEN or (number.scale > 6 and not number.currency):
                continue
            scope = self.resolver.scope(number)
            entities = self.resolver.entities(number)
            results = self._volume(number, scope, entities) or []
            toward = _TOWARD.search(self.page.low, max(scope.start, number.start - 48), number.end + 8)
            held = self.stated.is_held(number) and toward is None
            if (_is_open(number, findings[index]) or toward is not None) and not held:
                results += self._results(number, scope, entities, {**findings, **found})
            finding = weigh_derived(number, results, 0, unsigned=True)
            finding = finding or self._window(number) or self._multiple(number)
            if finding is not None and finding.status in ("derived", "supported"):
                found[index] = finding
                found |= self._chosen(number, scope, finding, findings)
        return found

    def _chosen(
        self, number: Number, scope: Scope, finding: Finding, findings: Mapping[int, Finding]
    ) -> dict[int, Finding]:
        """Settle the count of true ranges that a level was computed with: the writer chose it."""
        if finding.rule != "true ranges":
            return {}
        starts = self.page.number_starts
        first, last = bisect_left(starts, scope.start), bisect_left(starts, scope.end)
        marks = [match.start("digits") for match in _RANGES.finditer(self.page.low, scope.start, scope.end)]
        return {
            at: Finding("context", "chosen by the writer")
            for at in range(first, last)
            if starts[at] in marks and findings[at].status in _OPEN
        }

    def _results(
        self, number: Number, scope: Scope, entities: tuple[str, ...], findings: Mapping[int, Finding]
    ) -> Iterator[Derived]:
        price = self.book.latest(self.book.line("close", entities))[:1]
        if not price:
            return
        levels = self._levels(number, (scope.start, scope.end), entities, findings)
        if not levels and not _TRUE_RANGE.search(self.page.low, scope.start, scope.end):
            return
        clause = self._clause(number, scope, findings)
        named = self._levels(number, clause, entities, findings)
        near = [item for item in named if item.key != "close"] or levels
        points = near if len(near) > 1 else list(dict.fromkeys([*near, *price]))
        ranges = self.book.latest(self.book.line("atr_14", entities))[:1]
        gaps = [(a, b) for a, b in combinations(points, 2) if a.value != b.value]
        if number.unit == "" and (number.currency or number.decimals):
            before = [item for item in points if item.key == "previous_close"]
            if number.sign and before:
                yield from (_moved(now, item) for now in price for item in before)
            else:
                yield from (_gap(a, b) for a, b in gaps)
                goal = self.page.mentions_in((number.end, min(scope.end, number.end + 28)))[:1]
                goals = [item for item in levels if any(item.key in mention.keys for mention in goal)]
                yield from (_gap(now, item) for now in price for item in goals)
            if _MIDDLE.search(self.page.low, scope.start, scope.end):
                yield from (_middle(a, b) for a, b in gaps)
            for atr in ranges:
                yield from self._from_ranges(number, scope, [*levels, *price], atr)
        if number.unit == "percent":
            if _IN_RANGE.search(self.page.low, scope.start, scope.end):
                yield from (_place_between(price[0], a, b) for a, b in gaps)
            if _BAND_WIDTH.search(self.page.low, scope.start, scope.end):
                yield from self._band_width(entities)
            told = self.page.low[clause[0] : clause[1]]
            behind = _OF_PRICE.match(self.page.low, number.end) or _OF_PRICE.search(
                self.page.low, max(scope.start, number.start - 14), number.start
            )
            if behind is not None:
                yield from (_share(_gap(a, b), price[0]) for a, b in gaps)
                return
            for a, b in gaps:
                level, other = (a, b) if b.key == "close" else (b, a)
                past = level.key == "previous_close"
                if past or not _TOWARD.search(told):
                    yield _relative(other, level)
                if not past and (_TOWARD.search(told) or not (number.sign or _AWAY.search(told))):
                    yield _relative(level, other)
        if number.unit in ("multiple", ""):
            sentence = self.page.low[scope.start : scope.end]
            if _RISK.search(sentence) and len(levels) >= 2:
                yield from _rewards(levels, price[0])
            alone = self.page.numbers_between(scope.start, scope.end) == 1
            chosen = [
                match.start("digits") for match in _RANGES.finditer(self.page.low, scope.start, scope.end)
            ]
            if ranges and "atr" in sentence and (number.start not in chosen or alone):
                yield from (_share(_gap(a, b), ranges[0], "multiple") for a, b in gaps)

    def _levels(
        self, number: Number, span: Span, entities: tuple[str, ...], findings: Mapping[int, Finding]
    ) -> list[Known]:
        """Give the levels that a stretch of text names or tells the values of, in order."""
        found: list[Known] = []
        for mention in self.page.mentions_in(span):
            for key in mention.keys:
                if key == "return_1d":
                    key = "previous_close"
                if key in _POINTS:
                    found += self.book.latest(self.book.line(key, entities))[:1]
        ends = {item.key for item in found} & {"low_52w", "high_52w"}
        if len(ends) == 1 and _BOTH_ENDS.search(self.page.low, *span):
            for key in sorted({"low_52w", "high_52w"} - ends):
                found += self.book.latest(self.book.line(key, entities))[:1]
        if _DAY.search(self.page.low, *span):
            found += self.book.latest(self.book.line("previous_close", entities))[:1]
        starts = self.page.number_starts
        for at in range(bisect_left(starts, span[0]), bisect_left(starts, span[1])):
            if _is_level(findings[at]) and self.page.numbers[at] is not number:
                found += findings[at].known[:1]
        return list(dict.fromkeys(found))[:5]

    def _clause(self, number: Number, scope: Scope, findings: Mapping[int, Finding]) -> Span:
        """Give the clause of a figure, where its sentence has more figures that no level tells."""
        starts = self.page.number_starts
        here = range(bisect_left(starts, scope.start), bisect_left(starts, scope.end))
        if sum(not _is_level(findings[at]) for at in here) < 2:
            return scope.start, scope.end
        parts = [m.start() for m in _JOINT.finditer(self.page.masked, scope.start, scope.end)]
        place = bisect_left(parts, number.start)
        start = parts[place - 1] if place else scope.start
        return start, parts[place] if place < len(parts) else scope.end

    def _from_ranges(
        self, number: Number, scope: Scope, bases: Sequence[Known], atr: Known
    ) -> Iterator[Derived]:
        """Give so many true ranges, and the level that lies so many below or above another."""
        for match in _RANGES.finditer(self.page.low, scope.start, scope.end):
            count = Decimal(match["digits"]) if match["digits"] else _COUNTS[match["word"] or match["zh"]]
            width = count * atr.value
            told = f"{count} * {atr.value:f}"
            yield Derived(width, "price", told, (atr.fact.id,), "true ranges", atr.fact.currency)
            near = self.page.low[max(scope.start, match.start() - 24) : min(scope.end, match.end() + 32)]
            down, up = _DOWN.search(near), _UP.search(near)
            behind = self.page.mentions_in((match.end(), min(scope.end, match.end() + 40)))[:1]
            own = [item for item in bases if any(item.key in mention.keys for mention in behind)]
            for base in own or bases:
                ids = (base.fact.id, atr.fact.id)
                if down or not up:
                    value, formula = base.value - width, f"{base.value:f} - {told}"
                    yield Derived(value, "price", formula, ids, "true ranges", atr.fact.currency)
                if up or not down:
                    value, formula = base.value + width, f"{base.value:f} + {told}"
                    yield Derived(value, "price", formula, ids, "true ranges", atr.fact.currency)

    def _volume(self, number: Number, scope: Scope, entities: tuple[str, ...]) -> list[Derived] | None:
        """Compare the volume with its average, where the sentence speaks of volume."""
        near = self.page.low[scope.start : scope.end]
        if not re.search(r"volume|turnover|traded|changed hands|shares|activity|成交|量", near):
            return None
        volume = self.book.latest(self.book.line("volume", entities))[:1]
        mean = self.book.latest(self.book.line("volume_avg_20", entities))[:1]
        if not (volume and mean and mean[0].value):
            return None
        ids = (volume[0].fact.id, mean[0].fact.id)
        a, b = volume[0].value, mean[0].value
        if number.scale > 0 and number.currency:
            price = self.book.latest(self.book.line("close", entities))[:1]
            if not (price and _TRADED.search(near)):
                return None
            worth, formula = a * price[0].value, f"{a:f} * {price[0].value:f}"
            return [Derived(worth, "money", formula, ids[:1], "product", price[0].fact.currency)]
        if number.unit == "percent" and _FEWER.search(near):
            value = (a - b) / b * _HUNDRED
            return [Derived(value, "percent", f"({a:f} - {b:f}) / {b:f}", ids, "distance from an average")]
        if number.unit in ("", "count") and not number.currency:
            told = [
                Derived(a, "count", "", ids[:1], "named fact"),
                Derived(b, "count", "", ids[1:], "named fact"),
            ]
            behind = self.page.low[number.end : number.end + 10]
            by = cues.BY.search(self.page.low, max(scope.start, number.start - 16), number.start)
            if by is not None or _FEWER.search(behind):
                return [Derived(a - b, "count", f"{a:f} - {b:f}", ids, "difference")]
            averaged = cues.MEAN.search(self.page.before(number, scope)) or "norm" in self.page.before(
                number, scope
            )
            return [told[1]] if averaged else [told[0]] if number.unit == "count" else None
        return None

    def _band_width(self, entities: tuple[str, ...]) -> Iterator[Derived]:
        keys = ("bollinger_upper", "bollinger_lower", "sma_20")
        held = [self.book.latest(self.book.line(key, entities))[:1] for key in keys]
        if all(held) and held[2][0].value:
            upper, lower, middle = (line[0] for line in held)
            yield _share(_gap(upper, lower), middle)

    def _multiple(self, number: Number) -> Finding | None:
        """Read "a multiple of 41.3x", which does not say of what, as the multiple that shows this value."""
        lead = self.page.low[max(0, number.start - 24) : number.start]
        if number.unit != "multiple" or _OF_SOMETHING.search(lead) is None:
            return None
        entities = self.resolver.entities(number)
        for key in _MULTIPLES:
            held = self.book.latest(self.book.line(key, entities))
            finding = weigh_facts(number, held, 0, "named fact") if held else None
            if finding is not None and finding.status == "supported":
                return finding
        return None

    def _window(self, number: Number) -> Finding | None:
        """Read a signed percentage right behind the bare word of a window as the return over it."""
        match = _WINDOW.search(self.page.low, max(0, number.start - 12), number.start)
        if match is None or number.unit != "percent" or not number.sign or match.lastgroup is None:
            return None
        line = self.book.line(match.lastgroup, self.resolver.entities(number))
        return weigh_facts(number, self.book.latest(line), 0, "named fact")


def _is_open(number: Number, finding: Finding) -> bool:
    """Tell whether a figure is not settled: a percentage that a fact of percent contradicts is."""
    if finding.status != "contradicted" or number.unit != "percent":
        return finding.status in _OPEN
    return finding.rule not in ("named fact", "distance to a level") or "unit" in finding.note


def _is_level(finding: Finding) -> bool:
    """Tell whether a figure is the value of a level."""
    return finding.status == "supported" and bool(finding.known) and finding.known[0].key in _POINTS


def _ids(*known: Known) -> tuple[str, ...]:
    return tuple(item.fact.id for item in known)


def _gap(a: Known, b: Known) -> Derived:
    high, low = max(a.value, b.value), min(a.value, b.value)
    told = f"{high:f} - {low:f}"
    return Derived(high - low, "price", told, _ids(a, b), "distance to a level", a.fact.currency)


def _moved(now: Known, before: Known) -> Derived:
    told = f"{now.value:f} - {before.value:f}"
    return Derived(
        now.value - before.value, "price", told, _ids(now, before), "difference", now.fact.currency
    )


def _middle(a: Known, b: Known) -> Derived:
    told = f"({a.value:f} + {b.value:f}) / 2"
    return Derived((a.value + b.value) / 2, "price", told, _ids(a, b), "mean", a.fact.currency)


def _place_between(price: Known, a: Known, b: Known) -> Derived:
    high, low = max(a.value, b.value), min(a.value, b.value)
    told = f"({price.value:f} - {low:f}) / ({high:f} - {low:f})"
    value = (price.value - low) / (high - low) * _HUNDRED
    return Derived(value, "percent", told, _ids(price, a, b), "place in a range")


def _relative(a: Known, base: Known) -> Derived:
    told = f"({a.value:f} - {base.value:f}) / {base.value:f}"
    value = (a.value - base.value) / base.value * _HUNDRED if base.value else Decimal(0)
    return Derived(value, "percent", told, _ids(a, base), "distance to a level")


def _share(part: Derived, whole: Known, unit: str = "percent") -> Derived:
    factor = _HUNDRED if unit == "percent" else 1
    value = part.value / whole.value * factor if whole.value else Decimal(0)
    told = f"({part.formula}) / {whole.value:f}"
    return Derived(value, unit, told, (*part.ids, whole.fact.id), "ratio")


def _rewards(levels: Sequence[Known], price: Known) -> Iterator[Derived]:
    """Give what may be won up to the level above by what may be lost down to the one below."""
    above = [item for item in levels if item.value > price.value]
    below = [item for item in levels if item.value < price.value]
    for target in above:
        for stop in below:
            reward, risk = target.value - price.value, price.value - stop.value
            told = f"({target.value:f} - {price.value:f}) / ({price.value:f} - {stop.value:f})"
            yield Derived(reward / risk, "multiple", told, _ids(target, price, stop), "reward to risk")
