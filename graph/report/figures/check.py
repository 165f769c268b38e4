"""The check itself: every figure of a text, decided against facts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Context, localcontext

from graph.facts import Fact
from graph.report.figures import cues
from graph.report.figures.again import Again
from graph.report.figures.arithmetic import sums
from graph.report.figures.beside import Beside
from graph.report.figures.book import Book, Known
from graph.report.figures.combine import Combine
from graph.report.figures.context import context_rule, is_rule
from graph.report.figures.extract import Number
from graph.report.figures.finding import Finding
from graph.report.figures.free import FreeLabels
from graph.report.figures.ground import Ground
from graph.report.figures.growth import Growth
from graph.report.figures.layout import Scope
from graph.report.figures.lookup import Lookup
from graph.report.figures.measure import DURATIONS
from graph.report.figures.merging import merge, rows_by_metric
from graph.report.figures.moves import Moves
from graph.report.figures.naming import Label
from graph.report.figures.nearby import Nearby
from graph.report.figures.page import Page
from graph.report.figures.paragraph import Paragraphs
from graph.report.figures.parallel import Parallel
from graph.report.figures.passages import Passages
from graph.report.figures.points import Points
from graph.report.figures.reached import Reached
from graph.report.figures.readings import Reader
from graph.report.figures.resolve import Resolver
from graph.report.figures.role import Role, direction, role_of
from graph.report.figures.source import Source
from graph.report.figures.tables import FREE, table_cells
from graph.report.figures.telling import counts, near_words, side_of
from graph.report.figures.timing import When
from graph.report.figures.trading import Trading
from graph.report.figures.units import is_rate, shown
from graph.report.figures.wording import telling
from graph.report.figures.written import Written
from graph.report.model import Figure

# No trap is set: an absurd number becomes infinite or not a number and matches nothing.
_ARITHMETIC = Context(prec=50, Emax=999999, Emin=-999999, traps=[])
# Questions that a checker keeps read.
_ASKED = 8


def check_figures(
    text: str,
    *,
    facts: Iterable[Fact] = (),
    sources: Iterable[Source] = (),
    question: str = "",
    names: Mapping[str, Iterable[str]] | None = None,
) -> list[Figure]:
    """Check every figure of `text`, in order of appearance, against facts, documents and the question.

    `names` are other names of the facts' entities, such as "Apple" and "苹果" of AAPL.
    """
    return Checker(facts, sources, names).check(text, question)


class Checker:
    """Checks any number of texts against the same facts and documents, which are read once."""

    def __init__(
        self,
        facts: Iterable[Fact] = (),
        sources: Iterable[Source] = (),
        names: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        typed, texts = list(facts), [(source.title, source.text) for source in sources]
        with localcontext(_ARITHMETIC):
            cells = table_cells(texts)
            self.book = Book(typed, names, cells)
            self.passages = Passages(texts)
            named = [known for key, line in self.book.lines.items() if key.startswith(FREE) for known in line]
            given = {fact.id for fact in typed}
            self.points = Points(
                cells, self.passages.all, [known for known in named if known.fact.id in given], texts
            )
            free = [key for key in self.book.lines if key.startswith(FREE)]
            self.free = FreeLabels(free)
            self.rows = rows_by_metric(free, self.book.lines)
        self._by_id: dict[str, Fact] = {}
        self.has_days = any(fact.unit == "days" for fact in typed)
        self._asked: dict[str, Page] = {}

    def asked(self, question: str) -> Page:
        """Read a question, which is the same for every sentence of an answer."""
        page = self._asked.get(question)
        if page is None:
            if len(self._asked) >= _ASKED:
                self._asked.clear()
            page = self._asked[question] = self.read(question)
        return page

    def read(self, text: str) -> Page:
        """Read a text with the names that the facts and documents give to their amounts."""
        page = Page(text)
        page.short = self.passages.words_of(page.norm)
        free = self.free.find(page)
        page.adopt(merge(page.low, page.mentions, free, self.book.lines, self.rows))
        return page

    def fact(self, fact_id: str) -> Fact | None:
        """Find a fact, or an amount read from a table, by the id that a figure gives."""
        if not self._by_id:
            self._by_id = {known.fact.id: known.fact for line in self.book.lines.values() for known in line}
        return self._by_id.get(fact_id)

    def check(self, text: str, question: str = "") -> list[Figure]:
        """Check every figure of a text, in order of appearance."""
        with localcontext(_ARITHMETIC):
            return _Check(self, text, question).run()


class _Check:
    """One run over one text."""

    def __init__(self, known: Checker, text: str, question: str) -> None:
        self.text = text
        self.page, self.asked = known.read(text), known.asked(question)
        self.book, self.passages, self.has_days = known.book, known.passages, known.has_days
        self.quotable = {(asked.value, asked.unit, asked.currency) for asked in self.asked.numbers}
        self.resolver = Resolver(self.page, self.book, self.asked)
        self.lookup = Lookup(self.resolver, self.book)
        self.reader = Reader(self.lookup)
        self.growth = Growth(self.lookup, self.reader)
        self.combine = Combine(self.lookup, self.passages, self.asked)
        self.points = known.points
        self.ground = Ground(self.lookup, self.asked, known.points)
        self.paragraphs = Paragraphs(self.combine.operands, self.passages, self.asked)
        self.settled: dict[int, list[Known]] = {}

    def run(self) -> list[Figure]:
        """Decide levels first: changes, means and growth rates may rest on them."""
        numbers = self.page.numbers
        roles = self._roles(numbers)
        findings: dict[int, Finding] = {}
        for late in (False, True):
            for index, number in enumerate(numbers):
                if (roles[index].kind != "level") == late:
                    findings[index] = finding = self._decide(number, roles[index])
                    scope = self.page.scope_index(number.start)
                    if finding.status == "supported":
                        self.settled.setdefault(scope, []).extend(finding.known)
        findings |= Beside(self.lookup, numbers, roles).look(findings)
        findings |= Trading(self.lookup).look(findings)
        findings |= Again(self.lookup, self.passages).look(findings)
        written = sums(self.page)
        findings |= self.ground.look(numbers, roles, findings, written)
        told = Written(self.combine, self.points, written).look(findings)
        findings |= told
        again = Parallel(self.lookup, self.points).look(findings)
        findings |= again
        fresh = {*again, *(at for at, finding in told.items() if finding.status == "derived")}
        if fresh:
            # What others come of may be written out, or told a year before.
            findings |= self.ground.look(numbers, roles, findings, written, fresh)
        findings |= Nearby(self.lookup, self.points).look(findings)
        findings |= Moves(self.page).look(findings)
        findings |= Reached(self.page, roles).look(findings)
        return [self._figure(number, findings[index]) for index, number in enumerate(numbers)]

    def _roles(self, numbers: Sequence[Number]) -> list[Role]:
        roles: list[Role] = []
        for index, number in enumerate(numbers):
            scope = self.resolver.scope(number)
            previous, gap = None, ""
            if index and numbers[index - 1].start >= scope.start:
                previous, gap = roles[-1], self.page.masked[numbers[index - 1].end : number.start][:80]
            roles.append(role_of(self.page, number, scope, previous, gap))
        return roles

    def _decide(self, number: Number, role: Role) -> Finding:
        """Decide one figure: context, facts, quotation, a level told by its value, else unsupported."""
        labels = self.resolver.labels(number)
        counted = bool(self.passages) and counts(self.page, number) in self.passages.counted
        counted = counted or any(
            item.fact.unit == "count"
            for label in labels[:1]
            for key in label.mention.keys
            for item in self.book.line(key)[:1]
        )
        said = self.page.telling_words(self.resolver.scope(number))
        timed = number.unit in DURATIONS and self.passages.timed(number, said)
        counted = counted or (role.kind == "change" and self.passages.knows(said))
        rule = context_rule(
            self.page,
            number,
            self.resolver.scope(number),
            labels,
            self.has_days,
            counted=counted,
            timed=timed,
        )
        if rule is not None:
            return Finding("context", rule)
        when = self.resolver.when(number)
        finding = self._read(number, labels, when, role)
        if finding is not None and finding.status in ("supported", "derived"):
            return finding
        told = (
            self._of_passage(number, when)
            or self.combine.read(number, role, self._settled_by(number))
            or self.combine.by_definition(number)
            or self.reader.operand(number, labels, when)
            or self.paragraphs.read(number, role, self._settled_by(number))
        )
        if told is not None:
            return told
        if self._quoted(number):
            return Finding("context", "quoted from the question")
        if self.reader.is_told_by_value(number, labels):
            level = self.reader.level_by_value(number)
            if level is not None:
                return level
            finding = None
        if finding is not None and finding.rule == "named fact" and self._is_of_two(number):
            finding = None
        if number.word and finding is None and not (self.combine.computed or self.paragraphs.computed):
            return Finding("context", "figure of speech")
        if finding is None and is_rule(self.page, number, self.resolver.scope(number)):
            return Finding("context", "rule or name")
        return finding or Finding(
            "unsupported", "no fact", note="no fact of that name and period shows this figure"
        )

    def _of_passage(self, number: Number, when: When) -> Finding | None:
        """Find the figure in a sentence of a document that speaks of the same."""
        if not self.passages:
            return None
        scope = self.resolver.scope(number)
        said, side = self.page.telling_words(scope), side_of(self.page, number, scope)
        named = [item.period for item in self.page.named_in((scope.start, scope.end))]
        was = (
            self.resolver.is_from(number)
            or cues.AT_START.search(self.page.low, scope.start, scope.end) is not None
        )
        period = self.lookup.meant(when) if when.own or not was else None
        past = period is None and when.period is not None and when.period.kind == "prior"
        # "lower than a year ago at $5" tells $5 of now.
        named = [item for item in named if item.kind != "prior"]
        periods = [period] if period is not None else [] if was else named
        near = near_words(self.page, number)
        found = self.passages.support(said, near, number, periods, was or past, past, side)
        if found is None and len(said) < 3 and self.asked.low:
            asked = said | telling(self.asked.masked)
            found = self.passages.support(
                asked, near, number, periods or [item.period for item in self.asked.named], was or past, past
            )
        found = (
            found
            or self.passages.nearest(said, near, number, periods, was or past, past, side)
            or self.passages.before(said, near, number, periods, was or past)
        )
        only_asked = found is None and period is not None and not (when.own or when.others)
        if only_asked and period is not None and not self.passages.has(said, number, period):
            # The question's period is of another matter.
            found = self.passages.support(said, near, number, [], was, side=side)
        return found

    def _settled_by(self, number: Number) -> list[Known]:
        return self.settled.get(self.page.scope_index(number.start), [])

    def _read(self, number: Number, labels: list[Label], when: When, role: Role) -> Finding | None:
        """Read the figure by its role, then as what else it may be."""
        reader, growth = self.reader, self.growth
        settled = self._settled_by(number)
        first: Finding | None = None
        if role.kind == "change" or number.word:
            first = growth.change(number, labels, when, role, settled)
        elif role.kind == "distance":
            first = reader.level_or_distance(number, labels, when, role)
        elif role.kind == "share":
            first = reader.share(number, labels, when, role)
        elif role.kind == "cagr":
            first = growth.cagr(number, labels, when, role, settled)
        elif role.kind in ("mean", "sum"):
            first = growth.several(number, labels, when, role)
        elif (
            number.unit == "percent" and labels and labels[0].mention.kind == "window" and labels[0].cost <= 4
        ):
            moved = growth.change(number, labels, when, role, settled)
            first = moved if moved is not None and moved.status == "supported" else None
        if first is not None and (first.status != "contradicted" or role.kind not in ("mean", "sum")):
            return first
        if role.kind in ("mean", "sum") and number.hedge and len(when.others) > 1:
            # "averaged roughly $6.1 million" is no year's amount, however near one is.
            return first
        if role.kind in ("mean", "sum") and cues.WHOLE.search(self.page.low, *self._span(number)):
            return first
        finding = reader.level(number, labels, when, role)
        if first is not None:
            if finding is not None and finding.status == "supported" and when.own:
                return finding
            # "the sum of $4 and $5 gives an average": figures with a result behind them are its parts.
            return (self.combine.level(number) if self._has_result(number) else None) or first
        if finding is not None and finding.status in ("supported", "derived"):
            return finding
        if role.kind in ("level", "share") and number.unit in ("percent", "pp", "bps"):
            return self._told_as_change(number, labels, when, role, settled) or self._same_kind(
                number, finding
            )
        if role.kind == "level" and number.sign and number.currency and finding is not None:
            # "Gross profit: +$11.5 billion in FY2024" tells by its sign that it is a change.
            moved = growth.change(number, labels, when, replace(role, kind="change"), settled)
            return moved if moved is not None and moved.status == "derived" else finding
        return finding

    def _span(self, number: Number) -> tuple[int, int]:
        scope = self.resolver.scope(number)
        return scope.start, scope.end

    def _is_of_two(self, number: Number) -> bool:
        """Tell whether the last figure of a sentence is said to come of two names: it is neither's value."""
        scope = self.resolver.scope(number)
        if self.page.numbers_between(number.end, scope.end):
            return False
        return cues.OF_TWO.search(self.page.low, scope.start, scope.end) is not None

    def _has_result(self, number: Number) -> bool:
        """Tell whether another figure of its unit follows in the sentence, behind a word of result."""
        index = bisect_right(self.page.number_starts, number.start)
        end = self.resolver.scope(number).end
        later = [n for n in self.page.numbers[index : index + 4] if n.start < end and n.unit == number.unit]
        return any(cues.GIVES.search(self.page.low, number.end, other.start) for other in later)

    def _same_kind(self, number: Number, finding: Finding | None) -> Finding | None:
        """Leave out the contradiction of a percentage by the amount it stands beside: it may be another's."""
        if (
            finding is None
            or not finding.known
            or is_rate(finding.known[0].fact.unit)
            or finding.known[0].fact.unit in ("index", "multiple")
        ):
            return finding
        return None

    def _told_as_change(
        self, number: Number, labels: list[Label], when: When, role: Role, settled: Sequence[Known]
    ) -> Finding | None:
        """Read a percentage beside an amount as its growth, as in "revenue $391 billion (+2.0%)"."""
        scope = self.resolver.scope(number)
        if not labels or cues.ONLY_SHARE.search(self.page.low, scope.start, scope.end):
            return None
        if any(self.lookup.unit_fits(number, key) for key in labels[0].mention.keys):
            return None
        lean = role.side or (0 if number.sign else direction(self.page, number, scope))
        if not (lean or number.sign or scope.cell) and self._names_several(scope):
            return None
        finding = self.growth.change(number, labels, when, replace(role, side=lean), settled)
        said = bool(number.sign) or self.resolver.scope(number).cell
        return finding if said or (finding is not None and finding.status != "contradicted") else None

    def _names_several(self, scope: Scope) -> bool:
        """Tell whether a sentence without a word of change names several rows: its rate is their ratio."""
        named = {m.keys for m in self.page.mentions_in((scope.start, scope.end)) if m.keys}
        return len(named) > 1 and not cues.MOVED.search(self.page.low, scope.start, scope.end)

    def _quoted(self, number: Number) -> bool:
        """Tell whether the question itself gives the figure."""
        return (number.value, number.unit, number.currency) in self.quotable

    def _figure(self, number: Number, finding: Finding) -> Figure:
        unit = number.unit or ("money" if number.currency else None)
        return Figure(
            start=number.start,
            end=number.end,
            text=self.text[number.start : number.end],
            value=shown(number.value),
            unit=unit,
            status=finding.status,
            rule=finding.rule,
            expected=finding.expected,
            fact_ids=finding.ids,
            note=finding.note,
            formula=finding.formula,
            as_of=finding.as_of,
        )
