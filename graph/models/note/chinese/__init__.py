"""The Chinese wording of a note."""

from __future__ import annotations

from graph.models.note.chinese import business, caveat, compare, focus, insights, lead, price, verdict, words
from graph.models.note.words import Words

_EVIDENCE = price.TEXTS | business.TEXTS
CHINESE = Words("zh", words, verdict, lead, _EVIDENCE, insights, focus.TEXTS, caveat, compare)
