"""Markdown in the browser: streamed as in one piece, as others read it, and no markup of a model's."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Page

from tests.web.acts import module, visit
from tests.web.answers import pieces
from tests.web.conftest import Site, Visitor
from tests.web.hostile import CASES

CORPUS = [
    "One paragraph.\n\nAnother, with **strong**, *em*, `code` and ~~gone~~.",
    "# Title\n\ntext\n\n## Next ##\n\nmore\n### Third\n",
    "- one\n- two\n  - nested\n  - again\n- three",
    "- one\n\n- two\n\n  with a paragraph\n\n- three",
    "1. first\n2. second\n   more of it\n3. third\n\nafter",
    "3) three\n4) four",
    "> quoted\n> lines\nlazy\n\nafter\n\n> - a list\n> - in it",
    "```python\ndef f():\n    return '**no**'\n```\nafter",
    "~~~\nopen to the end\n\nstill",
    "| a | b |\n|---|--:|\n| 1 | 2 |\n| **3** | `4` |\n\nafter",
    "text before\n| a | b |\n|---|---|\n| 1 | 2 |",
    "| a \\| b | c |\n|:-:|---|\n| x | y | z |\n| only |",
    "***\n\ntext\n\n---\n\n___",
    "hard  \nbreak and\\\nanother\nsoft",
    '[link](https://example.com/a_(b)?c=1 "title") and [ref] and <https://example.com/x>',
    "![picture](https://example.com/x.png) and [![in](x.png)](https://example.com)",
    "**bold *both* bold** and *em **both** em* and ***all***",
    "snake_case_word and __strong__ and _em_ and 5 * 3 * 2",
    "\\*not em\\* and &amp; &lt;b&gt; &#36;5 &copy;",
    "`` a ` b `` and ` x ` and `unclosed",
    "**中文。**后文 and **“引号”**后 and *强调*文字",
    "- **Trend.** AAPL closed at $252.20, above **$237.29**.\n- **Risk.** A fall of 12.5%.\n\nDone.",
    "Revenue $94.9B 📈 up 6.1%，利润🍎增长。\n\n- 要点：**好**\n- 🚀 rocket",
    "para\n- list after\n- more\n\n1. ordered\n- bullet again",
    "a\r\nb\r\n\r\n- c\r\n- d",
    "<script>alert(1)</script> and <b>html</b>\n\n<div>\nblock\n</div>",
    "- a\n\n\n- b\n\n\ntext",
    "  indented a little\n   and more\n\n#no heading\n####### nor this",
    "* * *\n- - -\n* item\n+ other\n- third",
    "> > deep\n> back\n\n- > quote in list\n- ```\n  code in list\n  ```",
    "| not a table\n\n|a|\n|-|\n|b|",
]  # fmt: skip

# Where this reader and CommonMark part, and why.
EXCEPTIONS = {
    "**中文。**后文 and **“引号”**后 and *强调*文字": "strong text may end in Chinese punctuation",
    "![picture](https://example.com/x.png) and [![in](x.png)](https://example.com)": "no picture is fetched",
    "  indented a little\n   and more\n\n#no heading\n####### nor this": "spaces at a line's beginning",
}  # fmt: skip

DRAW = """
    const host = document.createElement("div");
    const md = new m.Markdown(host, (span, text) => text);
    for (const [text, tail] of a.steps) md.update(text, tail);
    return host.innerHTML;
"""
SPLITS = """
    const wrong = [];
    for (const { source, cuts } of a) {
      const draw = (ends) => {
        const host = document.createElement("div");
        const md = new m.Markdown(host, (span, text) => text);
        for (const end of ends) md.update(source.slice(0, end), true);
        md.update(source, false);
        return host.innerHTML;
      };
      const [one, many] = [draw([]), draw(cuts)];
      if (one !== many) wrong.push({ source, cuts, one, many });
    }
    return wrong.slice(0, 3);
"""


@pytest.fixture(scope="module")
def blank(browser: Any, sites: Any) -> Any:
    """A page whose modules can be asked."""
    page = browser.new_page()
    visit(page, sites(0).url)
    yield page
    page.close()


def draw(page: Page, text: str, tail: bool = False) -> str:
    return str(module(page, "md.js", DRAW, {"steps": [[text, tail]]}))


def test_streamed_text_is_drawn_as_in_one_piece_on_1000_splits(blank: Page) -> None:
    rng, asked = random.Random(7), []
    texts = [*CORPUS, "\n\n".join(CORPUS[:12]), *[case.text for case in CASES[::6]]]
    for number in range(1000):
        source = texts[number % len(texts)]
        cuts, at = [], 0
        for piece in pieces(source, rng.randrange(10**6), rng.choice([1, 2, 5, 20])):
            at += len(piece.encode("utf-16-le")) // 2
            cuts.append(at)
        asked.append({"source": source, "cuts": cuts})
    for start in range(0, len(asked), 250):
        assert module(blank, "md.js", SPLITS, asked[start : start + 250]) == []


def normal(markup: str) -> str:
    """Bring the markup of both to one form: what differs is written here and nowhere else."""
    text = re.sub(r"<div class=\"table\"[^>]*>(.*?)</div>", r"\1", markup, flags=re.DOTALL)
    text = re.sub(r" (?:rel|target|scope|tabindex|title|class|style)=\"[^\"]*\"", "", text)
    text = re.sub(r"<(/?)h(\d)", lambda found: f"<{found[1]}h{min(6, int(found[2]) + 3)}", text)
    text = text.replace("<del>", "<s>").replace("</del>", "</s>").replace("&quot;", '"')
    text = re.sub(r"<(br|hr) ?/?>", r"<\1>", text)
    text = re.sub(
        r"\s*(</?(?:p|h\d|ul|ol|li|table|thead|tbody|tr|th|td|blockquote|pre|hr|br)[^>]*>)\s*", r"\1", text
    )
    return re.sub(r"\s*</code>", "</code>", text).strip()


@pytest.mark.parametrize("text", [text for text in CORPUS if text not in EXCEPTIONS])
def test_it_reads_as_markdown_it_does(blank: Page, text: str) -> None:
    oracle = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    ours = re.sub(r"<(/?)h(\d)", lambda found: f"<{found[1]}h{int(found[2]) - 3}", draw(blank, text))
    assert normal(ours) == normal(oracle.render(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**中文。**后文", "<p><strong>中文。</strong>后文</p>"),
        ("![alt *text*](https://x.example/leak.png)", "<p>alt <em>text</em></p>"),
        ("see [1] and [12]", '<p>see <span class="cite">[1]</span> and <span class="cite">[12]</span></p>'),
    ],
)
def test_where_it_differs_on_purpose(blank: Page, text: str, expected: str) -> None:
    assert draw(blank, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("so **far", "<p>so <strong>far</strong></p>"),
        ("so **", "<p>so </p>"),
        ("a `co", "<p>a <code>co</code></p>"),
        ("[text](https://exa", "<p>text</p>"),
        ("- **Tr", "<ul><li><strong>Tr</strong></li></ul>"),
    ],
)
def test_what_is_open_at_the_end_is_shown_as_it_will_be(blank: Page, text: str, expected: str) -> None:
    assert draw(blank, text, tail=True) == expected


def test_a_row_that_may_become_a_table_is_held_as_one(blank: Page) -> None:
    assert "<table>" in draw(blank, "| Metric | Lat", tail=True)
    assert "<table>" in draw(blank, "| Metric | Latest |\n|---", tail=True)
    assert "<table>" not in draw(blank, "| Metric | Lat", tail=False)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        "![" * 20_000,
        "*a " * 20_000,
        "**a*" * 10_000,
        "`" * 30_000 + "a",
        "".join("`" * n + "a" for n in range(250)),
        "> " * 20_000 + "deep",
        "- " * 20_000 + "deep",
        "- a\n" + "b\n" * 20_000,
        "| a " * 10_000 + "|\n" + "|--" * 10_000 + "|",
        "[a](" * 15_000,
        "<a" * 20_000,
        "&amp" * 15_000,
        "_a_" * 20_000,
        "\\" * 60_000,
        "x" * 200_000,
    ],
)
def test_hostile_text_takes_no_time_to_speak_of(blank: Page, text: str) -> None:
    body = DRAW.replace("host.innerHTML", "performance.now() - t")
    measured = f"const t = performance.now(); {body}"
    assert module(blank, "md.js", measured, {"steps": [[text, True], [text, False]]}) < 3000


def test_closed_blocks_keep_their_nodes(blank: Page) -> None:
    kept = """
        const host = document.createElement("div");
        const md = new m.Markdown(host, (span, text) => text);
        md.update(a, true);
        const first = host.children[0];
        const item = host.children[1].children[0];
        for (let n = 1; n < 40; n++) md.update(a + "\\n- more".repeat(n), true);
        return host.children[0] === first && host.children[1].children[0] === item;
    """
    assert module(blank, "md.js", kept, "A paragraph.\n\n- one\n- two\n- three")


ALLOWED = {
    "P", "H4", "H5", "H6", "UL", "OL", "LI", "BLOCKQUOTE", "PRE", "CODE", "DIV", "SPAN",
    "TABLE", "THEAD", "TBODY", "TR", "TH", "TD", "STRONG", "EM", "DEL", "A", "BR", "HR",
}  # fmt: skip
ATTRIBUTES = {"class", "href", "rel", "target", "start", "scope", "tabindex", "role", "aria-label"}
INSPECT = """
    const host = document.createElement("div");
    document.body.append(host);
    const md = new m.Markdown(host, (span, text) => text, "t");
    let all = "";
    for (const piece of a) md.update((all += piece), true);
    md.update(all, false);
    const found = [...host.querySelectorAll("*")].map((node) => ({
      tag: node.tagName,
      namespace: node.namespaceURI,
      attributes: Object.fromEntries([...node.attributes].map((x) => [x.name, x.value])),
    }));
    await new Promise((next) => requestAnimationFrame(next));
    host.remove();
    return { found, pwned: window.__pwn };
"""


def test_no_case_of_the_corpus_gets_markup_through(site: Site, visitor: Visitor) -> None:
    page = visitor.page()
    visit(page, site.url)
    assert len(CASES) >= 52
    for number, case in enumerate(CASES):
        seen = module(page, "md.js", INSPECT, pieces(case.text, number))
        assert seen.get("pwned") is None, case.name
        for node in seen["found"]:
            assert node["tag"] in ALLOWED, case.name
            assert node["namespace"] == "http://www.w3.org/1999/xhtml", case.name
            assert set(node["attributes"]) <= ATTRIBUTES, case.name
            if "href" in node["attributes"]:
                assert re.match(r"(https?|mailto):", node["attributes"]["href"]), case.name
                assert node["attributes"]["rel"] == "noopener noreferrer nofollow", case.name
    assert all(address.startswith(site.url) for address in visitor.requested)
