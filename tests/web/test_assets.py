"""The page is served with a strict policy, nothing of somebody else's, and only what the reader needs."""

from __future__ import annotations

import gzip
import hashlib
import logging
import re
from importlib.util import find_spec
from pathlib import Path

import brotli
import httpx
import pytest
from playwright.sync_api import expect

from server.web import (
    CHART_HASHES,
    CONTENT_POLICY,
    FOLDER,
    encoding_for,
    find_chart_library,
    lean,
    read_assets,
)
from tests.web.acts import ask, visit
from tests.web.conftest import Site, Visitor

FILES = sorted(
    path.relative_to(FOLDER).as_posix()
    for path in FOLDER.rglob("*")
    if path.suffix in (".js", ".css", ".svg")
)


def base_of(client: httpx.Client) -> str:
    found = re.search(r'src="(/web/[0-9a-f]+)/app.js"', client.get("/").text)
    assert found
    return found[1]


def as_sent(client: httpx.Client, address: str, accepted: str) -> tuple[bytes, httpx.Headers]:
    """Give a file's bytes as they cross the wire."""
    with client.stream("GET", address, headers={"Accept-Encoding": accepted}) as response:
        assert response.status_code == 200
        return b"".join(response.iter_raw()), response.headers


@pytest.mark.parametrize("path", ["/", "/s/unknown"])
def test_the_page_has_its_policy_and_no_inline_code(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.headers["content-security-policy"] == CONTENT_POLICY
    assert "unsafe" not in CONTENT_POLICY
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in CONTENT_POLICY
    assert response.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", response.text)
    for address in re.findall(r'(?:src|href)="(/[^"]+)"', response.text):
        assert client.get(address).status_code == 200, address
    assert not re.search(r"\{(base|chart|mode|auth|language)\}", response.text)


@pytest.mark.parametrize("name", FILES)
def test_its_files_use_no_markup_sinks_and_load_nothing_from_elsewhere(
    client: httpx.Client, name: str
) -> None:
    response = client.get(f"{base_of(client)}/{name}")
    assert response.status_code == 200
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in response.headers["cache-control"]
    for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert sink not in response.text
    addresses = set(re.findall(r"https?://[^\"'`\s)]+", response.text))
    assert addresses <= {"http://www.w3.org/2000/svg", "https://www.tradingview.com/"}


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".js")])
def test_scripts_have_no_text_that_spans_lines(name: str) -> None:
    source = FOLDER.joinpath(name).read_text(encoding="utf-8")
    for line in source.splitlines():
        code = re.sub(r"//.*|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|/(?:[^/\\\n]|\\.)+/[a-z]*", "", line)
        assert code.count("`") % 2 == 0, line


def test_what_is_served_is_the_source_without_comments() -> None:
    source = b'/**\n * Says.\n */\n  // why\nexport const a = "// no comment"; // kept\n\n  b();\n'
    assert lean(source) == b'\n\n\n\nexport const a = "// no comment"; // kept\n\nb();\n'
    assert lean(b"/* Colours. */\n:root {\n  --a: 1;\n}\n") == b"\n:root {\n--a: 1;\n}\n"


def test_no_file_is_longer_than_400_lines() -> None:
    for name in FILES:
        assert FOLDER.joinpath(name).read_text(encoding="utf-8").count("\n") <= 400, name


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP, Br;q=0", "gzip"),
        ("br;q=0.000, gzip;q=0.5", "gzip"),
        ("br; q=0.1", "br"),
        ("identity", None),
        ("", None),
    ],
)
def test_files_come_packed_as_their_reader_takes_them(
    client: httpx.Client, accepted: str, expected: str | None
) -> None:
    address = f"{base_of(client)}/app.js"
    plain = client.get(address, headers={"Accept-Encoding": "identity"}).content
    assert plain == read_assets()["app.js"].plain
    content, headers = as_sent(client, address, accepted)
    assert headers.get("content-encoding") == expected
    assert "Accept-Encoding" in headers["vary"]
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[expected]
    assert unpack(content) == plain
    assert encoding_for("br;q=nonsense, gzipped, abr") is None


@pytest.mark.parametrize(
    "path",
    [
        "/web/{}/__init__.py",
        "/web/{}/../settings.py",
        "/web/{}/%2e%2e/settings.py",
        "/web/{}/",
        "/web/app.js",
    ],
)
def test_nothing_else_is_served(client: httpx.Client, path: str) -> None:
    assert client.get(path.format(base_of(client).rpartition("/")[2])).status_code == 404


def test_a_link_to_no_session_gives_the_page_with_404(client: httpx.Client) -> None:
    client.post("/api/chat", json={"message": "Is AAPL a buy?", "session_id": "linked"})
    assert client.get("/s/linked").status_code == 200
    for path in ("/s/unknown", "/s/%20", "/s/" + "x" * 500):
        response = client.get(path)
        assert response.status_code == 404, path
    assert "text/html" in client.get("/s/unknown").headers["content-type"]


def test_the_chart_library_is_the_one_that_its_makers_published(client: httpx.Client) -> None:
    found = find_chart_library()
    assert found is not None
    response = client.get(found.url)
    assert hashlib.sha256(response.content).hexdigest() in CHART_HASHES
    assert "immutable" in response.headers["cache-control"]
    assert client.get("/api/health").json()["chart_library"] == "present"
    assert find_spec("litecharts") is not None


def test_other_bytes_or_no_package_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    package = tmp_path / "changedcharts"
    (package / "js").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('never imported')")
    (package / "js" / "lightweight-charts.js").write_bytes(b"alert(1)")
    monkeypatch.syspath_prepend(tmp_path)
    with caplog.at_level(logging.WARNING):
        assert find_chart_library("changedcharts") is None
        assert find_chart_library("no_such_charts") is None
    assert len(caplog.records) == 2


def test_json_is_compressed_and_event_streams_are_not(client: httpx.Client) -> None:
    bars = client.get("/api/market/AAPL/bars?range=max", headers={"Accept-Encoding": "gzip"})
    assert bars.headers["content-encoding"] == "gzip"
    with client.stream("POST", "/api/chat/stream", json={"message": "Is AAPL a buy?"}) as stream:
        assert "content-encoding" not in stream.headers
        stream.read()


@pytest.mark.parametrize("language", ["en-US,en;q=0.9", "zh-CN,zh;q=0.9,en;q=0.8"])
def test_the_first_load_is_small(client: httpx.Client, language: str) -> None:
    def size(address: str, accepted: str = "br") -> int:
        content, headers = as_sent(client, address, accepted)
        assert headers["content-encoding"] == accepted, address
        return len(content)

    page = client.get("/", headers={"Accept-Language": language}).text
    assert f"/later/strings-{language[:2]}.js" in page
    addresses = set(re.findall(r'(?:src|href)="(/web/[^"]+)"', page))
    scripts = sum(size(address) for address in addresses if address.endswith(".js"))
    styles = sum(size(address) for address in addresses if address.endswith(".css"))
    library = find_chart_library()
    assert library is not None
    chart = size(library.url)
    drawing = size(f"{base_of(client)}/later/chart.js")
    assert scripts <= 38_000
    assert chart <= 62_000
    assert scripts + drawing + chart <= 90_000  # the page with an answer and its chart
    assert scripts + styles + drawing + chart + len(page) <= 200_000
    packed = [size(address, "gzip") for address in addresses]
    assert sum(packed) + size(library.url, "gzip") <= 200_000


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_what_a_browser_loads_for_a_first_answer_with_its_chart_is_that_small(
    site: Site, visitor: Visitor, locale: str
) -> None:
    page = visitor.page(locale=locale)
    packed: dict[str, str | None] = {}
    page.on("response", lambda told: packed.update({told.url: told.headers.get("content-encoding")}))
    visit(page, site.url)
    ask(page, "Is AAPL a buy?")
    expect(page.locator("#chart canvas").first).to_be_visible()
    scripts = [url for url in packed if url.endswith(".js")]
    assert len(scripts) > 20
    assert {packed[url] for url in scripts} == {"br"}
    with httpx.Client() as client:
        assert sum(len(as_sent(client, url, "br")[0]) for url in scripts) <= 90_000


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("zh", "zh"),
        ("ZH-cn,en;q=0.8", "zh"),
        ("fr-CH, fr;q=0.9, zh;q=0.8, en;q=0.7", "zh"),
        ("de, en-GB;q=0.8, zh;q=0.7", "en"),
        ("de", "en"),
        ("kozh, zhx", "en"),
        ("*", "en"),
    ],
)
def test_the_words_that_the_page_will_need_are_named(
    client: httpx.Client, accepted: str, language: str
) -> None:
    response = client.get("/", headers={"Accept-Language": accepted})
    assert f"/later/strings-{language}.js" in response.text
    assert "Accept-Language" in response.headers["vary"]


def test_health(client: httpx.Client) -> None:
    health = client.get("/api/health").json()
    assert (health["status"], health["mode"], health["model"]) == ("ok", "offline", "offline-analyst")
    assert client.get("/api/health/live").json() == {"status": "ok"}
    assert client.get("/api/health/ready").json() == {"status": "ok"}
