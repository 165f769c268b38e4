"""What a notebook shows of reports and events: the checked figures, and no text that acts as HTML."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.client import AnalystClient
from graph.events import ErrorEvent, FactsEvent, ReportEvent, StepEvent
from graph.report.model import Rating, Report
from graph.report.notebook import event_html, facts_html, report_html, section_html
from graph.settings import AgentSettings

ALLOWED = {"div", "p", "br", "h4", "strong", "em", "small", "span", "table", "tr", "td", "th"}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</div></table><iframe src='http://h'>",
    "**<b>** | <td> | **</strong>",
    "| a | <script> |\n|---|---|\n| ** | </tr> |",
    "![x](http://h/x.png) [y](javascript:alert(1))",
    "&lt;script&gt; &amp; \ud800 \x00 \u202e",
    "- <li>\n* <style>*{display:none}</style>",
]


class Page(HTMLParser):
    """Reads HTML: its elements, attributes and text, and whether it is well formed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.titles: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.titles += [value or "" for name, value in attrs if name == "title"]
        if tag != "br":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def safe(html: str) -> Page:
    page = Page(html)
    assert page.elements <= ALLOWED
    assert page.attributes <= {"style", "title"}
    return page


def figure(text: str, start: int, status: str = "contradicted", note: str = "") -> dict[str, object]:
    return {
        "section": "evidence", "start": start, "end": start + len(text), "text": text, "status": status,
        "expected": "$391.04 billion", "note": note,
    }  # fmt: skip


def report(text: str) -> Report:
    return Report(
        question=text,
        language="en",
        symbols=(text,),
        rating=Rating("buy", "high", text),
        sections={"verdict": text, "evidence": text},
        figures=(figure(text[:3], 0, text, text),),
        counts={"supported": 1},
        model=text,
        mode=text,
    )


async def test_a_real_report_shows_its_sections_and_what_was_found() -> None:
    async with AnalystClient(AgentSettings(offline_pace_ms=0)) as analyst:
        event = await analyst.ask("Is AAPL a buy?")
    assert isinstance(event, ReportEvent)
    page = safe(event._repr_html_())
    for text in (
        "Is AAPL a buy?",
        "Verdict",
        "Evidence",
        "Insights & Action",
        "Caveat",
        f"{event.report['counts']['supported']} supported",
        "offline",
    ):
        assert text in page.text
    assert "**" not in page.text
    assert sum(title.startswith("supported") for title in page.titles) == event.report["counts"]["supported"]


def test_a_table_keeps_its_cells_and_figures() -> None:
    text = "Before\n\n| Metric | AAPL |\n|---|---|\n| **Close** | 252.20 USD |\n\nAfter"
    html = section_html(text, [figure("252.20 USD", text.index("252"), "supported")])
    page = safe(html)
    assert "<tr><td><strong>Close</strong></td><td><span" in html
    assert page.text == "BeforeMetricAAPLClose252.20 USDAfter"


def test_a_figure_is_marked_in_its_place_beyond_the_first_plane() -> None:
    text = "😀 **Revenue** was $999 billion."
    html = section_html(text, [figure("$999 billion", text.index("$") + 1)])
    page = safe(html)
    assert page.text == "😀 Revenue was $999 billion."
    assert page.titles == ["contradicted: the data says $391.04 billion"]
    assert ">$999 billion</span>" in html


@pytest.mark.parametrize("place", [-1, 3, 1000], ids=["before", "overlapping", "behind"])
def test_a_figure_that_is_nowhere_is_left_out_and_no_text_lost(place: int) -> None:
    text = "Revenue was 5."
    html = section_html(text, [figure("Revenue", 0), figure("enue was", place)])
    assert safe(html).text == text
    assert html.count("<span") == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_acts_as_html(text: str) -> None:
    safe(report_html(report(text)))
    safe(section_html(text, [figure("abc", 0, note=text)]))
    safe(facts_html([{"label": text, "value": text, "source": text}]))
    safe(event_html({"type": text, text: text}))
    page = safe(StepEvent(id="a", name=text, label=text, state="done")._repr_html_())
    assert "script" not in page.elements


@given(st.text(alphabet="<>&\"'*|-\n ab😀\ud800", max_size=60), st.integers(0, 30), st.integers(0, 30))
def test_any_text_stays_text(text: str, start: int, length: int) -> None:
    mark = {"section": "verdict", "start": start, "end": start + length, "status": text, "note": text}
    safe(section_html(text, [mark]))


def test_facts_and_other_events_are_tables() -> None:
    facts = [{"id": f"X.{n}", "label": f"label {n}", "value": str(n), "unit": "count"} for n in range(250)]
    page = safe(FactsEvent(facts=facts)._repr_html_())
    assert "label 199" in page.text
    assert "label 200" not in page.text
    assert "and 50 more" in page.text
    page = safe(ErrorEvent(code="model_busy", message="Ask again.")._repr_html_())
    assert "model_busy" in page.text
    assert "retry_after" not in page.text


def test_an_empty_report_can_be_shown() -> None:
    empty = Report("", "xx", (), Rating(), {})
    assert "none" in safe(report_html(empty)).text
