"""The English wording of a note."""

from __future__ import annotations

from graph.models.note.english import business, caveat, compare, focus, insights, lead, price, verdict, words
from graph.models.note.words import Words

_EVIDENCE = price.TEXTS | business.TEXTS
ENGLISH = Words("en", words, verdict, lead, _EVIDENCE, insights, focus.TEXTS, caveat, compare)
