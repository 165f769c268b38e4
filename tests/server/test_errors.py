"""Every error has a status, a code of its own and a sentence; what was not expected says nothing."""

from __future__ import annotations

import logging

import httpx
import pytest
from fastapi import FastAPI

from graph import errors as agent
from server import errors as service
from server.api import errors as api
from server.faults import describe


def all_errors(root: type[agent.AgentError] = agent.AgentError) -> list[type[agent.AgentError]]:
    return [root, *(found for child in root.__subclasses__() for found in all_errors(child))]


def test_every_error_has_a_status() -> None:
    assert set(all_errors()) == set(api.STATUS)


def test_every_error_has_its_own_code_and_a_sentence() -> None:
    codes = [kind.code for kind in all_errors() if kind is not service.RunFailed]
    assert len(codes) == len(set(codes))
    for kind in all_errors():
        assert kind.message.endswith(".")
        assert kind.message[0].isupper()


def test_the_trees_in_the_docstrings_name_every_error() -> None:
    for module in (agent, service):
        named = module.__doc__ or ""
        for kind in all_errors():
            if kind.__module__ == module.__name__:
                assert kind.__name__ in named


async def test_an_unexpected_exception_reaches_neither_client_nor_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = FastAPI()

    @app.get("/boom")
    async def boom() -> None:
        raise ValueError("my-secret")

    api.install(app)
    transport = httpx.ASGITransport(app)
    with caplog.at_level(logging.DEBUG):
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            response = await client.get("/boom")
    assert response.status_code == 500
    assert response.json()["code"] == "internal_error"
    assert "my-secret" not in response.text + caplog.text
    assert "ValueError" in caplog.text


def test_a_circle_of_causes_is_described_once() -> None:
    first, second = ValueError("my-secret"), KeyError("my-secret")
    first.__cause__, second.__cause__ = second, first
    assert describe(first).count("caused by") == 1
    assert "my-secret" not in describe(first)
