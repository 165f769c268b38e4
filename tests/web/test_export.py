"""What leaves the page: copies, Markdown, a snapshot, paper; and hostile text through every door."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.acts import ask, ended, play, visit
from tests.web.answers import FIVE_STATES, Answer, Claim
from tests.web.conftest import Site, Visitor
from tests.web.hostile import CASES

EVIL = '<img src=x onerror="window.__pwn=1">'

FACT_FIELDS = [
    "id", "label", "value", "unit", "entity", "source", "formula", "as_of", "currency", "period",
]  # fmt: skip


def choose(page: Page, name: str) -> None:
    page.click("#export-button")
    page.get_by_role("menuitem", name=name).click()


def check_markdown(text: str) -> None:
    for heading in ("## Verdict", "## Evidence", "## Insights & Action", "## Caveat", "## Sources"):
        assert heading in text
    assert "closed at $252.20[^1]" in text
    assert re.search(r"\[\^1\]: ✓ \$252\.20: Verified .*AAPL · close.*embedded sample", text)
    assert re.search(r"\[\^\d\]: ≠ \$410\.0B: Contradicted · Data \$391\.04B", text)
    notes = re.findall(r"^\[\^(\d+)\]:", text, re.MULTILINE)
    assert notes == [str(number) for number in range(1, 9)]


def test_markdown_has_headings_footnotes_and_sources(site: Site, visitor: Visitor) -> None:
    context = visitor.context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visitor.page(context)
    visit(page, site.url)
    turn, _ = play(page, site.stage, FIVE_STATES)
    ended(turn, "done")
    with page.expect_download() as waiting:
        choose(page, "Markdown")
    assert waiting.value.suggested_filename == "scripted.md"
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    check_markdown(text)
    turn.locator(".actions").get_by_role("button", name="Copy").click()
    expect(page.locator("#toast")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == text


def test_a_session_of_the_list_is_saved_without_opening_it(site: Site, page: Page) -> None:
    visit(page, site.url)
    ask(page, "Is AAPL a buy?")
    page.click("#new")
    page.locator("#sessions li").first.hover()
    page.locator("#sessions li .icon-button").first.click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name="Markdown").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert "# Is AAPL a buy?" in text
    assert "[^1]: ✓" in text


def test_a_snapshot_needs_no_code_and_lets_none_in(site: Site, visitor: Visitor) -> None:
    page = visitor.page()
    visit(page, site.url)
    hostile = Answer(
        {"verdict": "Up 2.0%. " + CASES[3].text, "evidence": "\n\n".join(case.text for case in CASES)},
        [Claim("verdict", "2.0%", "unsupported", {"note": EVIL})],
    )
    turn, _ = play(page, site.stage, hostile, EVIL)
    ended(turn, "done")
    with page.expect_download() as waiting:
        choose(page, "Snapshot")
    path = Path(waiting.value.path())
    reader = visitor.page()
    copy = path.with_suffix(".html")
    copy.write_bytes(path.read_bytes())
    reader.goto(copy.as_uri())
    assert reader.evaluate("window.__pwn") is None
    tags = set(reader.evaluate("[...document.querySelectorAll('*')].map((node) => node.tagName)"))
    assert not tags & {"SCRIPT", "IMG", "IFRAME", "OBJECT", "FORM", "LINK", "SVG", "BUTTON"}
    assert not re.search(
        r"<[^>]*\son\w+=", re.sub(r"=\"[^\"]*\"", "", path.read_text(encoding="utf-8")).replace("&lt;", "")
    )
    expect(reader.locator(".notes li")).to_contain_text(["? 2.0%: Unsupported"])
    reader.locator("sup a").click()
    assert all(not address.startswith("https://evil") for address in visitor.requested)


def test_paper_has_the_note_and_nothing_else(site: Site, visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page()
    visit(page, site.url)
    turn, _ = play(page, site.stage, FIVE_STATES)
    ended(turn, "done")
    page.emulate_media(media="print")
    for part in ("#sidebar", "#panel", ".composer", "#bar", ".actions", ".steps"):
        expect(page.locator(part).first).to_be_hidden()
    expect(turn.locator(".verdict .md")).to_be_visible()
    page.emulate_media(media="null")
    data = page.pdf(path=str(tmp_path / "note.pdf"))
    assert data.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", data)) == 1
    assert b"/Font" in data
    ask(page, "Is AAPL a buy?")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf())) in (2, 3, 4)


def test_hostile_text_comes_through_no_door(site: Site, visitor: Visitor) -> None:
    page = visitor.page()
    visit(page, site.url)
    claim = {"expected": EVIL, "note": EVIL, "formula": EVIL, "facts": [EVIL]}
    named = {"id": EVIL, "name": EVIL, "label": EVIL, "summary": EVIL}
    overlay = {"kind": EVIL, "fact": EVIL, "label": EVIL, "value": EVIL}
    evil = Answer(
        {"verdict": "At $5.00. " + EVIL, "caveat": EVIL},
        [Claim("verdict", "$5.00", "contradicted", claim)],
        facts=[
            {**dict.fromkeys(FACT_FIELDS, EVIL), "metric": "__proto__", "inputs": [EVIL]},
        ],
        steps=[{"type": "step", **named, "state": "failed", "ms": 5}],
        suggestions=[EVIL],
        chart={"type": "chart", "symbol": "AAPL", "range": EVIL, "overlays": [overlay]},
    )  # fmt: skip
    turn, run = play(page, site.stage, evil, EVIL)
    ended(turn, "done")
    turn.locator(".fig.contradicted").click()
    expect(page.locator("#card")).to_contain_text("<img")
    page.keyboard.press("Escape")
    page.locator(".actions").get_by_role("button", name="Chart").click()
    page.get_by_role("tab", name="Sources").click()
    expect(page.locator("#panel-sources")).to_contain_text("<img")
    held = Answer({"verdict": "x"}, held=True)
    turn, run = play(page, site.stage, held, "broken")
    site.stage.tell(run, {"type": "error", "code": EVIL, "message": EVIL})
    site.stage.tell(run, {"type": "end", "status": "failed", "reason": EVIL})
    ended(turn, "failed")
    expect(turn.locator(".ending")).to_contain_text("<img")
    assert page.locator("img").count() == 0
    assert page.evaluate("window.__pwn") is None
    assert all(address.startswith((site.url, "blob:")) for address in visitor.requested)


@pytest.mark.parametrize("offline", [True, False])
def test_the_offline_banner_is_there_exactly_when_the_server_says_so(
    site: Site, page: Page, offline: bool
) -> None:
    health = page.request.get(f"{site.url}/api/health").json()
    mode = "offline" if offline else "live"
    page.route("**/api/health", lambda route: route.fulfill(json={**health, "mode": mode}))
    visit(page, site.url)
    expect(page.locator("#mode")).to_contain_text("Offline" if offline else "Live")
    assert page.locator("#offline").is_visible() is offline
    if offline:
        page.locator("#offline summary").click()
        expect(page.locator("#offline")).to_contain_text("DASHSCOPE_API_KEY")
        turn = ask(page, "Is AAPL a buy?")
        expect(turn.locator(".tag")).to_have_text("recorded data")
