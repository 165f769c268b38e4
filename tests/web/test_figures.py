"""Figures in the text: their states, their cards, and the chart that they light."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.acts import ask, ended, module, play, visit
from tests.web.answers import FIVE_STATES, Answer, Claim
from tests.web.conftest import Site, Visitor

STYLE = """node => { const s = getComputedStyle(node); const a = getComputedStyle(node, "::after");
  return [s.textDecorationLine, s.textDecorationStyle, a.content.split(" / ")[0].replaceAll('"', "")]; }"""


@pytest.mark.parametrize(
    ("status", "style"),
    [
        ("supported", ["underline", "solid", "✓"]),
        ("derived", ["underline", "dashed", "ƒ"]),
        ("unsupported", ["underline", "wavy", "?"]),
        ("contradicted", ["line-through", "solid", "≠"]),
    ],
)
def test_a_state_is_told_by_line_and_glyph_never_by_colour_alone(
    site: Site, page: Page, status: str, style: list[str]
) -> None:
    visit(page, site.url)
    turn, _ = play(page, site.stage, FIVE_STATES)
    mark = ended(turn, "done").locator(f".fig.{status}").first
    assert mark.evaluate(STYLE) == style
    described = mark.get_attribute("aria-describedby") or ""
    assert page.locator(f"#{described}").text_content() in (
        "Verified",
        "Computed",
        "Unsupported",
        "Contradicted",
    )


def test_a_figure_waits_dotted_until_it_is_checked_and_may_change_later(site: Site, page: Page) -> None:
    visit(page, site.url)
    held = Answer({"verdict": "Sales grew 2.0% on 2024-12-30."}, held=True)
    turn, run = play(page, site.stage, held)
    site.stage.tell(run, {"type": "token", "section": "verdict", "text": "Sales grew 2.0% on 2024-12-30."})
    expect(turn.locator(".fig.checking")).to_have_text(["2.0%"])
    assert turn.locator(".fig.checking").evaluate(STYLE)[:2] == ["underline", "dotted"]
    figure = {
        "type": "figure",
        "id": "verdict-1",
        "section": "verdict",
        "start": 11,
        "end": 15,
        "text": "2.0%",
    }
    site.stage.tell(run, {**figure, "status": "unsupported"})
    mark = turn.locator(".fig.unsupported")
    expect(mark).to_have_text("2.0%")
    mark.evaluate("node => { window.kept = node; }")
    site.stage.tell(run, {**figure, "status": "contradicted", "expected": "2.5", "unit": "percent"})
    expect(turn.locator(".fig.contradicted")).to_have_text("2.0%")
    expect(turn.locator(".fig-fix")).to_have_text("→ 2.5%")
    assert turn.locator(".fig.contradicted").evaluate("node => node === window.kept")
    site.stage.tell(run, {**figure, "status": "supported"})
    expect(turn.locator(".fig-fix")).to_have_count(0)
    assert turn.locator(".fig.supported").evaluate("node => node === window.kept")
    run.answer = Answer({})
    site.stage.tell(run, {"type": "end", "status": "stopped"})


def test_a_figure_that_does_not_fit_its_text_is_refused(site: Site, page: Page) -> None:
    visit(page, site.url)
    spans = module(
        page,
        "figures.js",
        "return [m.place(a.raw, a.figures, true), m.likely(a.raw).map((x) => a.raw.slice(x.start, x.end))]",
        {
            "raw": "Up 2.0% to $1,234.50 by 2024-12-30, 3 times 10.5x, 12,000 shares, "
            "FY2024, 5 or 6, v1.2.3, 38.2%.",
            "figures": [
                {"id": "a", "start": 3, "end": 7, "text": "2.0%", "status": "supported"},
                {"id": "b", "start": 4, "end": 8, "text": "2.0%", "status": "supported"},
                {"id": "c", "start": 5, "end": 7, "text": "0%", "status": "supported"},
                {"id": "d", "start": 90, "end": 9000, "text": "x", "status": "supported"},
            ],
        },
    )
    assert [span["id"] for span in spans[0]["spans"]] == ["a"]
    assert spans[0]["refused"] == 3
    assert spans[1] == ["2.0%", "$1,234.50", "10.5x", "12,000", "38.2%"]


def test_the_card_says_where_a_figure_comes_from(site: Site, page: Page) -> None:
    visit(page, site.url)
    turn, _ = play(page, site.stage, FIVE_STATES)
    ended(turn, "done")
    card = page.locator("#card")
    assert turn.locator('.fig[tabindex="0"]').count() == 1
    first = turn.locator('.fig[tabindex="0"]')
    page.keyboard.press("Shift+Tab")
    first.focus()
    expect(card).to_be_visible()
    for text in ("Verified", "$252.20", "AAPL · close", "Dec 30, 2024", "embedded sample"):
        expect(card).to_contain_text(text)
    page.keyboard.press("ArrowRight")
    expect(card).to_contain_text("Computed")
    expect(card).to_contain_text("revenue · FY2024 ÷ revenue · FY2023 − 1")
    expect(card.locator(".input")).to_have_count(2)
    page.keyboard.press("ArrowLeft")
    expect(card).to_contain_text("Verified")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(first).to_be_focused()
    assert turn.locator('.fig[tabindex="0"]').count() == 1
    page.keyboard.press("Enter")
    expect(card.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(first).to_be_focused()


def test_the_card_of_a_contradiction_and_of_no_source(site: Site, page: Page) -> None:
    visit(page, site.url)
    turn, _ = play(page, site.stage, FIVE_STATES)
    ended(turn, "done")
    expect(turn.locator(".fig-fix")).to_have_text("→ $391.04B")
    card = page.locator("#card")
    turn.locator(".fig.contradicted").click()
    for text in ("$410.0B", "$391.04B", "391,035,000,000", "+4.8%", "10-K"):
        expect(card).to_contain_text(text)
    turn.locator(".fig.derived").click()
    card.locator(".input").first.click()
    expect(card).to_contain_text("$391.04B")
    card.get_by_role("button", name="Back").click()
    expect(card).to_contain_text("Computed")
    turn.locator(".fig.unsupported").click()
    expect(card).to_contain_text("No fact of this answer contains this figure.")
    card.get_by_role("button", name="Ask for a source").click()
    expect(page.locator("#message")).to_have_value("Where does the figure 77.7% come from?")
    expect(card).to_be_hidden()


def test_a_hovered_card_stays_while_the_pointer_is_in_it(site: Site, page: Page) -> None:
    visit(page, site.url)
    turn, _ = play(page, site.stage, FIVE_STATES)
    mark = ended(turn, "done").locator(".verdict .fig.supported")
    mark.hover()
    card = page.locator("#card")
    expect(card).to_be_visible()
    box = card.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 10, steps=4)
    page.wait_for_timeout(500)
    expect(card).to_be_visible()
    page.mouse.move(5, 5)
    expect(card).to_be_hidden()


def test_the_card_opens_the_row_of_the_source(site: Site, page: Page) -> None:
    visit(page, site.url)
    turn, _ = play(page, site.stage, FIVE_STATES)
    ended(turn, "done").locator(".verdict .fig.supported").click()
    page.locator("#card").get_by_role("button", name="Open source row").click()
    expect(page.locator('#panel-sources [data-fact="AAPL.close"]')).to_be_focused()
    page.get_by_role("button", name="All 4 facts").click()
    assert page.locator("#panel-sources [data-fact]").count() == 4


def test_a_level_lights_the_chart_and_the_chart_lights_its_sentence(site: Site, page: Page) -> None:
    visit(page, site.url)
    turn = ask(page, "Is AAPL a buy?")
    chart = page.locator("#chart")
    expect(chart.locator("canvas").first).to_be_visible()
    assert chart.get_attribute("data-highlight") is None
    level = turn.locator(".insights .fig", has_text="$200.76").first
    level.hover()
    expect(chart).to_have_attribute("data-highlight", "200.76")
    page.mouse.move(5, 5)
    expect(chart).not_to_have_attribute("data-highlight", "200.76")
    fib = page.locator('#legend [data-group="fib"]')
    expect(chart).to_have_attribute("data-overlays", re.compile("fib_61.8"))
    fib.click()
    expect(fib).to_have_attribute("aria-pressed", "false")
    assert "fib" not in (chart.get_attribute("data-overlays") or "")
    fib.click()
    box = chart.bounding_box()
    assert box
    for y in range(int(box["y"]) + 10, int(box["y"] + box["height"] * 0.8), 3):
        page.mouse.move(box["x"] + 200, y)
        if turn.locator(".fig.lit").count():
            break
    lit = turn.locator(".fig.lit")
    expect(lit.first).to_be_visible()
    page.mouse.move(5, 5)
    expect(turn.locator(".fig.lit")).to_have_count(0)


def test_the_panel_has_ranges_a_table_and_no_second_scroll(site: Site, page: Page) -> None:
    visit(page, site.url)
    ask(page, "Compare AAPL and MSFT")
    expect(page.locator("#chart canvas").first).to_be_visible()
    expect(page.locator("#chart")).to_have_attribute("aria-label", re.compile("^AAPL, 1 year"))
    page.get_by_role("button", name="6 months").click()
    expect(page.locator("#chart")).to_have_attribute("aria-label", re.compile("6 months"))
    page.locator("#panel-symbols").get_by_role("button", name="MSFT").click()
    expect(page.locator("#chart")).to_have_attribute("aria-label", re.compile("^MSFT"))
    page.get_by_role("tab", name="Table").click()
    rows = page.locator("#panel-table tbody tr")
    expect(rows.first).to_contain_text("Mar 1, 2013")
    assert rows.count() > 100
    page.get_by_role("tab", name="Table").press("ArrowLeft")
    expect(page.get_by_role("tab", name="Chart")).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name="RSI").click()
    page.get_by_role("button", name="Log").click()
    expect(page.locator('#legend [data-group="log"]')).to_have_attribute("aria-pressed", "true")
    heights = set()
    for _ in range(5):
        page.wait_for_timeout(200)
        heights.add(page.locator("#chart").evaluate("node => node.offsetHeight"))
    assert len(heights) == 1


def test_the_score_filters_the_text(site: Site, page: Page) -> None:
    visit(page, site.url)
    turn, _ = play(page, site.stage, FIVE_STATES)
    ended(turn, "done")
    counts = turn.locator(".count")
    expect(counts).to_have_text(["5 verified", "1 computed", "1 unsupported", "1 contradicted"])
    turn.get_by_role("button", name="1 contradicted").click()
    expect(turn.locator(".note")).to_have_attribute("data-filter", "contradicted")
    expect(turn.get_by_role("button", name="1 contradicted")).to_be_focused()
    turn.get_by_role("button", name="1 contradicted").click()
    assert turn.locator(".note").get_attribute("data-filter") is None
    turn.get_by_role("button", name="And the risks?").click()
    expect(page.locator(".question").nth(1)).to_have_text("And the risks?")


def test_without_the_chart_library_the_answer_and_the_table_are_there(site: Site, page: Page) -> None:
    page.route(
        "**/vendor/*", lambda route: route.fulfill(status=200, content_type="text/javascript", body="")
    )
    visit(page, site.url)
    ask(page, "Is AAPL a buy?")
    expect(page.locator("#chart svg.plain-line polyline")).to_be_visible()
    page.get_by_role("tab", name="Table").click()
    expect(page.locator("#panel-table tbody tr").first).to_contain_text("Dec 30, 2024")


def test_a_symbol_without_bars_is_told_in_the_panel(site: Site, visitor: Visitor) -> None:
    visitor.allowed.append("ERR_FAILED")
    page = visitor.page()
    visit(page, site.url)
    page.route("**/api/market/**", lambda route: route.abort())
    turn, _ = play(page, site.stage, Answer({"verdict": "Hold."}, chart=FIVE_STATES.chart))
    ended(turn, "done")
    expect(page.locator("#panel-message")).to_contain_text("cannot be reached")
    page.unroute_all()
    page.locator("#panel-message").get_by_role("button", name="Retry").click()
    expect(page.locator("#chart canvas").first).to_be_visible()


def test_a_figure_may_come_before_its_text(site: Site, page: Page) -> None:
    visit(page, site.url)
    claims = [Claim("verdict", "2.0%", "derived")]
    turn, run = play(page, site.stage, Answer({"verdict": "Up 2.0% now."}, claims, held=True, early=True))
    figure = {"type": "figure", "id": "verdict-1", "section": "verdict", "start": 3, "end": 7, "text": "2.0%"}
    site.stage.tell(run, {**figure, "status": "derived"})
    site.stage.open_gate(run, "text")
    expect(turn.locator(".fig.derived")).to_have_text("2.0%")
    site.stage.open_gate(run, "end")
    ended(turn, "done")
    expect(turn.locator("[data-figure]")).to_have_text(["2.0%"])


def test_five_states_fixture_places_every_figure(site: Site, page: Page) -> None:
    visit(page, site.url)
    turn, _ = play(page, site.stage, FIVE_STATES)
    ended(turn, "done")
    assert turn.locator("[data-figure]").all_text_contents() == [claim.text for claim in FIVE_STATES.claims]
