"""Sessions and versions: found again, renamed, deleted with a way back, and asked anew."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.web.acts import ask, ended, markup, send, visit
from tests.web.conftest import Site, Visitor


def row(page: Page, title: str) -> object:
    return page.locator("#sessions li", has_text=title)


def test_sessions_are_listed_searched_renamed_and_pinned_by_keyboard(
    sites: Callable[[int], Site], page: Page
) -> None:
    visit(page, sites(1).url)  # a server that nobody else has asked
    ask(page, "Is AAPL a buy?")
    page.keyboard.press("Tab")
    page.click("#new")
    ask(page, "Which levels matter for IBM?")
    titles = page.locator("#sessions li .title")
    expect(titles).to_have_count(2)
    assert page.title().startswith("Which levels matter for IBM?")
    page.fill("#search", "matter for")
    expect(titles).to_have_text(["Which levels matter for IBM?"])
    page.fill("#search", "price/earnings")  # stands in the answer alone
    expect(titles).to_have_text(["Is AAPL a buy?"])
    expect(page.locator("#sessions .snippet")).to_contain_text("price/earnings")
    page.fill("#search", "zzzz")
    expect(page.locator("#sessions")).to_have_text("No session matches.")
    page.fill("#search", "")
    expect(titles).to_have_count(2)

    link = page.locator("#sessions li", has_text="Is AAPL a buy?").locator("a")
    link.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Rename")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("Apple in winter")
    page.keyboard.press("Escape")
    expect(titles).to_have_text(["Which levels matter for IBM?", "Is AAPL a buy?"])
    expect(link).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("Apple in winter")
    page.keyboard.press("Enter")
    expect(titles).to_have_text(["Which levels matter for IBM?", "Apple in winter"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Pin")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#sessions h2").first).to_have_text("Pinned")
    page.reload()
    expect(page.locator("#sessions li .title")).to_have_text(
        ["Apple in winter", "Which levels matter for IBM?"]
    )


def test_a_deleted_session_comes_back_or_is_gone(site: Site, visitor: Visitor) -> None:
    visitor.allowed.append("404")
    page = visitor.page()
    visit(page, site.url)
    ask(page, "Is FB a buy?")
    address = page.url
    link = page.locator("#sessions [aria-current]")

    def delete() -> None:
        link.hover()
        page.get_by_role("button", name="Actions for Is FB a buy?").first.click()
        page.get_by_role("menuitem", name="Delete").click()
        expect(page.locator("#toast")).to_contain_text("Deleted “Is FB a buy?”.")
        expect(page.locator("#empty")).to_be_visible()
        expect(page).to_have_url(site.url + "/")

    delete()
    page.locator("#toast").get_by_role("button", name="Undo").click()
    expect(page).to_have_url(address)
    ended(page.locator(".turn"), "done")
    delete()
    page.clock.install()
    expect(page.locator("#toast button")).to_have_count(0, timeout=8000)
    response = page.goto(address)
    assert response
    assert response.status == 404
    expect(page.locator("#missing")).to_contain_text("This session is not here")
    page.locator("#missing").get_by_role("button", name="New analysis").click()
    expect(page.locator("#empty")).to_be_visible()
    expect(page.locator("#message")).to_be_focused()


def test_a_link_opens_its_session_and_back_goes_back(site: Site, page: Page) -> None:
    visit(page, site.url)
    ask(page, "Is GOOG a buy?")
    first = page.url
    page.click("#new")
    expect(page.locator("#empty")).to_be_visible()
    ask(page, "Is MSFT a buy?")
    page.go_back()
    page.go_back()
    expect(page).to_have_url(first)
    expect(page.locator(".question")).to_have_text(["Is GOOG a buy?"])
    page.go_forward()
    page.go_forward()
    expect(page.locator(".question")).to_have_text(["Is MSFT a buy?"])
    page.goto(first)
    expect(page.locator(".question")).to_have_text(["Is GOOG a buy?"])


def test_an_edited_question_and_a_retry_keep_the_old_answers(site: Site, page: Page) -> None:
    visit(page, site.url)
    ask(page, "Is AAPL a buy?")
    first = markup(page.locator(".turn"))
    page.press("#message", "ArrowUp")
    editor = page.locator(".editor").get_by_role("textbox", name="Question")
    expect(editor).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".question")).to_have_text(["Is AAPL a buy?"])
    page.locator(".question").hover()
    page.get_by_role("button", name="Edit the question").click()
    expect(page.locator(".editor textarea")).to_be_focused()
    page.keyboard.type("Is IBM a buy?")
    page.keyboard.press("Enter")
    expect(page.locator(".question")).to_have_text(["Is IBM a buy?"])
    ended(page.locator(".turn"), "done")
    expect(page.locator(".versions")).to_contain_text("2 / 2")
    page.get_by_role("button", name="Earlier version").click()
    expect(page.locator(".question")).to_have_text(["Is AAPL a buy?"])
    assert markup(ended(page.locator(".turn"), "done")) == first
    expect(page).to_have_url(re.compile(r"\?branch="))
    page.reload()
    expect(page.locator(".question")).to_have_text(["Is AAPL a buy?"])
    expect(page.locator(".versions")).to_contain_text("1 / 2")
    page.get_by_role("button", name="Later version").click()
    expect(page.locator(".question")).to_have_text(["Is IBM a buy?"])
    page.locator(".actions").get_by_role("button", name="Retry").click()
    ended(page.locator(".turn"), "done")
    expect(page.locator(".versions")).to_contain_text("3 / 3")
    page.reload()
    expect(page.locator(".versions")).to_contain_text("3 / 3")
    page.get_by_role("button", name="Earlier version").click()
    expect(page.locator(".versions")).to_contain_text("2 / 3")
    ask(page, "And its risk?")
    expect(page.locator(".versions")).to_contain_text("3 / 3")
    expect(page.locator(".question")).to_have_text(["Is IBM a buy?", "And its risk?"])


def test_an_edit_in_the_middle_begins_another_branch(site: Site, page: Page) -> None:
    visit(page, site.url)
    ask(page, "Is AAPL a buy?")
    ask(page, "And its risk?")
    page.locator(".turn").first.locator(".question").hover()
    page.get_by_role("button", name="Edit the question").first.click()
    expect(page.locator(".editor textarea")).to_be_focused()
    page.keyboard.type("Is MSFT a buy?")
    page.keyboard.press("Enter")
    ended(page.locator(".turn").first, "done")
    expect(page.locator(".question")).to_have_text(["Is MSFT a buy?"])
    page.get_by_role("button", name="Earlier version").click()
    expect(page.locator(".question")).to_have_text(["Is AAPL a buy?", "And its risk?"])


def test_a_session_that_is_answering_has_a_live_dot(slow: Site, page: Page) -> None:
    visit(page, slow.url)
    turn = send(page, "Is AAPL a buy?")
    expect(page.locator("#sessions [aria-current] .live")).to_be_visible()
    ended(turn, "done")
    expect(page.locator("#sessions [aria-current] .live")).to_have_count(0)


def test_a_run_goes_on_while_another_session_is_read(slow: Site, page: Page) -> None:
    visit(page, slow.url)
    send(page, "Is AAPL a buy?")
    expect(page.locator(".verdict .md")).to_contain_text("AAPL is")
    address = page.url
    page.click("#new")
    expect(page.locator("#stop")).to_be_hidden()
    page.locator("#sessions a", has_text="Is AAPL a buy?").first.click()
    expect(page).to_have_url(address)
    ended(page.locator(".turn"), "done")


def test_cards_of_a_stored_answer_still_know_their_facts(site: Site, page: Page) -> None:
    visit(page, site.url)
    ask(page, "Is AAPL a buy?")
    page.reload()
    turn = ended(page.locator(".turn"), "done")
    turn.locator(".insights .fig", has_text="$200.76").first.click()
    expect(page.locator("#card")).to_contain_text("61.8% Fibonacci retracement")
    page.locator("#card").get_by_role("button", name="Show on chart").click()
    expect(page.locator("#chart")).to_have_attribute("data-highlight", "200.76")


def test_a_store_that_fails_is_told_with_a_way_to_try_again(site: Site, visitor: Visitor) -> None:
    visitor.allowed.append("503")
    page = visitor.page()
    visit(page, site.url)
    ask(page, "Is AAPL a buy?")
    page.route(
        "**/api/sessions/*",
        lambda route: route.fulfill(status=503, json={"code": "x", "detail": "The store is away."}),
    )
    page.reload()
    expect(page.locator("#toast")).to_contain_text("The store is away.")
    page.unroute_all()
    page.locator("#toast").get_by_role("button", name="Retry").click()
    ended(page.locator(".turn"), "done")
