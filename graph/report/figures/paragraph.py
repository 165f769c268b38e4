"""What the figures of one paragraph come to: changes, shares, sums, remainders, products and amounts per one.

The last reading of a figure. Its operands are figures of one paragraph of a document, or rows of tables, that
the claim names; a whole may go unnamed where the paragraph says what it is the whole of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from graph.report.figures import cues, derive
from graph.report.figures.book import Known
from graph.report.figures.derive import Derived
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding, weigh_derived
from graph.report.figures.joining import changes
from graph.report.figures.layout import Scope
from graph.report.figures.measure import DURATIONS
from graph.report.figures.operands import Operands
from graph.report.figures.page import Page
from graph.report.figures.passages import LOSSES, Passages
from graph.report.figures.phrased import Phrased, complement, joint_share, less, order_of, together
from graph.report.figures.products import by_terms, per_one, products
from graph.report.figures.quantities import Quantity
from graph.report.figures.role import Role
from graph.report.figures.wording import telling

_MOST_NAMED = 5


class Paragraphs:
    """Reads figures as what the paragraphs that speak of the same come to."""

    def __init__(self, operands: Operands, passages: Passages, asked: Page) -> None:
        self.operands = operands
        self.resolver = operands.resolver
        self.page = operands.page
        self.passages = passages
        self.asked = asked
        # Whether anything came out that the figure could be.
        self.computed = False
        # The phrases of the sentence that was cut last, by where it begins.
        self._cut: tuple[int, tuple[frozenset[str], ...]] = (-1, ())

    def read(self, number: Number, role: Role, settled: Sequence[Known]) -> Finding | None:
        """Give the finding of a figure that is right so; None when it is not."""
        self.computed = False
        if not self.passages:
            return None
        scope = self.resolver.scope(number)
        claim = self._claim(number, role, scope)
        for held in self.passages.paragraphs(claim.said, claim.context):
            found = [item for item in self._of(claim, held, settled) if item is not None]
            self.computed = self.computed or bool(found)
            finding = weigh_derived(number, found, claim.side, unsigned=not claim.side)
            if finding is not None and finding.status == "derived":
                return finding
        return None

    def _claim(self, number: Number, role: Role, scope: Scope) -> Phrased:
        page = self.page
        said = page.telling_words(scope)
        context = telling(self.asked.masked) if self.asked.low else frozenset()
        index = page.scope_index(number.start)
        if index and page.scopes[index - 1].block == scope.block:
            context |= page.telling_words(page.scopes[index - 1])
        clause = page.before(number, scope, 64) + " # " + page.after(number, scope, 64)
        sentence = page.masked[scope.start : scope.end]
        kind = (
            "time" if number.unit in DURATIONS
            else number.unit if number.unit not in ("", "count")
            else "money" if number.currency else "count"
        )  # fmt: skip
        periods = tuple(self.operands.periods(number, scope))
        side = role.side if role.kind == "change" and not cues.VALUED.search(clause) else 0
        when = self.resolver.when(number)
        at = self.operands.lookup.meant(when)
        return Phrased(
            number, kind, self._phrases(scope), said, context, periods, clause, sentence, side,
            at if at is not None and at.year else None,
            self.resolver.is_from(number) or (when.period is not None and when.period.kind == "prior"),
            bool(page.named_in((scope.start, scope.end))),
            page.after(number, scope, 5).startswith(" of "),
            role.kind == "change",
        )  # fmt: skip

    def _phrases(self, scope: Scope) -> tuple[frozenset[str], ...]:
        """Give the words of each phrase of a sentence, and of the names that its capitals stand for."""
        if self._cut[0] == scope.start:
            return self._cut[1]
        page, place = self.page, scope.start
        found: list[frozenset[str]] = []
        for match in cues.PHRASE.finditer(page.masked, scope.start, scope.end):
            found.append(page.telling(place, match.start()))
            place = match.end()
        found.append(page.telling(place, scope.end))
        self._cut = scope.start, tuple(phrase for phrase in found if phrase)
        return self._cut[1]

    def _of(
        self, claim: Phrased, held: Sequence[Quantity], settled: Sequence[Known]
    ) -> Iterator[Derived | None]:
        changed = claim.moved or cues.MOVED.search(claim.clause) or cues.UNLIKE.search(claim.clause)
        if changed and not (claim.kind == "percent" and claim.of and not claim.side):
            yield from self._changes(claim, held, settled)
        if claim.kind in ("percent", "multiple", "count") and not (claim.kind == "percent" and claim.moved):
            yield from self._shares(claim, held)
        if claim.kind in ("money", "count", "percent", "time"):
            yield from self._parts(claim, held)
        if claim.kind in ("money", "count"):
            yield from products(claim, self._now(claim, held))
            yield from per_one(claim, self._now(claim, held))
            yield from by_terms(claim, self._now(claim, held))

    # Two times of one line.

    def _changes(
        self, claim: Phrased, held: Sequence[Quantity], settled: Sequence[Known]
    ) -> Iterator[Derived | None]:
        """Compare the figures of two times that stand nearest to the claim's words."""
        ids = {known.fact.id for known in settled}
        relative = claim.kind in ("percent", "multiple", "pp", "bps")
        for kind in ("money", "count", "percent", "time") if relative else (claim.kind,):
            line = self._line(claim, [item for item in held if item.kind == kind], ids, held)
            anchored = [item for item in line if item.known.fact.id in ids]
            for a, b in combinations(line, 2):
                if anchored and a not in anchored and b not in anchored:
                    continue
                old, new = sorted((a, b), key=order_of)
                if order_of(old) != order_of(new) and self._are_named(claim, old, new):
                    yield from changes(old.known, new.known, claim.number)

    def _line(
        self, claim: Phrased, held: Sequence[Quantity], ids: set[str], everything: Sequence[Quantity]
    ) -> list[Quantity]:
        """Give the best named figure of each time."""
        named = any(item.near & claim.said for item in everything)
        open_ = not named or any(item.known.fact.id in ids for item in held)
        for words in (claim.said, claim.said | claim.context) if open_ else (claim.said,):
            best: dict[tuple[int, int], tuple[float, Quantity]] = {}
            for item in held:
                score = self._score(item, words) + (100 if item.known.fact.id in ids else 0)
                time = order_of(item)
                if score > 0 and (time not in best or score > best[time][0] + 1e-9):
                    best[time] = (score, item)
            if len(best) >= 2:
                return [item for _, item in best.values()]
        return []

    def _are_named(self, claim: Phrased, old: Quantity, new: Quantity) -> bool:
        """Tell whether the times of a pair are those that the claim names, as far as it names any."""
        periods = [period for period in claim.periods if period.kind != "prior"]
        if not periods:
            return True
        dated = [item for item in (old, new) if item.known.period is not None and item.known.period.year]
        fit = [item for item in dated if any(item.known.of(period) for period in periods)]
        return len(fit) >= (2 if len(periods) > 1 else 1) or not dated

    def _score(self, item: Quantity, words: frozenset[str]) -> float:
        weigh = self.passages.weigh
        return weigh(item.near & words) - 0.15 * weigh(item.near - words)

    # One time.

    def _now(self, claim: Phrased, held: Sequence[Quantity]) -> list[Quantity]:
        """Give the figures that may be of the time that the claim names."""
        later = {
            id(item)
            for item in held
            for other in held
            if other.near == item.near and other.kind == item.kind and order_of(other) > order_of(item)
        }
        if claim.was and claim.at is None:
            # What something is compared with is of a time before the last.
            return [item for item in held if id(item) in later] or list(held)
        if claim.at is None and not claim.spoken:
            return [item for item in held if id(item) not in later]
        periods = [claim.at] if claim.at is not None else [p for p in claim.periods if p.kind != "prior"]
        return [
            item
            for item in held
            if item.known.period is None or any(item.known.of(period) for period in periods)
        ]

    def _named(self, held: Sequence[Quantity], claim: Phrased, kind: str) -> list[Quantity]:
        """Give the figures of one kind that the phrases of the claim name: by each the one it fits best."""
        alike = [item for item in held if item.kind == kind]
        found: list[Quantity] = []
        for phrase in claim.phrases:
            scored = []
            for item in alike:
                own = item.near - self._common(alike, item)
                if item.near & phrase and (own & phrase or not own):
                    scored.append((self._score(item, phrase), item))
            best = max((score for score, _ in scored), default=0.0)
            found += [item for score, item in scored if score > best - 1e-9 and item not in found]
        return found[:_MOST_NAMED]

    def _common(self, alike: Sequence[Quantity], item: Quantity) -> frozenset[str]:
        """Give the words that stand by most figures of a kind: they tell none of them apart."""
        if len(alike) < 3:
            return frozenset()
        return frozenset(
            word for word in item.near if 3 * sum(word in other.near for other in alike) > 2 * len(alike)
        )

    def _whole_of(self, held: Sequence[Quantity], part: Quantity) -> list[Quantity]:
        """Give what the paragraph says that a figure is part of."""
        return [
            item
            for item in held
            if item.whole
            and item is not part
            and item.kind == part.kind
            and abs(item.known.value) >= abs(part.known.value)
            and together(item.known, part.known)
        ]

    def _shares(self, claim: Phrased, held: Sequence[Quantity]) -> Iterator[Derived | None]:
        """Give what one named figure is of another, or of the whole that the paragraph tells."""
        factor = derive.HUNDRED if claim.kind == "percent" else derive.ONE
        if claim.kind == "count" and not (claim.number.decimals and cues.RATED.search(claim.sentence)):
            return
        now = self._now(claim, held)
        rest = cues.REST.search(claim.clause) is not None
        for kind in ("money", "count", "time"):
            named = self._named(now, claim, kind)
            for a, b in combinations(named, 2):
                if together(a.known, b.known):
                    top, bottom = self._ordered(claim, a, b)
                    yield derive.share(top.known, bottom.known, "ratio", factor)
            if claim.kind != "percent":
                continue
            for part in named if len(named) < 2 else ():
                for whole in self._whole_of(now, part):
                    yield derive.share(part.known, whole.known, "ratio", factor)
                    if rest != part.rest:
                        yield complement(part.known, whole.known)
            if len(named) == 3 and cues.AND.search(claim.sentence):
                *parts, whole = sorted(named, key=lambda item: (item.whole, abs(item.known.value)))
                yield joint_share(parts[0].known, parts[1].known, whole.known)
            if len(named) == 2:
                for whole in self._whole_of(now, named[0]):
                    if whole not in named:
                        yield joint_share(named[0].known, named[1].known, whole.known)
        if claim.kind == "percent" and rest:
            for part in self._named(now, claim, "percent")[:1]:
                yield Derived(
                    100 - part.known.value,
                    "percent",
                    f"100 - {part.known.value:f}",
                    (part.known.fact.id,),
                    "remainder",
                )

    def _ordered(self, claim: Phrased, a: Quantity, b: Quantity) -> tuple[Quantity, Quantity]:
        """Put the figure that is set against the other last: what is named behind "of", else the whole."""
        words = claim.sentence
        match = cues.AGAINST.search(words)
        if match is not None:
            end = cues.PHRASE.search(words, match.end())
            behind = telling(words[match.end() : end.start() if end is not None else None])
            one, other = (self._score(item, behind) if item.near & behind else 0.0 for item in (a, b))
            if one != other:
                return (b, a) if one > other else (a, b)
        return (b, a) if a.whole and not b.whole else (a, b)

    def _lists(self, claim: Phrased, held: Sequence[Quantity], rest: bool) -> Iterator[Derived | None]:
        """Give what figures that a sentence lists come to together, where the claim names one of them."""
        for named in self._named(held, claim, claim.kind)[:1]:
            listed = [
                item for item in held
                if item.kind == claim.kind and item.sentence == named.sentence and not item.whole
            ]  # fmt: skip
            if len(listed) >= 3:
                total = derive.total([item.known for item in listed])
                yield replace(total, value=100 - total.value) if rest else total

    def _parts(self, claim: Phrased, held: Sequence[Quantity]) -> Iterator[Derived | None]:
        """Give the sum of the named figures, and what they leave of the whole."""
        now = self._now(claim, held)
        named = self._named(now, claim, claim.kind)
        rest = cues.REST.search(claim.sentence) is not None
        added = (
            cues.SUM.search(claim.sentence)
            or cues.AND.search(claim.sentence)
            or "including" in claim.sentence
        )
        if claim.kind != "percent" and added and 2 <= len(named) <= _MOST_NAMED:
            yield derive.total([item.known for item in named])
        if cues.SUM.search(claim.sentence) or (claim.kind == "percent" and rest):
            yield from self._lists(claim, held, rest)
        if (rest or cues.UNLIKE.search(claim.clause)) and len(named) >= 2:
            for a, b in combinations(named, 2):
                low = min((a, b), key=lambda item: abs(item.known.value))
                if low.near & LOSSES and cues.UNDONE.search(claim.sentence):
                    # Before a charge there was more.
                    yield derive.total([a.known, b.known])
                else:
                    yield derive.gap(a.known, b.known, claim.number.unit)
        if claim.kind == "percent":
            return
        wholes = [item for item in now if item.whole and item.kind == claim.kind]
        for whole in wholes:
            parts = [
                item
                for item in now
                if item.kind == claim.kind and item is not whole and whole in self._whole_of(now, item)
            ]
            told = [item for item in named if item in parts]
            if told and rest != all(item.rest for item in told):
                yield less(whole.known, [item.known for item in told])
            if not rest and cues.USED.search(claim.sentence) and whole in named:
                # What is left of it is told, and how much of it was used.
                for item in parts:
                    if item.rest:
                        yield less(whole.known, [item.known])
            inner = [item for item in parts if item.sentence == whole.sentence]
            if rest and whole in self._named(now, claim, claim.kind) and inner and inner != told:
                yield less(whole.known, [item.known for item in inner])
