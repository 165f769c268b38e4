"""Mentions of labels that no vocabulary holds: rows of tables and facts without a metric.

A label is mentioned where enough of its words stand together; rare words weigh more than common ones, and
where labels share words the one that the text covers best is meant.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import NamedTuple

from graph.report.figures.initials import Initials
from graph.report.figures.labels import Mention
from graph.report.figures.layout import Scope
from graph.report.figures.page import Page
from graph.report.figures.tables import ALSO, FREE
from graph.report.figures.wording import stem, stems, words

_PARTED = re.compile(
    r"[\d;|$€£]|(?<![a-z])(?:plus|minus|less|than|exceed\w*|beats?|outpac\w+|outstrip\w*|topped"
    r"|tops|trail(?:s|ed)|over(?!-)|added to|versus|vs|against|was|were|is|are"
    r"|(?:in|of|to) (?:the |its |our )?total(?= ))(?![a-z])|[占与和比及]"
)
# What explains a label rather than names it.
_TAIL = re.compile(
    r",\s(?:at )?(?:the )?end of (?:the )?(?:year|period)"
    r"|,?\s(?:net of|including|excluding|less|which)(?![a-z])|\s?\(|,\s(?:maturing|due|bearing|payable|issued"
    r"|with|at|interest|fixed|variable|secured|unsecured|principally|primarily|mainly)(?![a-z])"
)
# Years and rates that are part of a name, as in "3.875% notes due 2028".
_NUMBER = re.compile(r"(?<![\d.,$€£])(?:(?:19|20)\d\d|\d{1,2}\.\d{1,3}%)(?![\d.])")
_STATES = re.compile(
    r"\s?[(:,]|\s(?:was|were|is|are|had|has|stood|came|rose|fell|grew|went|ran|hit|in|for|[a-z]{3,}ed)(?![a-z])"
)
# "this yields $5 million" names no yield.
_GIVES = re.compile(r"yield(?:s|ed|ing)?\s(?:about |roughly |approximately |an? |~)?(?:[a-z]{0,3}[$€£¥]|\d)")
_NOUN_ENDS = re.compile(r",|\s(?:of|in|from|for|to|on|at|by|with|and|per)(?![a-z])")
_STRANGE = 0.4
_JOINED = 1.2
_AND = re.compile(r"(?<![a-z])and(?![a-z])|&|,")
_ANOTHER = re.compile(r"[,，、+]|(?<![a-z])(?:and|or)(?![a-z])|和|与|及")
# Names joined into one, as in "revenue from Japan" and "Japan revenue".
JOINS = re.compile(
    r"\s?(?:(?:from|of|in|for|at|within|attributable to|related to)\s(?:the |our |its )?|['’]s\s|的|-)?"
    r"(?:net |total |segment |segment's |业务|分部|产品|板块|的)?"
    # Other words of the same noun phrase, as in "Pacific passenger revenue".
    r"|(?:\s(?!was|were|is|are|and|or|nor|to|than|with|by|at|on|but|rose|fell|grew|had|has|plus|less|minus"
    r"|over|against|versus|vs|than|beats?|exceeds?|tops|trails?|outran|from|[a-z]*(?:ed|ing|es)\s)[a-z&-]{3,14}){1,2}\s"
)
_PART_OF = re.compile(r"\s(?:from|of|in|for|at|within)\s(?:the |our |its )?|的")
_MOST = 200
_RUN = 4
# A short form stands for the whole of its label, and for nothing that stands in it.
_SHORT = 0.1
_TOGETHER = 32
_ENOUGH = 0.6
# As much is enough where a word is in no other label.
_ENOUGH_OWN = 0.42
# And less where it is the noun that the others only describe, as in "new home deliveries".
_ENOUGH_HEAD = 0.33
_HEADING = 0.4
_MISSING = 0.5
_AMISS = 0.1
# Words that writers leave out of a row's name, or add to it.
_COMMON = frozenset(
    {
        "net", "total", "amount", "less", "valu", "equivalent", "expens", "other", "all", "provid",
        "us", "activit", "consolidat", "overall", "gross", "averag", "balanc", "group", "compan", "corporat",
    }
)  # fmt: skip
# Nouns that also tell how something moved or what is said of it.
_MOVES = _COMMON | stems(
    "gains losses growth changes increases decreases declines reductions improvements movements impact"
    " effects levels figures balances numbers adjustments additions rate ratio data"
)
_FAINT = 0.35
# Nouns that other words of a name tell apart.
_GENERAL = _COMMON | {"revenu", "cost", "incom", "margin", "rat", "rate", "charg", "asset"}


@dataclass(frozen=True)
class _Label:
    key: str
    own: frozenset[str]
    heading: frozenset[str]
    faint: frozenset[str] = frozenset()
    figured: bool = False
    noun: str = ""
    twice: frozenset[str] = frozenset()
    total: bool = False
    head: frozenset[str] = frozenset()
    # Words that are not strange inside the label, and how often it says "and".
    known: frozenset[str] = frozenset()
    ands: int = 0


class _Hit(NamedTuple):
    score: float
    start: int
    end: int
    key: str
    whole: bool
    general: bool = False


class FreeLabels:
    """Finds mentions of free labels."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._labels = [self._read(key) for key in keys]
        distinct = {(label.own, label.heading) for label in self._labels}
        counts = Counter(word for own, heading in distinct for word in own | heading)
        self._counts = counts
        total = len(distinct)
        self._weight = {
            word: log(1 + total / count) * (_FAINT if word in _COMMON else 1)
            for word, count in counts.items()
        }
        self._whole = {
            label.key: self._sum(label.own) - (1 - _FAINT) * self._sum(label.faint) for label in self._labels
        }
        self._by_key = {label.key: label for label in self._labels}
        # "the current portion" is the only row that begins so, up to its preposition.
        heads = Counter(label.head for label in {label.key: label for label in self._labels}.values())
        self._heads = {head for head, times in heads.items() if times == 1 and len(head - _COMMON) >= 2}
        self._least = {label.key: self._least_of(label) for label in self._labels}
        self._places = {label.key: place for place, label in enumerate(self._labels)}
        self._initials = Initials((label.key, _own_of(label.key)) for label in self._labels)
        # "Total" and "All other" without a heading are names only where a sentence begins with them.
        self._plain = {
            _own_of(label.key): label.key
            for label in self._labels
            if not label.own and _own_of(label.key).isascii()
        }
        self._numbered = any(word[0].isdigit() for word in counts)
        # A label with an amount in it, as in "customers over $100,000 of ARR", is found as it stands.
        self._figured = frozenset(label.key for label in self._labels if label.figured)
        self._index: dict[str, list[_Label]] = {}
        for label in self._labels:
            for word in label.own | label.heading:
                self._index.setdefault(word, []).append(label)

    def _read(self, key: str) -> _Label:
        total = False
        heading, last = key.removeprefix(FREE).partition(ALSO)[0].rpartition(": ")[0], _own_of(key)
        over, own = stems(heading), last
        if not stems(own) - _COMMON:
            # "Total" alone is no name; with its heading it is.
            total = bool(over - _COMMON)
            own = f"{own} {heading}" if total else ""
        tail = _TAIL.search(own)
        front = own[: tail.start()] if tail is not None else own
        said, head = stems(own), stems(front)
        numbers = frozenset(_NUMBER.findall(own)) if said - _COMMON else frozenset()
        return _Label(
            key,
            (said or over) | numbers,
            over,
            (said | numbers) - head - frozenset(_NUMBER.findall(front)) if head else frozenset(),
            any(char.isdigit() for char in last),
            _noun_of(front),
            _twice_in(own),
            total,
            stems(_NOUN_ENDS.split(front, maxsplit=1)[0]),
            (said or over) | numbers | over | _GENERAL,
            len(_AND.findall(key)),
        )

    def find(self, page: Page) -> list[Mention]:
        """Find the free labels mentioned in the scopes of a page, in order."""
        if not self._labels:
            return []
        found = [mention for scope in page.scopes for mention in self._in_scope(page, scope)]
        return sorted(found, key=lambda mention: mention.start)

    def _in_scope(self, page: Page, scope: Scope) -> list[Mention]:
        norm, low = page.norm, page.low
        places: dict[str, list[tuple[str, int, int]]] = {}
        told = [
            word
            for word in page.plain_words(scope)
            if not (word[0] == "yield" and _GIVES.match(low, word[1]))
        ]
        if self._numbered:
            told += [
                (match[0], match.start(), match.end())
                for match in _NUMBER.finditer(low, scope.start, scope.end)
                if match[0] in self._index
            ]
            told.sort(key=lambda item: item[1])
        capitals = self._initials.capitals(norm, low, scope.start, scope.end)
        if short := [(stem(word), at, to) for word, at, to in self._initials.words(capitals)]:
            told = sorted([*told, *short], key=lambda item: item[1])
        starts = [start for _, start, _ in told]
        for word, start, end in told:
            for label in self._index.get(word, ()):
                places.setdefault(label.key, []).append((word, start, end))
        hits = [
            hit
            for key, here in places.items()
            if self._may_be_named(key, here)
            for hit in self._hits(low, self._by_key[key], here, told, starts)
        ]
        for key in self._figured.intersection(places) if self._figured else ():
            own = _own_of(key)
            place = low.find(own, scope.start, scope.end)
            if place >= 0:
                hits.append(_Hit(self._whole[key] + len(own), place, place + len(own), key, True))
        if self._plain:
            hits += self._subjects(low, scope)
        hits += [
            _Hit(self._whole[key] + _SHORT, start, end, key, True)
            for start, end, keys in self._initials.find(capitals)
            for key in keys[:4]
        ]
        return self._choose(low, hits)

    def _least_of(self, label: _Label) -> float:
        """Say what those words of a label that are said weigh at least; Chinese may be told in part."""
        if not label.key.isascii():
            return 0.0
        own = any(self._counts[word] == 1 for word in label.own)
        head = label.head in self._heads or (own and self._counts[label.noun] == 1)
        enough = _ENOUGH_HEAD if head else _ENOUGH_OWN if own else _ENOUGH
        return enough * self._whole[label.key] * (1 - 1e-9)

    def _may_be_named(self, key: str, here: Sequence[tuple[str, int, int]]) -> bool:
        """Tell whether the words of a label that are said, wherever they stand, weigh enough."""
        weights = self._weight
        if len(here) == 1:
            return weights[here[0][0]] >= self._least[key]
        return sum(weights[word] for word in {word for word, _, _ in here}) >= self._least[key]

    def _subjects(self, low: str, scope: Scope) -> Iterator[_Hit]:
        """Find the rows of common words, such as "Total", that a sentence begins with."""
        for own, key in self._plain.items():
            place = low.find(own, scope.start, min(scope.end, scope.start + 60)) if own else -1
            if place < 0 or not _STATES.match(low, place + len(own)):
                continue
            if not low[max(0, place - 1) : place].isalpha() and not stems(low[scope.start : place]):
                yield _Hit(_SHORT, place, place + len(own), key, True)

    def _hits(
        self,
        low: str,
        label: _Label,
        here: Sequence[tuple[str, int, int]],
        told: Sequence[tuple[str, int, int]],
        starts: Sequence[int],
    ) -> list[_Hit]:
        """Weigh each place where words of the label stand together."""
        whole = self._whole[label.key]
        if len(here) == 1 and self._weight[here[0][0]] < _ENOUGH_HEAD * whole:
            return []
        groups: list[list[tuple[str, int, int]]] = []
        for place in here:
            gap = low[groups[-1][-1][2] : place[1]] if groups else ""
            # Pairs of Chinese characters belong together only where they touch.
            reach = _TOGETHER if place[0].isascii() or not groups else 3
            if groups and len(gap) <= reach and not _PARTED.search(gap):
                again = next((at for at, known in enumerate(groups[-1]) if known[0] == place[0]), None)
                twice = place[0] in label.twice and _AND.search(gap) is not None
                if again is not None and place[0] in label.heading:
                    # "sales and marketing as a percentage of revenue" names row and heading by two words.
                    other = groups[-1][again][1]
                    said_first = low[other : other + _RUN]
                    again_said = low[place[1] : place[1] + _RUN]
                    twice = twice or (said_first in _own_of(label.key) and said_first != again_said)
                if again is not None and not twice:
                    # "sales and cost of sales", "total assets and total debt": either end may be the name.
                    groups.append(groups[-1][again + 1 :])
                groups[-1].append(place)
            else:
                groups.append([place])
        hits = []
        for group in groups:
            first = next((at for at, place in enumerate(group) if place[0] in label.own), 0)
            if first and _ANOTHER.search(low, group[0][2], group[first][1]):
                group = group[first:]
            while len(group) > 1 and group[-1][0] not in label.own and _parted(low, group, label.own):
                group.pop()
            said = {word for word, _, _ in group}
            covered = self._sum((label.own - label.faint) & said) + _FAINT * self._sum(label.faint & said)
            own = any(self._counts[word] == 1 for word in label.own & said)
            run = low[group[0][1] : group[-1][2]]
            if own and len(run) >= _RUN and not run[0].isascii() and run in label.key:
                # A stretch of Chinese that stands as it is in this label alone.
                covered = max(covered, _ENOUGH_OWN * whole)
            enough = _ENOUGH_OWN if own else _ENOUGH
            if (own and label.noun in said and self._counts[label.noun] == 1) or (
                label.head <= said and label.head in self._heads
            ):
                enough = _ENOUGH_HEAD
            if covered < enough * whole or not covered:
                continue
            score = (
                covered
                + _HEADING * self._sum(label.heading & said - label.own)
                - _MISSING * (whole - covered)
                # What explains a label tells it apart where it is said.
                + (1 - _FAINT) * self._sum(label.faint & said)
            )
            if label.heading & said - label.own:
                # "service revenue" is told of "Revenue: Service", not of "Cost of revenue: Service".
                score -= _AMISS * self._sum(label.heading - said)
            if label.total:
                # "rooms revenue of the Las Vegas Operations" is of a row under that heading, not their total.
                score -= (1 - _HEADING) * self._sum(label.heading & said)
            general = said <= _GENERAL or (label.total and "total" not in said)
            full = not (label.own - label.faint - said)
            start, end = group[0][1], group[-1][2]
            score -= _strange(
                low, start, end, label, told[bisect_left(starts, start) : bisect_left(starts, end)]
            )
            hits.append(_Hit(score, start, end, label.key, full, general))
        return hits

    def _sum(self, those: frozenset[str] | set[str]) -> float:
        return sum(self._weight[word] for word in sorted(those))

    def _choose(self, low: str, hits: list[_Hit]) -> list[Mention]:
        """Keep the best of overlapping hits; labels that the text covers alike stay together."""
        kept: list[tuple[_Hit, list[str]]] = []
        for hit in sorted(hits, key=lambda hit: (-hit.score, hit.end - hit.start, hit.start, hit.key))[
            :_MOST
        ]:
            rival = next((pair for pair in kept if pair[0].start < hit.end and hit.start < pair[0].end), None)
            if rival is None:
                kept.append((hit, [hit.key]))
            elif hit.score > rival[0].score - 1e-9 and hit.key not in rival[1]:
                rival[1].append(hit.key)
        kept.sort(key=lambda pair: pair[0].start)
        kept = [
            pair
            for place, pair in enumerate(kept)
            if not self._is_whole_of(low, pair, kept[place + 1 : place + 2])
        ]
        return [
            Mention(hit.start, hit.end, tuple(keys))
            for place, (hit, keys) in enumerate(kept)
            if hit.whole
            or not self._is_part(low, hit, [other for other, _ in kept[max(0, place - 1) : place + 2]])
        ]

    def _is_whole_of(
        self, low: str, pair: tuple[_Hit, list[str]], following: Sequence[tuple[_Hit, list[str]]]
    ) -> bool:
        """Tell whether a label is the total of which the next names a part, as in "revenues from Spain"."""
        if not following or not (pair[0].whole and following[0][0].whole):
            return False
        gap = low[pair[0].end : following[0][0].start]
        places = [self._places[key] for key in (pair[1][0], following[0][1][0])]
        return _PART_OF.fullmatch(gap) is not None and places[0] > places[1]

    def _is_part(self, low: str, hit: _Hit, beside: list[_Hit]) -> bool:
        """Tell whether a label told in part belongs to the name of a label told in full beside it."""
        return any(
            other is not hit
            and (other.whole or (hit.general and not other.general))
            and JOINS.fullmatch(low, min(hit.end, other.end), max(hit.start, other.start))
            for other in beside
        )


def _strange(low: str, start: int, end: int, label: _Label, inner: Sequence[tuple[str, int, int]]) -> float:
    """Weigh what stands inside a hit and not in its label: other words, an "and"."""
    known = label.known
    strange = sum([word not in known for word, _, _ in inner])
    joined = len(_AND.findall(low, start, end)) > label.ands
    return _STRANGE * strange + _JOINED * joined


def _own_of(key: str) -> str:
    """Give the label of a row without the headings above it."""
    return key.removeprefix(FREE).partition(ALSO)[0].rpartition(": ")[2]


def _twice_in(own: str) -> frozenset[str]:
    """Give the words that stand in a name more than once."""
    said = [word for word, _, _ in words(own)]
    if len(set(said)) == len(said):
        return frozenset()
    return frozenset(word for word, times in Counter(said).items() if times > 1)


def _noun_of(own: str) -> str:
    """Give the noun of an English name: the last word before a comma or a preposition."""
    said = list(words(_NOUN_ENDS.split(own, maxsplit=1)[0]))
    return said[-1][0] if said and said[-1][0].isascii() and said[-1][0] not in _MOVES else ""


def _parted(low: str, group: Sequence[tuple[str, int, int]], own: frozenset[str]) -> bool:
    """Tell whether an "and" stands between the label's own words and the last word of a group."""
    last = next((place for place in reversed(group) if place[0] in own), group[0])
    return bool(_ANOTHER.search(low, last[2], group[-1][1]))
