"""The web page: static files served with a strict content policy."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class Assets(StaticFiles):
    """The page's own files; Python files of this package are not among them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Give a file with the page's headers."""
        if Path(path).suffix not in (".js", ".css", ".svg"):
            return Response(status_code=404)
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        return response


async def index(_: Request) -> FileResponse:
    """Give the page."""
    return FileResponse(FOLDER / "index.html", headers=HEADERS)


def web_routes() -> list[BaseRoute]:
    """Give the routes of the page and its files."""
    return [Route("/", index), Mount("/web", Assets(directory=FOLDER), name="web")]
