"""Draws the pictures of the page in `docs/pictures/`: `python docs/pictures.py`, with a Chromium installed.

The server is the real one on recorded data; only the picture of the five states shows a scripted answer.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from graph.settings import AgentSettings  # noqa: E402
from server.settings import ServerSettings  # noqa: E402
from tests.live import serving  # noqa: E402
from tests.web.acts import ask, ended, send, visit  # noqa: E402
from tests.web.answers import FIVE_STATES  # noqa: E402
from tests.web.conftest import ARGUMENTS, CHROMIUM  # noqa: E402
from tests.web.stage import Stage  # noqa: E402

FOLDER = ROOT / "docs" / "pictures"
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}


def keep(page: Page, name: str) -> None:
    """Save what the page shows."""
    page.wait_for_timeout(500)
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


def open_page(browser: Browser, url: str, size: dict[str, int], theme: str, locale: str = "en-US") -> Page:
    """Open the page as a visitor of this size, theme and language."""
    context = browser.new_context(viewport=size, color_scheme=theme, locale=locale)
    page = context.new_page()
    visit(page, url)
    page.locator("#universe").wait_for()
    return page


def to_top(page: Page) -> None:
    """Show the beginning of the last answer."""
    page.locator(".turn").last.evaluate("node => node.scrollIntoView({ block: 'start' })")


def draw(browser: Browser, url: str, stage: Stage) -> None:
    """Draw every picture."""
    page = open_page(browser, url, WIDE, "light")
    keep(page, "empty")
    turn = send(page, "Is AAPL a buy?")
    turn.locator(".insights .md li").first.wait_for(timeout=30_000)
    keep(page, "streaming")
    ended(turn, "done")
    to_top(page)
    keep(page, "complete")
    turn.locator(".insights .fig", has_text="$200.76").first.hover()
    page.locator("#card").wait_for()
    keep(page, "card")
    page.mouse.move(5, 5)
    stage.scripts["What do the five states look like?"] = FIVE_STATES
    page.click("#new")
    ended(send(page, "What do the five states look like?"), "done").locator(".fig.contradicted").click()
    keep(page, "states")

    page = open_page(browser, url, WIDE, "dark")
    ask(page, "Compare AAPL and MSFT")
    to_top(page)
    keep(page, "dark")

    page = open_page(browser, url, WIDE, "light", "zh-CN")
    ask(page, "AAPL 现在值得买入吗？")
    to_top(page)
    keep(page, "chinese")

    page = open_page(browser, url, NARROW, "light")
    turn = ask(page, "Is AAPL a buy?")
    to_top(page)
    keep(page, "narrow")
    turn.locator(".fig.supported").first.click()
    page.locator("#card").wait_for()
    keep(page, "narrow-card")
    page.keyboard.press("Escape")
    page.locator("#main").click(position={"x": 5, "y": 5})
    page.click("#chart-button")
    page.locator("#chart canvas").first.wait_for()
    keep(page, "narrow-chart")


def draw_sign_in(browser: Browser, url: str) -> None:
    """Draw how the page of a server with accounts meets who is not known."""
    page = browser.new_context(viewport={"width": 960, "height": 600}, locale="en-US").new_page()
    visit(page, url)
    page.locator("dialog.sign-in").wait_for()
    keep(page, "sign-in")


def main() -> int:
    """Start a server and a browser and draw."""
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        print("no Chromium on this machine: apt-get install chromium", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    staged: list[Stage] = []

    def wrap(app: object) -> Stage:
        staged.append(Stage(app))  # type: ignore[arg-type]
        return staged[0]

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        settings = ServerSettings(
            agent=AgentSettings(offline_pace_ms=4), store_url=f"sqlite:///{folder}/s.db", drain_seconds=0
        )
        with serving(settings, wrap) as live:
            browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
            draw(browser, live.url, staged[0])
            accounts = ServerSettings(store_url="memory:", drain_seconds=0, auth="api-key")
            with serving(accounts) as guarded:
                draw_sign_in(browser, guarded.url)
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
