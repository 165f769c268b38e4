"""The caveat, and the note that has nothing to rate."""

from __future__ import annotations

from collections.abc import Sequence

from graph.models.note.earlier import Earlier
from graph.models.note.view import View, source_groups
from graph.models.note.words import Words
from graph.prompting import Briefing
from graph.report.model import Rating
from graph.report.rating import rating_line


def write_caveat(words: Words, briefing: Briefing, views: Sequence[View]) -> str:
    """Say where the data comes from and ends, what is unknown, and how the note was made."""
    own, listed = words.caveat, words.common.listed
    sentences = [
        own.source(source, day, listed([view.symbol for view in group]))
        for (source, day), group in source_groups(views)
    ]
    noted = "\n".join(briefing.notes)
    bare = [view.symbol for view in views if view.without_fundamentals and view.symbol not in noted]
    sentences.append(own.unknown(listed(bare) if bare else ""))
    if any(view.has("return_1y") for view in views):
        sentences.append(own.NO_DIVIDENDS)
    sentences += [note if note.endswith(own.STOPS) else note + own.STOPS[0] for note in briefing.notes]
    return words.common.GAP.join([*sentences, own.BY_RULES])


def write_abstention(words: Words, briefing: Briefing | None, earlier: Earlier | None) -> dict[str, str]:
    """Write the four sections of a note that has nothing to rate: what is missing and what helps."""
    own, common = words.caveat, words.common
    symbols = common.listed(briefing.symbols) if briefing and briefing.symbols else ""
    sentences = [own.no_rating(symbols, briefed=briefing is not None)]
    if earlier and symbols:
        sentences.insert(0, words.verdict.earlier_verdict(earlier, Rating(), symbols))
    bullets = [common.bullet(own.MISSING, note) for note in (briefing.notes if briefing else ())]
    bullets = bullets or [own.NOTHING]
    if briefing and not symbols and (held := briefing.facts.entities()):
        bullets.append(own.UNASKED.format(common.listed(held)))
    return {
        "verdict": f"{rating_line(Rating(), words.language)}\n\n{common.GAP.join(sentences)}",
        "evidence": "\n".join(bullets),
        "insights": own.WHAT_HELPS,
        "caveat": common.GAP.join((own.NOTHING_KNOWN, own.BY_RULES)),
    }
