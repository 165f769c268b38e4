"""Asking on from what is seen: a look-up that failed, and a range of days on the chart."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.acts import ask, ended, play, visit
from tests.web.answers import STEPS, Answer
from tests.web.conftest import Site, Visitor
from tests.web.test_access import violations

DAYS = re.compile(r"What moved AAPL between (\d{4}-\d\d-\d\d) and (\d{4}-\d\d-\d\d)\?")


def days_asked(page: Page) -> tuple[str, str]:
    """Give the range of the question in the box."""
    found = DAYS.search(page.locator("#message").input_value())
    assert found
    return found[1], found[2]


def charted(site: Site, page: Page) -> None:
    visit(page, site.url)
    ask(page, "Is AAPL a buy?")
    expect(page.locator("#chart canvas").first).to_be_visible()
    expect(page.get_by_role("button", name="Range", exact=True)).to_be_visible()


def test_a_look_up_that_failed_is_tried_again_by_asking_again(site: Site, page: Page) -> None:
    visit(page, site.url)
    held = Answer({"verdict": "Hold."}, held=True, steps=STEPS)
    turn, run = play(page, site.stage, held)
    expect(turn.locator(".steps li.failed")).to_be_visible()
    expect(turn.get_by_role("button", name="Try again")).to_have_count(0)  # while the answer is written
    site.stage.open_gate(run, "text")
    site.stage.open_gate(run, "end")
    ended(turn, "done")
    with page.expect_response("**/analyst/stream") as answered:
        turn.locator(".steps li.failed").get_by_role("button", name="Try again").click()
    question = json.loads(answered.value.request.post_data or "")["input"]
    assert (question["message"], question["replaces"]) == ("scripted", run.run_id)
    again = site.stage.run_of("scripted")
    site.stage.open_gate(again, "text")
    site.stage.open_gate(again, "end")
    ended(page.locator(".turn").first, "done")
    assert page.locator(".turn").count() == 1


def test_a_range_is_chosen_by_its_dates_alone(site: Site, page: Page) -> None:
    charted(site, page)
    page.fill("#message", "First this.")
    chip = page.get_by_role("button", name="Range", exact=True)
    chip.focus()
    page.keyboard.press("Enter")
    first, last = page.get_by_label("From", exact=True), page.get_by_label("To", exact=True)
    expect(first).to_be_focused()
    expect(chip).to_have_attribute("aria-pressed", "true")
    assert violations(page) == []
    first.fill("2024-11-30")  # a Saturday
    last.fill("2024-12-08")  # a Sunday
    expect(first).to_have_value("2024-12-02")
    expect(last).to_have_value("2024-12-06")
    first.press("Enter")
    expect(page.locator("#message")).to_be_focused()
    assert days_asked(page) == ("2024-12-02", "2024-12-06")
    assert page.locator("#message").input_value().startswith("First this.\n")
    expect(page.locator(".range-bar")).to_have_count(0)
    chip.click()
    expect(first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".range-bar")).to_have_count(0)
    expect(chip).to_be_focused()
    assert page.locator(".turn").count() == 1


@pytest.mark.parametrize("way", ["shift", "armed"])
def test_a_range_is_dragged_over_the_chart(site: Site, page: Page, way: str) -> None:
    charted(site, page)
    box = page.locator("#chart").bounding_box()
    assert box is not None
    if way == "armed":
        page.get_by_role("button", name="Range", exact=True).click()
        expect(page.locator(".range-bar")).to_be_visible()
    else:
        page.keyboard.down("Shift")
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2)
    page.mouse.down()
    expect(page.locator(".range-bar")).to_be_visible()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    first = page.get_by_label("From", exact=True).input_value()
    last = page.get_by_label("To", exact=True).input_value()
    assert "2024-01" < first < last < "2024-12-20"
    shade = page.locator(".range-shade").bounding_box()
    assert shade is not None
    assert abs(shade["width"] - box["width"] * 0.4) < 12
    page.get_by_role("button", name="Ask about this range").click()
    assert days_asked(page) == (first, last)


def test_another_symbol_or_range_of_the_chart_ends_the_choice(site: Site, page: Page) -> None:
    charted(site, page)
    page.get_by_role("button", name="Range", exact=True).click()
    expect(page.locator(".range-bar")).to_be_visible()
    page.get_by_role("button", name="1 month").click()
    expect(page.locator(".range-bar")).to_have_count(0)
    expect(page.locator(".range-shade")).to_have_count(0)


def test_on_a_narrow_page_in_chinese(site: Site, visitor: Visitor) -> None:
    page = visitor.page(viewport={"width": 390, "height": 844}, locale="zh-CN")
    visit(page, site.url)
    ask(page, "AAPL 现在值得买入吗？")
    page.click("#chart-button")
    page.get_by_role("button", name="选区间").click()
    bar = page.locator(".range-bar").bounding_box()
    assert bar is not None
    assert bar["x"] >= 0
    assert bar["x"] + bar["width"] <= 390
    page.get_by_role("button", name="询问此区间").click()
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("#message")).to_have_value(
        re.compile("AAPL 在 2024-1.* 至 2024-12-30 期间为何变动？")
    )
