"""What a language has to word: the interface of `english` and `chinese`.

The modules beside this one choose what is said and in which order; a language is a set of modules with the
names below, each function one sentence or clause. A constant with `{}` takes a symbol or several, listed.
"""

# ruff: noqa: D102 - each function is described where a language implements it

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from graph.models.note.earlier import Earlier
from graph.models.note.pen import Pen
from graph.report.model import Rating

#: Sentences by the topic or the kind of question that they are about.
Texts = dict[str, Callable[[Pen], str]]


class CommonWords(Protocol):
    """The words that all sections share."""

    #: What stands between two sentences, and between two clauses.
    GAP: str
    SEMICOLON: str
    #: How many characters of a point tell that it was made before.
    OPENING: int
    #: What a topic's state says, as a clause.
    CLAIMS: dict[tuple[str, str], str]
    #: What introduces the strongest objection: to a call, to a hold.
    OBJECTIONS: tuple[str, str]
    #: How a clause names its day, with `{}` for the day.
    ON: str
    #: What a topic is called in a list.
    NOUNS: dict[str, str]

    def fits(self, text: str) -> bool: ...
    def listed(self, parts: Sequence[str]) -> str: ...
    def sentence(self, clauses: Sequence[str]) -> str: ...
    def bullet(self, head: str, text: str) -> str: ...
    def key_clause(self, pen: Pen, topic: str, owner: str | None = None, /) -> str: ...


class VerdictWords(Protocol):
    """The words of a verdict on one symbol."""

    #: What introduces the strongest figure for and against: of a call, of a hold.
    SIDES: tuple[tuple[str, str], tuple[str, str]]
    TOO_FEW: str
    NOTHING_ABOUT: str

    #: How the symbol is referred to in the sentence after the call.
    OWNER: str | None

    def call(self, pen: Pen) -> str: ...
    def agreement(self, pen: Pen, agree: Sequence[str], differ: Sequence[str]) -> str: ...
    def earlier_verdict(self, earlier: Earlier, now: Rating, symbol: str) -> str: ...


class LeadWords(Protocol):
    """The sentence that answers a question's own point, by the kind of question."""

    ANSWERS: Texts
    #: What is said without the topic asked for, where the rest of the verdict does not say enough.
    WITHOUT: dict[str, str]
    NO_FUNDAMENTALS: dict[str, str]


class InsightWords(Protocol):
    """The action points."""

    TITLES: dict[str, str]
    NO_TRIGGER: str

    def unchanged(self, titles: Sequence[str]) -> str: ...
    def holders(self, pen: Pen, stance: str, backing: str) -> str: ...
    def traders(self, pen: Pen, tactic: str, brake: str) -> str: ...
    def levels(self, pen: Pen) -> str: ...
    def no_rating_yet(self, pen: Pen) -> str: ...
    def trend_trigger(self, pen: Pen) -> str: ...
    def level_trigger(self, pen: Pen, metric: str) -> str: ...
    def growth_trigger(self, pen: Pen, *, weak: bool) -> str: ...


class CaveatWords(Protocol):
    """The caveat, and a note that has nothing to rate."""

    NO_DIVIDENDS: str
    BY_RULES: str
    #: The marks that end a sentence, the language's own first.
    STOPS: tuple[str, ...]
    #: The head of a note on missing data; the evidence and the action points of an empty note.
    MISSING: str
    NOTHING: str
    WHAT_HELPS: str
    NOTHING_KNOWN: str
    UNASKED: str

    def source(self, source: str, day: str, symbols: str) -> str: ...
    def unknown(self, bare: str) -> str: ...
    def no_rating(self, symbols: str, *, briefed: bool) -> str: ...


class ComparisonWords(Protocol):
    """The words of a comparison."""

    METRIC: str
    AS_OF: str
    NO_VALUE: str
    PERIOD: str
    #: A topic's name in the head of its bullet, and who is ahead on it, or nobody.
    TOPICS: dict[str, str]
    AHEAD: str
    LEVEL: str
    NO_REASON: str
    #: The answer to what a comparison asks about: who is better and worse on it, and their figures.
    ANSWERS: dict[str, str]
    #: What is said where symbols lack what a comparison asks about.
    NOT_COMPARABLE: dict[str, str]
    TIED: str
    NO_RATING: str
    TOO_THIN: str

    def stronger(self, best: Pen, rivals: str, reason: str) -> list[str]: ...
    def different_days(self, ends: Sequence[tuple[str, str]]) -> str: ...
    def judged(self, pen: Pen, topic: str) -> str: ...
    def called(self, pen: Pen) -> str: ...
    def advice(self, pen: Pen) -> str: ...
    def together(self, pen: Pen, other: str, bond: str) -> str: ...
    def choosing(self, best: str, last: str, *, both_buy: bool) -> str: ...


@dataclass(frozen=True)
class Words:
    """One language: a module for each part of a note.

    `evidence` has a text for each topic, `focus` the action point of a follow-up by the kind of question.
    """

    language: str
    common: CommonWords
    verdict: VerdictWords
    lead: LeadWords
    evidence: Texts
    insights: InsightWords
    focus: Texts
    caveat: CaveatWords
    comparison: ComparisonWords
