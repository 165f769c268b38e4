"""The page's pure parts: the reader of event streams, the state of an answer, what stands over the bars."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.web.acts import module, visit
from tests.web.answers import FIVE_STATES, pieces

STREAM = (
    "\ufeff: ping\n\nid: r-1\nevent: token\ndata: {\"a\":1}\n\nid:r-2\r\nevent:token\r\ndata:line one\r\n"
    "data:  line 二📈\r\n\r\ndata: only\rdata\r\r: end\n\nretry: 1000\n\nevent: lost\ndata: never ended"
)  # fmt: skip
EXPECTED = [
    {"event": "token", "id": "r-1", "data": '{"a":1}'},
    {"event": "token", "id": "r-2", "data": "line one\n line 二📈"},
    {"event": "", "id": "r-2", "data": "only\n"},
]
PARSE = "const p = new m.EventParser(); return a.flatMap((piece) => p.push(piece));"
STATE = """
    const turn = m.newTurn("q");
    const changed = a.map((event) => m.apply(turn, event));
    const sections = Object.fromEntries(Object.entries(turn.sections).map(([k, v]) => [k, v.raw]));
    return { changed, status: turn.status, sections, seq: turn.seq, figures: [...turn.figures.keys()],
      corrected: turn.sections.verdict.corrected, counts: m.counts(turn) };
"""


@pytest.fixture(scope="module")
def blank(browser: Any, sites: Any) -> Any:
    """A page whose modules can be asked."""
    page = browser.new_page()
    visit(page, sites(0).url)
    yield page
    page.close()


@pytest.mark.parametrize("seed", range(25))
def test_events_are_read_from_any_pieces(blank: Page, seed: int) -> None:
    assert module(blank, "sse.js", PARSE, pieces(STREAM, seed, 1 + seed % 7)) == EXPECTED


def numbered(*events: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"seq": number, **event} for number, event in enumerate(events, start=1)]


RUN = {"type": "run", "run_id": "r", "session_id": "s", "question": "q", "mode": "live", "model": "x"}
FIGURE = {"type": "figure", "id": "verdict-1", "section": "verdict", "start": 0, "end": 2, "text": "5%"}


def test_an_event_that_comes_twice_counts_once(blank: Page) -> None:
    events = numbered(RUN, *[event for event in FIVE_STATES.events() if isinstance(event, dict)])
    events.append({"seq": len(events) + 1, "type": "end", "status": "done"})
    once = module(blank, "reduce.js", STATE, events)
    twice = module(blank, "reduce.js", STATE, [*events[:40], *events[:60], *events])
    assert {key: once[key] for key in once if key != "changed"} == {
        key: twice[key] for key in twice if key != "changed"
    }
    assert once["sections"] == dict(FIVE_STATES.sections)
    assert once["counts"] == {"supported": 5, "derived": 1, "unsupported": 1, "contradicted": 1}


def test_a_section_that_begins_anew_withdraws_what_was_told(blank: Page) -> None:
    seen = module(
        blank,
        "reduce.js",
        STATE,
        numbered(
            RUN,
            {"type": "section", "section": "verdict", "state": "open"},
            {"type": "token", "section": "verdict", "text": "5% up"},
            {**FIGURE, "status": "contradicted"},
            {"type": "section", "section": "verdict", "state": "open", "restart": True},
            {"type": "token", "section": "verdict", "text": "6% up"},
        ),
    )
    assert seen["sections"]["verdict"] == "6% up"
    assert seen["figures"] == []
    assert seen["corrected"] is True


@pytest.mark.parametrize(
    "event",
    [None, {}, {"seq": "1"}, {"seq": 1}, {"seq": 1, "type": "token", "section": "constructor"}, 5, "x"],
)
def test_nonsense_changes_nothing(blank: Page, event: Any) -> None:
    seen = module(blank, "reduce.js", STATE, [event])
    assert seen["changed"] == [[]]
    assert set(seen["sections"].values()) == {""}


@pytest.mark.parametrize(("y", "expected"), [(100, "a"), (104, "a"), (106, None), (148, "b"), (151, "c")])
def test_the_line_under_the_pointer_is_the_nearest(blank: Page, y: int, expected: str | None) -> None:
    lines = [
        {"fact": "a", "y": 100},
        {"fact": "b", "y": 147},
        {"fact": "c", "y": 152},
        {"fact": "d", "y": None},
    ]
    assert module(blank, "overlays.js", "return m.nearest(a[0], a[1])", [lines, y]) == expected


def test_sessions_are_grouped_by_day(blank: Page) -> None:
    body = """
      const now = new Date(2026, 4, 20, 10);
      const at = (days) => new Date(2026, 4, 20 - days, 9).toISOString();
      const made = (days) => ({ session_id: days, last_at: at(days), pinned: days === 300 });
      const found = m.grouped([0, 1, 5, 7, 300].map(made), now);
      const ids = ([name, list]) => [name, list.map((session) => session.session_id)];
      return Object.fromEntries(Object.entries(found).map(ids));
    """  # fmt: skip
    assert module(blank, "sessions.js", body) == {
        "pinned": [300],
        "today": [0],
        "week": [1, 5],
        "earlier": [7],
    }
