"""The proxy that the environment names: taken, left out, wrong; and no password of a .netrc with it."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import RawTestServer
from pydantic import SecretStr

from graph.errors import ModelError, ModelMisconfigured
from graph.models.proxy import proxy_of
from graph.models.qwen import QwenAnalystChat
from tests.fake_dashscope import FakeDashScope, fake_dashscope
from tests.qwen import HELLO, KEY, opened, read, text_of

NOWHERE = "http://dashscope.invalid/api/v1"
FRAME = (
    'data: {"output":{"choices":[{"message":{"role":"assistant","content":"through"},'
    '"finish_reason":"stop"}]},"usage":{"input_tokens":1,"output_tokens":1},"request_id":"r"}\n\n'
)


def _model() -> QwenAnalystChat:
    return QwenAnalystChat(
        model_name="qwen-plus", max_retries=1, base_url=NOWHERE, dashscope_api_key=SecretStr(KEY)
    )


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def fake() -> AsyncIterator[FakeDashScope]:
    async with fake_dashscope() as serving:
        yield serving


async def test_calls_go_through_the_proxy_with_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[web.BaseRequest] = []

    async def answer(request: web.BaseRequest) -> web.Response:
        seen.append(request)
        return web.Response(text=FRAME, content_type="text/event-stream")

    async with RawTestServer(answer) as proxy:
        monkeypatch.setenv("http_proxy", f"http://ann:s3cret@{proxy.host}:{proxy.port}")
        model = _model()
        try:
            assert text_of(await read(model)) == "through"
        finally:
            await model.aclose()
    (request,) = seen
    assert request.raw_path.startswith(f"{NOWHERE}/services/")
    assert request.headers["Proxy-Authorization"] == "Basic " + base64.b64encode(b"ann:s3cret").decode()
    assert request.headers["Authorization"] == f"Bearer {KEY}"


async def test_a_host_of_no_proxy_is_called_itself(
    fake: FakeDashScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    async with opened(fake) as model:
        assert text_of(await read(model))


async def test_a_netrc_takes_no_part(
    fake: FakeDashScope, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secrets = tmp_path / "netrc"
    secrets.write_text("default login ann password s3cret\n")
    monkeypatch.setenv("NETRC", str(secrets))
    async with opened(fake) as model:
        assert (await model.ainvoke(HELLO)).text


@pytest.mark.parametrize("written", ["socks5://127.0.0.1:9", "http://", "http://[", "ftp://a:s3cret@b"])
async def test_what_is_no_http_proxy_is_a_wrong_setting(
    written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", written)
    model = _model()
    with pytest.raises(ModelMisconfigured, match="HTTP_PROXY") as caught:
        await model.ainvoke(HELLO)
    assert "s3cret" not in str(caught.value)
    await model.aclose()


async def test_a_dead_proxy_is_an_unavailable_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    model = _model()
    with pytest.raises(ModelError) as caught:
        await model.ainvoke(HELLO)
    assert caught.value.code == "model_unavailable"
    await model.aclose()


def test_a_proxy_may_be_named_without_a_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "ann:s3cret@proxy.example:3128")
    found = proxy_of("https://dashscope.aliyuncs.com/api/v1")
    assert found is not None
    assert (found.scheme, found.host, found.port) == ("http", "proxy.example", 3128)
    assert (found.user, found.password) == ("ann", "s3cret")
    assert proxy_of(NOWHERE) is None
