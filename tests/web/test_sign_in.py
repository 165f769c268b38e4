"""Signing in on the page: with a key and with a token, again in mid-session, and out."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

import jwt
import pytest
from playwright.sync_api import Page, expect
from starlette.responses import JSONResponse

from graph.settings import AgentSettings
from server.access.keys import add_key, revoke_key
from server.settings import ServerSettings
from server.shelf import Shelf, open_shelf
from tests.live import serving
from tests.web.acts import ended, module, patience, send, visit
from tests.web.conftest import Site, Visitor
from tests.web.stage import Stage
from tests.web.test_access import violations

SECRET = "s" * 40
WRONG = "This key is not valid here: it is mistyped, has ended or was revoked."


@dataclass
class Guarded(Site):
    """A server with accounts; `key` makes what signs an owner in, and `end` makes it worthless."""

    key: Callable[[str], str]
    end: Callable[[str], None]


def apart(scenario: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine beside the browser, which holds this thread's loop."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(asyncio.run(scenario)))
    thread.start()
    thread.join(30)
    return found[0]


def keys_of(store: str) -> tuple[Callable[[str], str], Callable[[str], None]]:
    def on_shelf(act: Callable[[Shelf], Coroutine[Any, Any, Any]]) -> Any:
        async def scenario() -> Any:
            async with open_shelf(store) as shelf:
                return await act(shelf)

        return apart(scenario())

    def key(owner: str) -> str:
        return str(on_shelf(lambda shelf: add_key(shelf, owner))[1])

    def end(text: str) -> None:
        on_shelf(lambda shelf: revoke_key(shelf, text.split("_")[1]))

    return key, end


def token(owner: str) -> str:
    claims = {"iss": "https://issuer", "aud": "analyst", "sub": owner, "exp": int(time.time()) + 600}
    return jwt.encode(claims, SECRET, "HS256")


def opened(tmp: Any, pace: int = 2, **settings: Any) -> Iterator[tuple[Site, str]]:
    store = f"sqlite:///{tmp.mktemp('guarded')}/s.db"
    chosen = ServerSettings(
        agent=AgentSettings(offline_pace_ms=pace),
        store_url=store,
        drain_seconds=0,
        ping_seconds=2,
        jwt_leeway_seconds=0,
        **settings,
    )
    staged: list[Stage] = []

    def wrap(app: Any) -> Stage:
        staged.append(Stage(app))
        return staged[0]

    with serving(chosen, wrap) as live:
        yield Site(live.url, staged[0]), store


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A server that asks for API keys."""
    for site, store in opened(tmp_path_factory, auth="api-key"):
        yield Guarded(site.url, site.stage, *keys_of(store))


@pytest.fixture(scope="module")
def unhurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A server that asks for API keys, and whose answers last."""
    for site, store in opened(tmp_path_factory, 12, auth="api-key"):
        yield Guarded(site.url, site.stage, *keys_of(store))


@pytest.fixture(scope="module")
def tokened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A server that asks for tokens."""
    jwts: dict[str, Any] = {"jwt_secret": SECRET, "jwt_issuer": "https://issuer", "jwt_audience": "analyst"}
    for site, _ in opened(tmp_path_factory, auth="jwt", **jwts):
        yield Guarded(site.url, site.stage, token, lambda _: None)


@pytest.fixture(params=["keyed", "tokened"])
def guarded(request: pytest.FixtureRequest) -> Guarded:
    """A server of each kind."""
    found: Guarded = request.getfixturevalue(request.param)
    found.stage.reset()
    return found


@pytest.fixture
def stranger(visitor: Visitor) -> Page:
    """A page of somebody who is not known; the browser itself complains of each refusal."""
    visitor.allowed.append("401")
    return visitor.page()


def sign_in(page: Page, key: str) -> None:
    page.fill("#sign-in-key", key)
    page.press("#sign-in-key", "Enter")
    expect(page.locator("dialog.sign-in")).to_have_count(0)


def kept(page: Page) -> str:
    """Everything that scripts can read of what the browser keeps, and the address."""
    return str(page.evaluate("""() => JSON.stringify([
      { ...localStorage }, { ...sessionStorage }, document.cookie, location.href, document.body.innerHTML,
      performance.getEntriesByType("resource").map(({ name }) => name),
    ])"""))  # fmt: skip


def test_a_key_opens_the_page_and_is_kept_where_no_script_reads_it(guarded: Guarded, stranger: Page) -> None:
    page, key = stranger, guarded.key("alice")
    visit(page, guarded.url)
    dialog = page.get_by_role("dialog", name="Sign in")
    expect(dialog).to_be_visible()
    expect(page.locator("#sign-in-key")).to_be_focused()
    expect(page.locator("#sign-in-key")).to_have_attribute("type", "password")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    page.press("#sign-in-key", "Enter")
    expect(page.get_by_role("alert")).to_have_text("Paste a key first.")
    page.fill("#sign-in-key", "nonsense")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text(WRONG)
    expect(page.locator("#sign-in-key")).to_have_attribute("aria-invalid", "true")
    sign_in(page, key)
    expect(page.locator("#universe")).not_to_be_empty()
    expect(page.locator("#message")).to_be_focused()
    ended(send(page, "Is AAPL a buy?"), "done")
    expect(page.locator("#sessions li .title").first).to_have_text("Is AAPL a buy?")
    assert key not in kept(page)
    assert key.rpartition("_")[2] not in kept(page)
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["value"]) == (True, "Strict", key)
    page.reload()
    ended(page.locator(".turn").first, "done")
    expect(page.locator("dialog")).to_have_count(0)


def test_settings_say_who_is_signed_in_and_sign_out(guarded: Guarded, stranger: Page) -> None:
    page = stranger
    visit(page, guarded.url)
    sign_in(page, guarded.key("carol"))
    other = page.context.new_page()
    visit(other, guarded.url)
    ended(send(page, "Is AAPL a buy?"), "done")
    page.click("#settings-button")
    expect(page.locator("dialog.settings .who")).to_contain_text("Signed in as carol")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("dialog", name="Sign in")).to_be_visible()
    assert page.context.cookies() == []
    assert page.locator(".turn").count() == 0
    expect(other.get_by_role("dialog", name="Sign in")).to_be_visible()
    sign_in(page, guarded.key("carol"))
    expect(other.locator("dialog.sign-in")).to_have_count(0)


def forget(page: Page, guarded: Guarded, key: str) -> None:
    """Make a sign-in worthless: a key is revoked, a token's cookie ends."""
    guarded.end(key)
    if guarded.key is token:
        page.context.clear_cookies()


def test_a_sign_in_that_ends_in_mid_session_is_asked_for_again_and_loses_nothing(
    guarded: Guarded, stranger: Page
) -> None:
    page, key = stranger, guarded.key("dora")
    visit(page, guarded.url)
    sign_in(page, key)
    ended(send(page, "Is AAPL a buy?"), "done")
    address = page.url
    forget(page, guarded, key)
    send(page, "And its risk?")
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog).to_be_visible()
    page.evaluate("document.getElementById('message').value = 'half a thought'")
    page.fill("#sign-in-key", "nonsense")
    page.press("#sign-in-key", "Enter")
    expect(page.get_by_role("alert").first).to_have_text(WRONG)
    sign_in(page, guarded.key("dora"))
    ended(page.locator(".turn").nth(1), "done")
    expect(page.locator(".question")).to_have_text(["Is AAPL a buy?", "And its risk?"])
    expect(page.locator("#message")).to_have_value("half a thought")
    assert page.url == address


def test_a_stream_goes_on_after_signing_in(unhurried: Guarded, visitor: Visitor) -> None:
    visitor.allowed.append("401")
    page, key, stage = visitor.page(), unhurried.key("erin"), unhurried.stage
    visit(page, unhurried.url)
    sign_in(page, key)
    whole = ended(send(page, "Is AAPL a buy?"), "done").locator(".md").all_text_contents()
    page.click("#new")
    patience(page, base=5, idle=1500)
    turn = send(page, "Is AAPL a buy?")
    expect(turn.locator(".verdict .md")).to_contain_text("AAPL is")
    stage.hush(True)  # a silent connection is given up, and the next one is refused
    unhurried.end(key)
    expect(page.get_by_role("dialog", name="Sign in again")).to_be_visible()
    assert turn.locator(".note").get_attribute("data-status") == "writing"
    stage.hush(False)
    sign_in(page, unhurried.key("erin"))
    assert ended(turn, "done").locator(".md").all_text_contents() == whole
    assert stage.resumes()[-1].rpartition("-")[2].isdigit()


def test_somebody_else_who_signs_in_sees_nothing_of_what_was_there(keyed: Guarded, stranger: Page) -> None:
    keyed.stage.reset()
    page, key = stranger, keyed.key("frank")
    visit(page, keyed.url)
    sign_in(page, key)
    ended(send(page, "Is AAPL a buy?"), "done")
    keyed.end(key)
    send(page, "And its risk?")
    page.fill("#sign-in-key", keyed.key("grace"))
    page.press("#sign-in-key", "Enter")
    expect(page.locator("#empty")).to_be_visible()
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("#sessions")).to_have_text("Your questions will be kept here.")
    assert page.locator(".turn").count() == 0


def test_a_browser_that_keeps_no_cookies_is_told_so(keyed: Guarded, stranger: Page) -> None:
    keyed.stage.reset()
    page = stranger
    visit(page, keyed.url)
    refused = {"status": 401, "code": "unauthenticated", "detail": "Who asks?"}
    keyed.stage.answers["GET /api/sign-in"] = [JSONResponse(refused, 401)]
    page.fill("#sign-in-key", keyed.key("heidi"))
    page.press("#sign-in-key", "Enter")
    expect(page.get_by_role("alert")).to_contain_text("keeps no cookies")


def test_a_link_to_a_session_is_opened_after_signing_in(keyed: Guarded, visitor: Visitor) -> None:
    keyed.stage.reset()
    visitor.allowed.append("401")
    page, key = visitor.page(), keyed.key("ivan")
    visit(page, keyed.url)
    sign_in(page, key)
    ended(send(page, "Is AAPL a buy?"), "done")
    other = visitor.page()
    other.goto(page.url)
    sign_in(other, key)
    ended(other.locator(".turn"), "done")
    assert other.url == page.url


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (320, 480)])
def test_it_has_no_barriers_and_fits_in_both_languages(
    keyed: Guarded, visitor: Visitor, theme: str, width: int, height: int
) -> None:
    keyed.stage.reset()
    visitor.allowed.append("401")
    page = visitor.page(
        viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
    )
    visit(page, keyed.url)
    page.press("#sign-in-key", "Enter")
    expect(page.get_by_role("alert")).not_to_be_empty()
    assert violations(page) == []
    page.get_by_role("button", name="Show what was typed").click()
    expect(page.locator("#sign-in-key")).to_have_attribute("type", "text")
    page.get_by_role("button", name="中文", exact=True).click()
    expect(page.get_by_role("dialog", name="登录")).to_be_visible()
    words = module(page, "later/words.js", "return m.default")
    text = page.locator("dialog.sign-in").inner_text()
    for name, english in words["en"].items():
        assert not name.startswith("signIn") or english not in text, name
    assert violations(page) == []
    for node in page.locator("dialog.sign-in :is(input:not([hidden]), button, p, h2)").all():
        box = node.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    button = page.get_by_role("button", name="登录", exact=True)
    button.scroll_into_view_if_needed()
    expect(button).to_be_in_viewport()


def test_without_accounts_a_refusal_of_a_proxy_is_told_and_asks_for_nothing(
    site: Site, visitor: Visitor
) -> None:
    visitor.allowed.append("401")
    page = visitor.page()
    site.stage.answers["GET /api/sessions"] = [JSONResponse({"detail": "Not by this proxy."}, 401)]
    visit(page, site.url)
    expect(page.locator("#sessions")).to_have_text("Not by this proxy.")
    expect(page.locator("dialog")).to_have_count(0)


def test_without_accounts_nobody_is_asked(site: Site, page: Page) -> None:
    visit(page, site.url)
    ended(send(page, "Is AAPL a buy?"), "done")
    page.click("#settings-button")
    expect(page.locator("dialog.settings")).to_be_visible()
    expect(page.locator("dialog.settings .who")).to_have_count(0)
    assert not any("/api/sign-in" in path for _, path, _ in site.stage.requests)
