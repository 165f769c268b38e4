"""For everybody: keyboard, screen reader, contrast, two languages, input methods."""

from __future__ import annotations

import json
import re
from importlib.metadata import files
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from graph.vocabulary import METRICS
from server.web import FOLDER
from tests.web.acts import ask, ended, module, play, visit
from tests.web.answers import CHINESE, FIVE_STATES
from tests.web.conftest import Site, Visitor

AXE = next(path for path in files("axe-playwright-python") or [] if path.name == "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHINESE_TEXT = re.compile(r"[\u3400-\u9fff]")


def violations(page: Page) -> list[Any]:
    page.evaluate(AXE)
    found = page.evaluate(
        "rules => axe.run(document, { runOnly: rules }).then((found) => found.violations)",
        RULES,
    )
    return [
        (one["id"], [node["html"][:160] + node["failureSummary"][:300] for node in one["nodes"]])
        for one in found
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_in_any_state(site: Site, visitor: Visitor, theme: str, width: int) -> None:
    page = visitor.page(viewport={"width": width, "height": 844}, color_scheme=theme, reduced_motion="reduce")
    visit(page, site.url)
    expect(page.locator("#universe")).not_to_be_empty()
    assert violations(page) == [], "empty"
    turn, run = play(page, site.stage, FIVE_STATES.__class__(**{**FIVE_STATES.__dict__, "held": True}))
    expect(turn.locator(".steps li")).to_have_count(2)
    assert violations(page) == [], "streaming"
    site.stage.open_gate(run, "text")
    site.stage.open_gate(run, "end")
    ended(turn, "done")
    page.wait_for_timeout(100)
    assert violations(page) == [], "complete"
    turn.locator(".fig.contradicted").click()
    expect(page.locator("#card")).to_be_visible()
    assert violations(page) == [], "card"
    page.keyboard.press("Escape")
    if width == 390:
        page.click("#chart-button")
        expect(page.locator("#panel")).to_be_visible()
        assert violations(page) == [], "chart sheet"
        page.click("#panel-close")
        page.click("#menu")
    page.click("#settings-button")
    expect(page.locator("dialog.settings")).to_be_visible()
    assert violations(page) == [], "settings"
    page.keyboard.press("Escape")
    if width == 390:
        page.keyboard.press("Escape")
    page.locator("#main").focus()
    page.keyboard.press("?")
    expect(page.locator("dialog.keys")).to_be_visible()
    assert violations(page) == [], "keys"


def luminance(color: str) -> float:
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize(
    ("ink", "ground", "floor"),
    [
        ("text", "bg", 7), ("text-2", "bg", 7), ("text-3", "sunken", 4.5), ("text-3", "bg", 4.5),
        ("accent", "bg", 4.5),
        ("accent-ink", "accent", 4.5), ("ok", "bg", 4.5), ("ok", "ok-soft", 4.5), ("derived", "bg", 4.5),
        ("derived", "derived-soft", 4.5), ("warn", "bg", 4.5), ("warn", "warn-soft", 4.5), ("bad", "bg", 4.5),
        ("bad", "bad-soft", 4.5), ("line-2", "bg", 3), ("green", "surface", 3), ("red", "surface", 3),
        ("blue", "surface", 3), ("orange", "surface", 3), ("ma50", "surface", 3), ("ma200", "surface", 3),
        ("fib", "surface", 3), ("text-2", "surface", 7), ("text", "accent-soft", 4.5),
    ],
)  # fmt: skip
def test_colours_have_their_contrast(theme: int, ink: str, ground: str, floor: float) -> None:
    styles = FOLDER.joinpath("tokens.css").read_text(encoding="utf-8")
    tokens = (
        dict(re.findall(r"--([\w-]+): light-dark\((#\w{6}), #\w{6}\)", styles)),
        dict(re.findall(r"--([\w-]+): light-dark\(#\w{6}, (#\w{6})\)", styles)),
    )
    high, low = sorted((luminance(tokens[theme][ink]), luminance(tokens[theme][ground])), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= floor


def test_colours_are_named_in_one_place() -> None:
    for path in FOLDER.rglob("*.css"):
        if path.name not in ("tokens.css", "print.css"):
            found = re.findall(r"#[0-9a-fA-F]{3,8}\b(?![\w-]*[\s,{:.>\[])", path.read_text(encoding="utf-8"))
            assert found == [], path.name


def test_an_answer_is_announced_twice_and_never_read_out_while_it_grows(slow: Site, page: Page) -> None:
    visit(page, slow.url)
    page.evaluate("""() => {
      window.said = [];
      const node = document.getElementById("announce");
      new MutationObserver(() => said.push(node.textContent)).observe(node, { childList: true });
    }""")
    ask(page, "Is AAPL a buy?")
    page.wait_for_timeout(100)
    said = page.evaluate("said")
    assert said[0] == "Answer started."
    assert re.fullmatch(r"Answer complete. \d+ figures verified, 0 need attention.", said[1])
    assert len(said) == 2
    assert page.locator("#log").get_attribute("aria-live") == "off"


NAME = """() => {
  const node = document.activeElement;
  if (node === document.body) return null;
  const first = node.className.split(" ")[0];
  return node.id || node.dataset.figure || first || node.textContent.trim().slice(0, 30);
}"""
RING = """() => {
  const node = document.activeElement;
  const own = getComputedStyle(node);
  const box = getComputedStyle(node.closest(".box") ?? node);
  return own.outlineStyle !== "none" || box.outlineStyle !== "none" || parseFloat(own.borderLeftWidth) > 0;
}"""


def test_the_page_is_walked_by_tab_in_a_sensible_order_with_a_visible_ring(site: Site, page: Page) -> None:
    visit(page, site.url)
    ask(page, "Is AAPL a buy?")
    expect(page.locator("#chart canvas").first).to_be_visible()
    page.locator("#sessions a").first.wait_for()
    page.locator(".skip").focus()
    stops = ["skip"]
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate(NAME)
        if name is None:
            break
        ring = page.evaluate(RING)
        assert ring, name
        stops.append(name)
    assert stops[:5] == [
        "skip",
        "new",
        "search",
        page.locator("#sessions a").first.text_content(),
        "icon-button",
    ]
    order = ["settings-button", "language-button", "menu", "export-button", "chart-button", "message"]
    order.append("divider")
    assert [stop for stop in stops if stop in order] == order
    assert len([stop for stop in stops if re.fullmatch(r"(verdict|evidence|insights|caveat)-\d+", stop)]) == 1
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_be_focused()


def test_the_keys_that_are_told_work(site: Site, page: Page) -> None:
    visit(page, site.url)
    for question in ("Is AAPL a buy?", "And its risk?"):
        ask(page, question)
    page.locator("#main").focus()
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(page.locator(".turn").first).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(".turn").nth(1)).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#message")).to_be_focused()
    expect(page.locator("#message")).to_have_value("")
    page.keyboard.press("Alt+c")
    expect(page.locator("#panel")).to_be_hidden()
    page.keyboard.press("Alt+c")
    expect(page.locator("#panel")).to_be_visible()
    page.keyboard.press("Control+b")
    expect(page.locator("#sidebar")).to_be_hidden()
    page.keyboard.press("Control+b")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search sessions, companies")).to_be_focused()
    page.keyboard.type("risk")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search sessions, companies")).to_be_focused()
    page.keyboard.type("MSFT")
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_have_value("Is MSFT a buy?")
    expect(page.locator("dialog")).to_have_count(0)
    page.locator("#main").focus()
    page.keyboard.press("n")
    expect(page.locator("#empty")).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("option", name="This list").click()
    expect(page.locator("dialog.keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.click("#settings-button")
    page.get_by_label("Single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.locator("#main").focus()
    page.keyboard.press("?")
    page.wait_for_timeout(150)
    expect(page.locator("dialog")).to_have_count(0)


def test_enter_that_chooses_a_candidate_sends_nothing(site: Site, page: Page) -> None:
    visit(page, site.url)
    page.focus("#message")
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "pingguo", "selectionStart": 7, "selectionEnd": 7})
    key = {"key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229, "nativeVirtualKeyCode": 229}
    session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    page.evaluate("""() => document.getElementById("message").dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true }))""")
    page.wait_for_timeout(150)
    assert page.locator(".turn").count() == 0
    session.send("Input.insertText", {"text": "苹果值得买吗"})
    page.keyboard.press("Shift+Enter")
    assert page.locator(".turn").count() == 0
    page.keyboard.press("Enter")
    expect(page.locator(".question")).to_have_text(["苹果值得买吗"])
    ended(page.locator(".turn"), "done")
    assert page.locator(".turn").count() == 1


def test_both_languages_have_every_string(site: Site, page: Page) -> None:
    visit(page, site.url)
    more = module(page, "later/words.js", "return m.default")
    assert set(more["en"]) <= set(more["zh"])
    english = {**module(page, "later/strings-en.js", "return m.default"), **more["en"]}
    chinese = {**module(page, "later/strings-zh.js", "return m.default"), **more["zh"]}
    assert set(english) <= set(chinese)
    assert set(chinese) - set(english) <= {
        *(f"metric.{name}" for name in METRICS),
        *(key for key in chinese if key.startswith("error.")),
    }
    for name, metric in METRICS.items():
        assert chinese[f"metric.{name}"] == metric.zh
    for key in english:
        holes = re.findall(r"\{\w+\}", english[key].split("|")[-1])
        assert sorted(holes) == sorted(re.findall(r"\{\w+\}", chinese[key])), key
    same = {key for key in english if english[key] == chinese[key]}
    assert same <= {"choice.en", "choice.zh", "export.markdown"}
    used = set()
    for path in FOLDER.rglob("*.js"):
        used |= set(re.findall(r"\bt\(\"([\w.-]+)\"", path.read_text(encoding="utf-8")))
    page_source = FOLDER.joinpath("index.html").read_text(encoding="utf-8")
    used |= set(re.findall(r"data-t(?:-[\w-]+)?=\"([\w.-]+)\"", page_source))
    assert used <= set(english)


def visible_text(page: Page) -> str:
    return str(page.evaluate("""() => {
      const parts = [document.body.innerText];
      for (const node of document.querySelectorAll("[aria-label], [title], [placeholder]"))
        for (const name of ["aria-label", "title", "placeholder"]) parts.push(node.getAttribute(name) ?? "");
      return parts.join("\\n");
    }"""))  # fmt: skip


def test_switching_the_language_leaves_no_english(site: Site, page: Page) -> None:
    visit(page, site.url)
    turn, _ = play(page, site.stage, CHINESE, "苹果怎么样")
    ended(turn, "done")
    english = module(page, "later/strings-en.js", "return m.default")
    page.click("#language-button")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator(".sec h3")).to_have_text(["结论", "证据", "洞察与行动", "风险提示"])
    text = visible_text(page)
    chinese = module(page, "later/strings-zh.js", "return m.default")
    for key, value in english.items():
        if (
            value == chinese[key]
            or "{" in value
            or "|" in value
            or len(value) < 4
            or key.startswith("language")
        ):
            continue
        assert not re.search(rf"(?<![\w]){re.escape(value)}(?![\w])", text), key
    expect(page.locator("#panel-source")).to_contain_text("2024年12月30日")
    page.click("#settings-button")
    expect(page.locator("dialog h2")).to_have_text("设置")
    page.get_by_label("语言").select_option("en")
    expect(page.locator("dialog h2")).to_have_text("Settings")
    page.keyboard.press("Escape")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_language_that_the_browser_does_not_name_is_kept(site: Site, visitor: Visitor) -> None:
    page = visitor.page()
    visit(page, site.url)
    page.click("#language-button")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.reload()
    expect(page.locator("#empty h2")).to_have_text("想核验什么？")
    page.wait_for_timeout(5000)  # a browser that complains of what it loaded in vain does so after a while


def test_a_chinese_browser_is_met_in_chinese_with_red_for_rising(site: Site, visitor: Visitor) -> None:
    page = visitor.page(locale="zh-CN")
    visit(page, site.url)
    expect(page.locator("#empty h2")).to_have_text("想核验什么？")
    ask(page, "AAPL 现在值得买入吗？")
    expect(page.locator("#chart canvas").first).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.updown") == "red-up"
    up = module(page, "later/chart.js", "return m.color('up')")
    red = module(page, "later/chart.js", "return m.color('red')")
    assert up == red
    page.wait_for_timeout(300)
    counts = page.evaluate("""([red]) => {
      const [r, g, b] = red.match(/\\d+/g).map(Number);
      let hits = 0;
      for (const canvas of document.querySelectorAll("#chart canvas")) {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        for (let n = 0; n < data.length; n += 4)
          if (data[n] === r && data[n + 1] === g && data[n + 2] === b) hits++;
      }
      return hits;
    }""", [up])  # fmt: skip
    assert counts > 50
    page.click("#settings-button")
    page.get_by_label("涨跌颜色").select_option("blue-orange")
    assert module(page, "later/chart.js", "return m.color('up')") == module(
        page, "later/chart.js", "return m.color('blue')"
    )


@pytest.mark.parametrize(
    ("language", "value", "unit", "expected"),
    [
        ("en", "391035000000", "money", "$391.04B"),
        ("zh", "391035000000", "money", "$3,910.35亿"),
        ("en", "252.2", "price", "$252.20"),
        ("en", "-2.804", "percent", "−2.8%"),
        ("en", "41.48", "multiple", "41.48×"),
        ("en", "999999999", "money", "$1B"),
        ("en", "15408095000", "count", "15.41B"),
        ("zh", "45678", "count", "45,678"),
        ("en", "1", "days", "1 day"),
        ("en", "nonsense", "money", "nonsense"),
    ],
)
def test_amounts_are_written_as_readers_write_them(
    site: Site, visitor: Visitor, language: str, value: str, unit: str, expected: str
) -> None:
    page = visitor.page(locale="zh-CN" if language == "zh" else "en-US")
    visit(page, site.url)
    assert module(page, "format.js", "return m.amount(a[0], a[1])", [value, unit]) == expected


def test_reduced_motion_runs_no_animation(slow: Site, visitor: Visitor) -> None:
    page = visitor.page(reduced_motion="reduce")
    visit(page, slow.url)
    page.fill("#message", "Is AAPL a buy?")
    page.press("#message", "Enter")
    expect(page.locator(".verdict .md")).to_contain_text("AAPL is")
    assert page.evaluate("document.getAnimations().length") == 0
    ended(page.locator(".turn"), "done")


def test_settings_are_kept_and_bad_ones_are_survived(site: Site, page: Page) -> None:
    visit(page, site.url)
    page.click("#settings-button")
    page.get_by_label("Theme").select_option("dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 16, 18)"
    page.keyboard.press("Escape")
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 16, 18)"
    for bad in ("{", "[]", json.dumps({"theme": 5, "panelShare": "x", "language": None}), "null"):
        page.evaluate("bad => localStorage.setItem('financial-agent.settings', bad)", bad)
        visit(page, site.url)
        expect(page.locator("#message")).to_be_focused()
    assert CHINESE_TEXT.search(page.locator("#language-button").inner_text())
