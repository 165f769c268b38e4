"""The web UI's files: served under a folder named by their contents, with a strict content policy.

The chart library is no part of this repository. It comes out of an installed wheel, and only if its bytes
are the ones named here.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import logging
import re
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import brotli
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

logger = logging.getLogger("financial_agent.web")

FOLDER = Path(__file__).parent
CHART_PACKAGE = "litecharts"
CHART_FILE = "js/lightweight-charts.js"
# SHA-256 of TradingView Lightweight Charts 5.1.0, standalone production build, as its makers published it.
CHART_HASHES = frozenset({"756b0ba9f58930226d6b8b9d47ad310448ab85d799ea1f7c2c02304777c10b52"})

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
IMMUTABLE = "public, max-age=31536000, immutable"
_SERVED = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

Knows = Callable[[Request, str], Awaitable[bool]]


@dataclass(frozen=True)
class ChartLibrary:
    """The chart library's file, whose bytes are the ones that are expected."""

    path: Path
    digest: str

    @property
    def url(self) -> str:
        """The address that the page imports it from; it changes with the bytes."""
        return f"/vendor/lwc-{self.digest[:8]}.js"


def find_chart_library(package: str = CHART_PACKAGE) -> ChartLibrary | None:
    """Find the chart library in its installed package, which is never imported; None if it is not usable."""
    spec = find_spec(package)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    path = Path(folders[0], CHART_FILE) if folders else None
    if path is None or not path.is_file():
        logger.warning("no chart library: install %s; charts are drawn as a plain line", package)
        return None
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest not in CHART_HASHES:
        logger.warning("chart library %s has unknown bytes (SHA-256 %s) and is not served", path, digest)
        return None
    return ChartLibrary(path, digest)


_WHOLE_LINE_COMMENT = re.compile(rb"^[ \t]*(?://[^\n]*|/\*(?:[^*]|\*(?!/))*\*/[ \t]*)$", re.MULTILINE)
_TYPE_CAST = re.compile(rb"/\*\* @type \{[^\n]*?\} \*/ ?")
_INDENT = re.compile(rb"^[ \t]+", re.MULTILINE)


def lean(source: bytes) -> bytes:
    """Leave out comments that fill whole lines, type casts and indentation; lines keep their numbers.

    Our scripts and styles have no text that spans lines (a test holds that), so nothing else is met.
    """
    without = _WHOLE_LINE_COMMENT.sub(lambda match: b"\n" * match[0].count(b"\n"), source)
    return _INDENT.sub(b"", _TYPE_CAST.sub(b"", without))


_PACKERS: Mapping[str, Callable[[bytes], bytes]] = {
    "br": lambda content: bytes(brotli.compress(content, quality=11)),
    "gzip": lambda content: gzip.compress(content, 9, mtime=0),
}


def encoding_for(accepted: str) -> str | None:
    """Choose how a file is packed for who accepts these encodings: Brotli before gzip, None for plain."""
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, options = part.partition(";")
        weight = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", options)
        weights[name.strip()] = 1.0 if not options else float(weight[1]) if weight else 0.0
    return next((name for name in _PACKERS if weights.get(name, 0.0) > 0), None)


@dataclass(frozen=True)
class Asset:
    """One file of the page; it is packed once in each way, when somebody first takes it so."""

    media_type: str
    plain: bytes
    _packed: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)
    _packing: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)

    def packed(self, encoding: str) -> bytes:
        """Give the file's bytes as `br` or `gzip`; the first time costs up to a second of a processor."""
        with self._packing:
            if encoding not in self._packed:
                self._packed[encoding] = _PACKERS[encoding](self.plain)
            return self._packed[encoding]

    async def response(self, request: Request) -> Response:
        """Give the file with the page's headers; its address names its contents, so it may be kept."""
        headers = {**HEADERS, "Cache-Control": IMMUTABLE, "Vary": "Accept-Encoding"}
        encoding = encoding_for(request.headers.get("accept-encoding", ""))
        if encoding is None:
            return Response(self.plain, media_type=self.media_type, headers=headers)
        body = self._packed.get(encoding) or await asyncio.to_thread(self.packed, encoding)
        headers["Content-Encoding"] = encoding
        return Response(body, media_type=self.media_type, headers=headers)


def read_assets(folder: Path = FOLDER) -> dict[str, Asset]:
    """Read every file that the page may load, by its path below the folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if kind := _SERVED.get(path.suffix):
            content = path.read_bytes()
            served = content if path.suffix == ".svg" else lean(content)
            found[path.relative_to(folder).as_posix()] = Asset(kind, served)
    return found


def contents_hash(assets: Mapping[str, Asset], page: str) -> str:
    """Name the contents of all served files by a few characters."""
    digest = hashlib.sha256(page.encode())
    for name, asset in assets.items():
        digest.update(name.encode() + b"\0" + asset.plain + b"\0")
    return digest.hexdigest()[:10]


def language_of(accepted: str) -> str:
    """Guess whose words the page will need, en or zh, as the page chooses: the first that a browser names."""
    named = re.search(r"(?:^|,)\s*(en|zh)\b", accepted.lower())
    return named[1] if named else "en"


def web_routes(knows: Knows, chart: ChartLibrary | None, mode: str, auth: str) -> list[BaseRoute]:
    """Give the routes of the page, its deep links, its files and the chart library.

    `knows` says whether the caller of a request has the session named: a link to none is answered by the
    same page, which says so, and with status 404. `mode` is the analyst's and `auth` says what a caller
    shows, so that the page need not ask.
    """
    assets = read_assets()
    page = FOLDER.joinpath("index.html").read_text(encoding="utf-8")
    base = f"/web/{contents_hash(assets, page)}"
    preloads = [
        f'<link rel="modulepreload" href="{base}/{name}">'
        for name in assets
        if name.endswith(".js") and "/" not in name
    ]
    page = page.replace("<!-- preload -->", "\n  ".join(preloads))
    words = '<link rel="modulepreload" href="{base}/later/strings-{language}.js">'
    page = page.replace("<!-- words -->", words)
    filled = {"base": base, "mode": mode, "auth": auth, "chart": chart.url if chart else ""}
    for name, value in filled.items():
        page = page.replace(f"{{{name}}}", value)

    pages = {language: page.replace("{language}", language) for language in ("en", "zh")}

    def page_for(request: Request, status: int = 200) -> HTMLResponse:
        language = language_of(request.headers.get("accept-language", ""))
        return HTMLResponse(pages[language], status, {**HEADERS, "Vary": "Accept-Language"})

    async def index(request: Request) -> HTMLResponse:
        return page_for(request)

    async def session(request: Request) -> HTMLResponse:
        known = await knows(request, request.path_params["session_id"])
        return page_for(request, 200 if known else 404)

    async def file(request: Request) -> Response:
        asset = assets.get(request.path_params["path"])
        return await asset.response(request) if asset else Response(status_code=404)

    routes: list[BaseRoute] = [
        Route("/", index),
        Route("/s/{session_id}", session),
        Route(base + "/{path:path}", file),
    ]
    if chart is not None:
        library = Asset(_SERVED[".js"], chart.path.read_bytes())

        async def vendor(request: Request) -> Response:
            return await library.response(request)

        routes.append(Route(chart.url, vendor))
    return routes
