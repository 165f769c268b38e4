"""A real browser on the real server; a test fails on any error that the page tells in its console."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from graph.settings import AgentSettings
from server.settings import ServerSettings
from tests.live import serving
from tests.web.stage import Stage

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 40_000  # milliseconds: eight pages at once may share one core
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The machine's Chromium; without one the tests are skipped, but never in CI."""
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: install it, for example by `apt-get install chromium`")
        pytest.skip("no Chromium on this machine: the tests of the page need one (apt-get install chromium)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield opened
        opened.close()


@dataclass
class Site:
    """A running server behind its stage."""

    url: str
    stage: Stage


@pytest.fixture(scope="package")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], Site]]:
    """Servers by the milliseconds that their analyst takes for a token, started when first needed."""
    known: dict[int, Site] = {}
    with ExitStack() as stack:

        def site(pace: int) -> Site:
            if pace not in known:
                folder = tmp_path_factory.mktemp("web")
                settings = ServerSettings(
                    agent=AgentSettings(offline_pace_ms=pace),
                    store_url=f"sqlite:///{folder}/sessions.db",
                    drain_seconds=0,
                    ping_seconds=2,
                )
                staged: list[Stage] = []

                def wrap(app: Any) -> Stage:
                    staged.append(Stage(app))
                    return staged[0]

                live = stack.enter_context(serving(settings, wrap))
                known[pace] = Site(live.url, staged[0])
            return known[pace]

        yield site


@pytest.fixture
def site(sites: Callable[[int], Site]) -> Site:
    """A server whose analyst writes as fast as it can."""
    found = sites(0)
    found.stage.reset()
    return found


@pytest.fixture
def slow(sites: Callable[[int], Site]) -> Site:
    """A server whose analyst takes its time: an answer lasts about two seconds."""
    found = sites(2)
    found.stage.reset()
    return found


@pytest.fixture
def slowest(sites: Callable[[int], Site]) -> Site:
    """A server whose answer lasts long enough to open another page meanwhile, on a busy machine too."""
    found = sites(12)
    found.stage.reset()
    return found


@dataclass
class Visitor:
    """Opens pages and hears what they complain of; `allowed` are complaints that a test expects."""

    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    def context(self, **options: Any) -> BrowserContext:
        """Open a browser of its own: nothing kept from others."""
        chosen = {"viewport": {"width": 1440, "height": 900}, "locale": "en-US", "accept_downloads": True}
        made = self.browser.new_context(**{**chosen, **options})
        made.set_default_timeout(PATIENCE)
        self.contexts.append(made)
        return made

    def page(self, context: BrowserContext | None = None, **options: Any) -> Page:
        """Open a page that is listened to."""
        page = (context or self.context(**options)).new_page()
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda fault: self._hear("error", f"{fault}"))
        page.on("request", lambda request: self.requested.append(request.url))
        return page

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(re.search(pattern, text) for pattern in self.allowed):
            self.complaints.append(f"{kind}: {text}")


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Somebody who opens pages; complaints of theirs fail the test."""
    found = Visitor(browser)
    yield found
    for context in found.contexts:
        context.close()
    assert found.complaints == []


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """A page that is not open yet."""
    return visitor.page()
