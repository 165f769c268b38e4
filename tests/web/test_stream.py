"""An answer while it streams: its parts, its order, and every way in which a connection breaks."""

from __future__ import annotations

import json
import re
import time

import pytest
from playwright.sync_api import Page, expect
from starlette.responses import JSONResponse

from graph.report.model import SECTIONS
from tests.web.acts import ask, ended, markup, module, patience, play, send, visit
from tests.web.answers import CHINESE, STEPS, Answer
from tests.web.conftest import Site, Visitor

CUT = r"ERR_(INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|CONNECTION_RESET|ABORTED)"
ONE_SHOT = """
    return Object.fromEntries(Object.entries(a).map(([name, text]) => {
      const host = document.createElement("div");
      new m.Markdown(host, (span, piece) => piece).update(text, false);
      return [name, host.textContent];
    }));
"""
DRAWN = """nodes => Object.fromEntries(nodes.map((node) => {
  const copy = node.querySelector(".md").cloneNode(true);
  for (const fix of copy.querySelectorAll(".fig-fix")) fix.remove();
  return [node.classList[1], copy.textContent];
}))"""


def problem(status: int, code: str, **headers: str) -> JSONResponse:
    return JSONResponse({"status": status, "code": code, "detail": f"Told: {code}."}, status, headers)


def test_a_question_is_seen_at_once_and_then_steps_headings_and_text(site: Site, page: Page) -> None:
    visit(page, site.url)
    held = Answer({"verdict": "Hold."}, held=True, steps=STEPS)
    site.stage.scripts["Is it?"] = held
    page.fill("#message", "Is it?")
    took = page.evaluate("""() => new Promise((done) => {
      const start = performance.now();
      new MutationObserver(() => document.querySelector(".question") && done(performance.now() - start))
        .observe(document.body, { childList: true, subtree: true });
      const enter = { key: "Enter", bubbles: true, cancelable: true };
      document.getElementById("message").dispatchEvent(new KeyboardEvent("keydown", enter));
    })""")  # fmt: skip
    assert took < 100
    expect(page.locator(".question")).to_have_text("Is it?")
    expect(page.locator(".steps li")).to_have_count(2)
    expect(page.locator(".steps li.failed")).to_contain_text("News: AAPL")
    expect(page.locator(".sec h3")).to_have_text(["Verdict", "Evidence", "Insights & Action", "Caveat"])
    assert page.locator('.sec[aria-busy="true"] .bar').count() == 4
    expect(page).to_have_url(re.compile(r"/s/\w{14}$"))
    run = site.stage.run_of("Is it?")
    site.stage.open_gate(run, "text")
    expect(page.locator(".verdict .md")).to_have_text("Hold.")
    site.stage.open_gate(run, "end")
    turn = ended(page.locator(".turn").first, "done")
    expect(turn.locator(".left-out")).to_have_count(3)
    expect(page.locator("#message")).to_be_focused()


@pytest.mark.parametrize("question", ["Is AAPL a buy?", "对比 AAPL 和 MSFT 的估值", "What about TSLA?"])
def test_the_text_at_the_end_is_the_stored_markdown(site: Site, page: Page, question: str) -> None:
    visit(page, site.url)
    turn = ask(page, question)
    session = page.url.rpartition("/")[2]
    stored = page.request.get(f"{site.url}/api/sessions/{session}").json()["transcript"][0]["report"]
    drawn = turn.locator(".sec").evaluate_all(DRAWN)
    assert drawn == module(page, "md.js", ONE_SHOT, stored["sections"])
    assert turn.locator('[aria-busy="true"]').count() == 0
    figures = stored["figures"]
    marks = turn.locator("[data-figure]").evaluate_all(
        "nodes => nodes.map((node) => [node.dataset.figure, node.textContent])"
    )
    assert sorted(marks) == sorted([figure["id"], figure["text"]] for figure in figures)
    assert {node.get_attribute("data-refused") for node in turn.locator(".sec").all()} == {"0"}
    live = markup(turn)
    page.reload()
    assert markup(ended(page.locator(".turn").first, "done")) == live


def test_chinese_text_with_emoji_has_its_figures_in_place(site: Site, page: Page) -> None:
    visit(page, site.url)
    turn, _ = play(page, site.stage, CHINESE)
    ended(turn, "done")
    marks = turn.locator("[data-figure]").all_text_contents()
    assert marks == [claim.text for claim in CHINESE.claims]
    expect(turn.locator(".verdict strong")).to_have_text("持有。")


def test_cut_again_and_again_the_answer_is_the_same(slow: Site, visitor: Visitor) -> None:
    visitor.allowed.append(CUT)
    page = visitor.page()
    visit(page, slow.url)
    patience(page, base=5)
    whole = markup(ask(page, "Is AAPL a buy?"))
    steps = page.locator(".steps li").count()
    page.click("#new")
    slow.stage.cut_every = 10
    slow.stage.requests.clear()
    turn = ask(page, "Is AAPL a buy?")
    assert markup(turn) == whole
    cursors = [int(cursor.rpartition("-")[2]) for cursor in slow.stage.resumes()]
    assert len(set(cursors)) >= 6
    assert cursors == sorted(cursors)
    assert turn.locator(".steps li").count() == steps


def test_a_first_connection_that_breaks_before_the_run_is_named_finds_it(
    slow: Site, visitor: Visitor
) -> None:
    visitor.allowed.append(CUT)
    page = visitor.page()
    visit(page, slow.url)
    patience(page, base=5)
    slow.stage.cut_every = 0
    turn = send(page, "Is IBM a buy?")
    page.wait_for_timeout(400)
    slow.stage.cut_every = None
    ended(turn, "done")
    assert page.locator(".turn").count() == 1


def test_a_reload_goes_on_with_the_answer(slow: Site, page: Page) -> None:
    visit(page, slow.url)
    send(page, "Is AAPL a buy?")
    expect(page.locator(".evidence .md")).to_contain_text("The trend is up.")
    address = page.url
    page.reload()
    expect(page.locator(".note")).to_have_attribute("data-status", "writing")
    turn = ended(page.locator(".turn"), "done")
    assert page.url == address
    assert page.locator(".question").all_text_contents() == ["Is AAPL a buy?"]
    live = markup(turn)
    page.reload()
    assert markup(ended(page.locator(".turn"), "done")) == live


def test_a_second_tab_sees_the_same_and_stop_in_one_ends_both(slowest: Site, visitor: Visitor) -> None:
    context = visitor.context()
    first, second = visitor.page(context), visitor.page(context)
    visit(first, slowest.url)
    send(first, "Is AAPL a buy?")
    expect(first.locator(".verdict .md")).to_contain_text("AAPL is a buy")
    visit(second, first.url)
    expect(second.locator(".verdict .md")).to_contain_text("AAPL is a buy")
    first.click("#stop")
    for tab in (second, first):
        ended(tab.locator(".turn"), "stopped")
        expect(tab.locator(".ending")).to_contain_text("Stopped.")
    assert markup(first.locator(".turn")) == markup(second.locator(".turn"))
    # A question in one tab appears in the other, which shows the same session.
    turn = send(first, "Is IBM a buy?")
    expect(second.locator(".question")).to_have_count(2)
    ended(turn, "done")
    assert markup(ended(second.locator(".turn").nth(1), "done")) == markup(turn)


@pytest.mark.parametrize("way", ["button", "Escape"])
def test_stop_keeps_what_was_written(slow: Site, page: Page, way: str) -> None:
    visit(page, slow.url)
    turn = send(page, "Is AAPL a buy?")
    expect(turn.locator(".evidence .md")).to_contain_text("trend")
    page.click("#stop") if way == "button" else page.keyboard.press("Escape")
    ended(turn, "stopped")
    text = turn.inner_text()
    page.wait_for_timeout(300)
    assert turn.inner_text() == text
    expect(page.locator("#message")).to_be_focused()
    expect(turn.get_by_role("button", name="Continue")).to_be_visible()
    expect(turn.locator(".ending").get_by_role("button", name="Retry")).to_be_visible()
    expect(turn.locator(".caveat")).to_be_hidden()
    page.reload()
    turn = ended(page.locator(".turn"), "stopped")
    expect(turn.locator(".evidence .md")).to_contain_text("trend")
    turn.get_by_role("button", name="Continue").click()
    ended(page.locator(".turn").nth(1), "done")


def test_silence_is_noticed_told_and_survived(site: Site, page: Page) -> None:
    visit(page, site.url)
    patience(page, idle=700, base=600, cap=600)
    turn, run = play(page, site.stage, Answer({"verdict": "Hold."}, held=True))
    site.stage.hush(True)
    site.stage.open_gate(run, "text")
    expect(page.locator("#trouble")).to_have_text("Connection lost. Reconnecting…")
    site.stage.hush(False)
    site.stage.open_gate(run, "end")
    ended(turn, "done")
    expect(page.locator("#trouble")).to_be_empty()
    expect(turn.locator(".verdict .md")).to_have_text("Hold.")


def test_a_short_break_is_not_told(slow: Site, visitor: Visitor) -> None:
    visitor.allowed.append(CUT)
    page = visitor.page()
    visit(page, slow.url)
    page.evaluate("""() => {
      window.told = [];
      const node = document.getElementById("trouble");
      new MutationObserver(() => told.push(node.textContent)).observe(node, { childList: true });
    }""")
    slow.stage.cut_every = 200
    patience(page, base=5)
    ask(page, "Is MSFT a buy?")
    assert page.evaluate("told") == []


def test_events_that_have_expired_give_way_to_the_stored_answer(site: Site, visitor: Visitor) -> None:
    visitor.allowed += [CUT, "410"]
    page = visitor.page()
    visit(page, site.url)
    patience(page, base=300)
    _, run = play(page, site.stage, Answer({"verdict": "Hold at $5.", "caveat": "Old."}, held=True))
    site.stage.answers[rf"GET /api/runs/{run.run_id}/events"] = [problem(410, "run_expired")]
    site.stage.cut_every = 0
    site.stage.open_gate(run, "text")
    site.stage.open_gate(run, "end")
    ended(page.locator(".turn"), "done")
    expect(page.locator(".verdict .md")).to_have_text("Hold at $5.")


def test_after_eight_tries_it_says_so_and_retry_works(site: Site, visitor: Visitor) -> None:
    visitor.allowed += [CUT, "502", "503"]
    page = visitor.page()
    visit(page, site.url)
    patience(page, base=1, cap=2)
    turn, run = play(page, site.stage, Answer({"verdict": "Hold."}, held=True))
    pattern = rf"GET /api/runs/{run.run_id}/events"
    site.stage.answers[pattern] = [problem(502, "bad_gateway")]
    site.stage.cut_every = 0
    site.stage.open_gate(run, "text")
    expect(turn.locator(".ending")).to_contain_text("Disconnected")
    assert len(site.stage.resumes()) == 8
    site.stage.answers.clear()
    site.stage.cut_every = None
    site.stage.open_gate(run, "end")
    turn.locator(".ending").get_by_role("button", name="Retry").click()
    ended(turn, "done")
    expect(turn.locator(".verdict .md")).to_have_text("Hold.")


@pytest.mark.parametrize(("status", "code"), [(429, "rate_limited"), (503, "server_busy")])
def test_a_refusal_is_told_with_its_time(site: Site, visitor: Visitor, status: int, code: str) -> None:
    visitor.allowed.append(str(status))
    page = visitor.page()
    visit(page, site.url)
    site.stage.answers["POST /analyst/stream"] = [problem(status, code, **{"Retry-After": "7"})]
    turn = ended(send(page, "Is AAPL a buy?"), "failed")
    expect(turn.locator(".ending")).to_contain_text("Try again in 7 seconds.")
    expect(turn.get_by_role("alert")).to_be_visible()
    expect(page).to_have_url(site.url + "/")
    site.stage.answers.clear()
    turn.get_by_role("button", name="Retry").click()
    ended(page.locator(".turn"), "done")


def test_a_server_that_is_away_is_told(site: Site, visitor: Visitor) -> None:
    visitor.allowed.append("ERR_")
    page = visitor.page()
    visit(page, site.url)
    page.route("**/analyst/stream", lambda route: route.abort())
    page.route("**/api/sessions/*", lambda route: route.abort())
    turn = ended(send(page, "Is AAPL a buy?"), "failed")
    expect(turn.locator(".ending")).to_contain_text("The server cannot be reached")


def test_an_error_of_the_run_says_what_is_kept(site: Site, page: Page) -> None:
    visit(page, site.url)
    turn, run = play(page, site.stage, Answer({"verdict": "Hold."}, held=True))
    site.stage.tell(run, {"type": "token", "section": "verdict", "text": "Half a sen"})
    site.stage.tell(
        run, {"type": "error", "code": "model_cut_off", "message": "It broke <b>off</b>.", "retryable": True}
    )
    site.stage.tell(run, {"type": "end", "status": "failed"})
    ended(turn, "failed")
    expect(turn.locator(".ending")).to_contain_text("It broke <b>off</b>.")
    expect(turn.locator(".ending")).to_contain_text("What was written is kept.")
    expect(turn.locator(".verdict .md")).to_have_text("Half a sen")
    expect(turn.locator(".ending")).to_contain_text(run.run_id)


def test_a_repaired_section_is_replaced_and_said_to_be(site: Site, page: Page) -> None:
    visit(page, site.url)
    repaired = Answer(
        {"verdict": "Sales were $999.9B.", "caveat": "Same."},
        final={"verdict": "Sales were $391.0B.", "caveat": "Same."},
    )
    turn, _ = play(page, site.stage, repaired)
    ended(turn, "done")
    expect(turn.locator(".verdict .md")).to_have_text("Sales were $391.0B.")
    expect(turn.locator(".corrected")).to_be_visible()
    turn, _ = play(page, site.stage, Answer({"verdict": "Hold."}), "untouched")
    expect(ended(turn, "done").locator(".corrected")).to_have_count(0)


def test_events_of_a_newer_server_and_foreign_sections_do_no_harm(site: Site, page: Page) -> None:
    visit(page, site.url)
    turn, run = play(page, site.stage, Answer({"verdict": "Hold."}, held=True))
    for event in (
        {"type": "hologram", "section": "verdict"},
        {"type": "token", "section": "__proto__", "text": "x"},
        {"type": "section", "section": "appendix", "state": "open"},
        {
            "type": "figure",
            "id": "f",
            "section": "nowhere",
            "start": 0,
            "end": 1,
            "text": "x",
            "status": "supported",
        },
        {"type": "drain"},
        {"type": "gap", "from": 1, "to": 2},
    ):
        site.stage.tell(run, event)
    site.stage.open_gate(run, "text")
    site.stage.open_gate(run, "end")
    ended(turn, "done")
    assert turn.locator(".sec").count() == len(SECTIONS)
    expect(turn.locator(".foot")).to_contain_text("A part of the stream was lost")


def test_a_question_asked_meanwhile_waits_for_its_turn(slow: Site, page: Page) -> None:
    visit(page, slow.url)
    first = send(page, "Is AAPL a buy?")
    page.fill("#message", "Is IBM a buy?")
    page.press("#message", "Enter")
    expect(page.locator("#queued")).to_contain_text("Is IBM a buy?")
    assert page.locator(".turn").count() == 1
    ended(first, "done")
    ended(page.locator(".turn").nth(1), "done")
    expect(page.locator("#queued")).to_be_hidden()


def test_a_session_that_answers_elsewhere_is_followed_and_the_question_waits(
    slow: Site, visitor: Visitor
) -> None:
    visitor.allowed.append("409")
    first, second = visitor.page(), visitor.page()
    visit(first, slow.url)
    ask(first, "Is AAPL a buy?")
    visit(second, first.url)
    send(first, "Is IBM a buy?")
    expect(first.locator(".turn").nth(1).locator(".note")).to_have_attribute("data-status", "writing")
    second.fill("#message", "And MSFT?")
    second.press("#message", "Enter")
    expect(second.locator("#queued")).to_contain_text("And MSFT?")
    ended(second.locator(".turn").nth(2), "done")
    assert second.locator(".question").all_text_contents() == ["Is AAPL a buy?", "Is IBM a buy?", "And MSFT?"]


def test_eight_tabs_all_get_their_answer_and_leave_room(slow: Site, visitor: Visitor) -> None:
    context = visitor.context()
    tabs = [visitor.page(context) for _ in range(8)]
    for tab in tabs:
        visit(tab, slow.url)
    for tab in tabs:
        tab.fill("#message", "Is AAPL a buy?")
        tab.press("#message", "Enter")
    start = time.perf_counter()
    took = tabs[7].evaluate("""async () => {
      const start = performance.now();
      await (await fetch("/api/health/live")).text();
      return performance.now() - start;
    }""")
    assert took < 1000, f"{took} ms, after {time.perf_counter() - start} s"
    texts = set()
    for tab in tabs:
        turn = tab.locator(".turn")
        expect(turn.locator(".note")).to_have_attribute("data-status", "done")
        texts.add(json.dumps(markup(turn)))
    assert len(texts) == 1


def test_a_hidden_tab_lets_go_of_its_stream(slow: Site, page: Page) -> None:
    visit(page, slow.url)
    patience(page, rest=50)
    turn = send(page, "Is AAPL a buy?")
    expect(turn.locator(".note")).to_have_attribute("data-status", "writing")
    hide = """(hidden) => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, True)
    page.wait_for_timeout(400)
    held = turn.inner_text()
    page.wait_for_timeout(400)
    assert turn.inner_text() == held
    slow.stage.requests.clear()
    page.evaluate(hide, False)
    ended(turn, "done")
    assert len(slow.stage.resumes()) == 1
