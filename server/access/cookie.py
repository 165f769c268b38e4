"""The key in a browser's cookie: written when somebody signs in, and read only where their own page asks.

The cookie holds the key itself, so that a revoked key or an ended token ends the sign-in in every worker.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

PLAIN = "financial-agent"
SECURE = "__Host-financial-agent"  # browsers take this name over https alone, and from this host alone
LARGEST = 4096  # bytes of a name and its value: browsers keep no larger cookie
SECONDS = 30 * 86_400.0

_READING = ("GET", "HEAD", "OPTIONS")


def key_in_cookie(scope: Scope) -> str | None:
    """Find the key in a request's cookie; one that another site's page could have sent counts for nothing."""
    headers = Headers(scope=scope)
    if not _is_own_page(scope["method"], headers):
        return None
    cookies = cookie_parser("; ".join(headers.getlist("cookie")))
    found = cookies.get(SECURE)
    if found is None and scope.get("scheme") != "https":
        found = cookies.get(PLAIN)
    return found or None


def cookie_of(key: str, scope: Scope, seconds: float) -> str | None:
    """Write the `Set-Cookie` that holds a key for so long; nothing where browsers would not keep it."""
    secure = is_https(scope)
    name = SECURE if secure else PLAIN
    if len(name) + len(key.encode()) > LARGEST:
        return None
    return _written(name, key, max(1, int(seconds)))


def no_cookies() -> list[str]:
    """Write the `Set-Cookie`s that take the key out of a browser."""
    return [_written(SECURE, "", 0), _written(PLAIN, "", 0)]


def is_https(scope: Scope) -> bool:
    """Say whether a request left its browser over https.

    A proxy says so where it is trusted to; where it is not, the page's own origin does.
    """
    headers = Headers(scope=scope)
    origin = urlsplit(headers.get("origin", ""))
    mine = origin.scheme == "https" and origin.netloc == headers.get("host")
    return scope.get("scheme") == "https" or mine


def _written(name: str, value: str, seconds: int) -> str:
    secure = "; Secure" if name == SECURE else ""
    return f"{name}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Strict{secure}"


def _is_own_page(method: str, headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if method in _READING:
        return site in (None, "same-origin", "none")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == headers.get("host")
