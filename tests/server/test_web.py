"""The page is served with a strict policy and nothing of somebody else's."""

from __future__ import annotations

import re

import httpx
import pytest

from server.web import FOLDER

FILES = sorted(path.name for path in FOLDER.iterdir() if path.suffix in (".js", ".css"))


def test_the_page_has_its_policy_and_no_inline_code(client: httpx.Client) -> None:
    response = client.get("/")
    assert response.status_code == 200
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", response.text)
    for address in re.findall(r'(?:src|href)="([^"]+)"', response.text):
        if not address.startswith("data:"):
            assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("name", FILES)
def test_its_files_come_from_here_and_use_no_markup_sinks(client: httpx.Client, name: str) -> None:
    response = client.get(f"/web/{name}")
    assert response.status_code == 200
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "://" not in response.text
    for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert sink not in response.text


@pytest.mark.parametrize(
    "path", ["/web/__init__.py", "/web/../settings.py", "/web/%2e%2e/settings.py", "/web/"]
)
def test_nothing_else_is_served(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_health(client: httpx.Client) -> None:
    health = client.get("/api/health").json()
    assert (health["status"], health["mode"], health["model"]) == ("ok", "offline", "offline-analyst")
    assert client.get("/api/health/live").json() == {"status": "ok"}
    assert client.get("/api/health/ready").json() == {"status": "ok"}
