"""The writer of the offline analyst: a briefing in, a four-section note out, by rules alone."""

from graph.models.note.earlier import Turn
from graph.models.note.write import write_note

__all__ = ["Turn", "write_note"]
