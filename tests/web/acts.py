"""What a visitor does, and what they see."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.web.answers import Answer
from tests.web.stage import ScriptedRun, Stage

ENDED = re.compile("^(done|stopped|failed|lost)$")


def visit(page: Page, url: str) -> None:
    """Open an address and wait until the page is ready."""
    page.goto(url)
    expect(page.locator("html[data-ready]")).to_be_attached()


def send(page: Page, question: str) -> Locator:
    """Ask, and give the new answer's place."""
    number = page.locator(".turn").count()
    page.fill("#message", question)
    page.press("#message", "Enter")
    turn = page.locator(".turn").nth(number)
    expect(turn).to_be_attached()
    return turn


def ended(turn: Locator, status: str | re.Pattern[str] = ENDED) -> Locator:
    """Wait until an answer has ended."""
    expect(turn.locator(".note")).to_have_attribute("data-status", status)
    return turn


def ask(page: Page, question: str) -> Locator:
    """Ask, and wait for the whole answer."""
    return ended(send(page, question), "done")


def play(page: Page, stage: Stage, answer: Answer, question: str = "scripted") -> tuple[Locator, ScriptedRun]:
    """Ask what a script answers."""
    stage.scripts[question] = answer
    turn = send(page, question)
    expect(turn.locator(".note")).not_to_have_attribute("data-status", "queued")
    return turn, stage.run_of(question)


def module(page: Page, name: str, body: str, argument: Any = None) -> Any:
    """Run a function body with a module of the page, as `m`, and an argument, as `a`."""
    script = page.locator('script[type="module"]').get_attribute("src") or ""
    address = script.rpartition("/")[0] + f"/{name}"
    return page.evaluate(
        f"async ([address, a]) => {{ const m = await import(address); {body} }}", [address, argument]
    )


def patience(page: Page, **values: int) -> None:
    """Shorten what the page waits for."""
    module(page, "runs.js", "Object.assign(m.PATIENCE, a)", values)


def markup(turn: Locator) -> list[str]:
    """Give the sections of an answer as they stand in the page."""
    return [
        node.evaluate("node => node.innerHTML.replace(/ tabindex=\"-?\\d\"/g, '')")
        for node in turn.locator(".md").all()
    ]
