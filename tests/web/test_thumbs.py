"""What a reader says of an answer: by two buttons, with a reason, kept and shown again."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect
from starlette.responses import JSONResponse

from tests.web.acts import ask, ended, play, visit
from tests.web.answers import FIVE_STATES
from tests.web.conftest import Site, Visitor
from tests.web.test_access import violations


def pressed(turn: Locator) -> list[str]:
    """Name the buttons that are pressed."""
    buttons = turn.locator(".thumbs [aria-pressed=true]").all()
    return [button.get_attribute("data-rating") or "" for button in buttons]


def said(site: Site, page: Page) -> Any:
    session = page.url.rpartition("/")[2]
    told = page.request.get(f"{site.url}/api/sessions/{session}/feedback").json()["feedback"]
    return [(each["rating"], each["reason"]) for each in told]


def test_an_answer_is_called_helpful_or_not_and_is_after_a_reload(site: Site, page: Page) -> None:
    visit(page, site.url)
    ask(page, "Is AAPL a buy?")
    ask(page, "And its risk?")
    turn = page.locator(".turn").first
    helpful = turn.get_by_role("button", name="Helpful", exact=True)
    useless = turn.get_by_role("button", name="Not helpful")
    expect(helpful).to_have_attribute("aria-pressed", "false")
    helpful.click()
    expect(helpful).to_have_attribute("aria-pressed", "true")
    expect(turn.locator(".thumbs-more")).to_be_empty()
    useless.focus()
    page.keyboard.press("Enter")
    box = turn.get_by_label("What was wrong with it?")
    expect(box).to_be_focused()
    assert pressed(turn) == ["down"]
    page.keyboard.type("毛利率 is <b>missing</b>")
    page.keyboard.press("Enter")
    expect(turn.locator("q")).to_have_text("毛利率 is <b>missing</b>")
    expect(useless).to_be_focused()
    assert said(site, page) == [("down", "毛利率 is <b>missing</b>")]
    page.reload()
    turn = page.locator(".turn").first
    expect(turn.locator("q")).to_have_text("毛利率 is <b>missing</b>")
    assert pressed(turn) == ["down"]
    assert pressed(page.locator(".turn").nth(1)) == []
    feedback = [path for _, path, _ in site.stage.requests if path.endswith("/feedback")]
    assert len([path for path in feedback if path.startswith("/api/sessions/")]) == 2  # ours above, and one
    turn.get_by_role("button", name="Change").click()
    expect(box).to_have_value("毛利率 is <b>missing</b>")
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    with page.expect_response(lambda response: response.request.method == "DELETE"):
        turn.get_by_role("button", name="Not helpful").click()
    expect(turn.locator(".thumbs-more")).to_be_empty()
    assert pressed(turn) == []
    assert said(site, page) == []


def test_what_the_server_did_not_take_is_told_and_not_shown_as_said(site: Site, visitor: Visitor) -> None:
    visitor.allowed.append("503")
    page = visitor.page()
    visit(page, site.url)
    turn = ask(page, "Is AAPL a buy?")
    refused = JSONResponse({"status": 503, "code": "store_unavailable", "detail": "No store."}, 503)
    site.stage.answers[r"PUT /api/runs/\w+/feedback"] = [refused]
    turn.get_by_role("button", name="Helpful", exact=True).click()
    expect(turn.get_by_role("alert")).to_have_text("This could not be kept. No store.")
    assert pressed(turn) == []
    site.stage.answers.clear()
    turn.get_by_role("button", name="Not helpful").click()
    box = turn.get_by_label("What was wrong with it?")
    box.fill("too short")
    site.stage.answers[r"PUT /api/runs/\w+/feedback"] = [refused]
    turn.get_by_role("button", name="Send").click()
    expect(turn.get_by_role("alert")).to_contain_text("No store.")
    expect(box).to_have_value("too short")
    assert said(site, page) == [("down", None)]
    site.stage.answers.clear()
    turn.get_by_role("button", name="Send").click()
    expect(turn.locator("q")).to_have_text("too short")
    expect(turn.get_by_role("alert")).to_have_count(0)


def test_a_reason_that_is_being_written_outlives_what_else_happens(site: Site, page: Page) -> None:
    visit(page, site.url)
    turn = ask(page, "Is AAPL a buy?")
    turn.get_by_role("button", name="Not helpful").click()
    box = turn.get_by_label("What was wrong with it?")
    box.fill("half a reason")
    turn.locator(".count").first.click()
    ask(page, "And its risk?")
    expect(box).to_have_value("half a reason")
    page.click("#language-button")
    expect(turn.get_by_role("button", name="没用")).to_have_attribute("aria-pressed", "true")
    expect(turn.get_by_role("group", name="您对本回答的评价")).to_be_visible()
    turn.get_by_role("button", name="说明原因").click()
    expect(turn.get_by_label("哪里不对？（选填）")).to_be_focused()


def test_it_has_no_barriers_and_only_finished_answers_are_judged(site: Site, visitor: Visitor) -> None:
    page = visitor.page(viewport={"width": 390, "height": 844}, reduced_motion="reduce", has_touch=True)
    visit(page, site.url)
    turn = ask(page, "Is AAPL a buy?")
    turn.get_by_role("button", name="Not helpful").click()
    turn.get_by_label("What was wrong with it?").fill("x")
    assert violations(page) == []
    held, run = play(page, site.stage, FIVE_STATES.__class__(**{**FIVE_STATES.__dict__, "held": True}))
    expect(held.locator(".steps li")).to_have_count(2)
    page.click("#stop")
    ended(held, re.compile("stopped"))
    expect(held.locator(".thumbs")).to_have_count(0)
    assert run.status == "stopped"
