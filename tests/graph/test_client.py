"""The analyst in a program of one's own, asynchronous and not."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing

import pytest
from pydantic import SecretStr

from graph.client import AnalystClient
from graph.deps import Options
from graph.errors import ModelMisconfigured
from graph.events import ReportEvent
from graph.settings import AgentSettings
from tests.fake_dashscope import fake_dashscope


async def test_events_come_while_the_answer_is_written(agent_settings: AgentSettings) -> None:
    async with AnalystClient(agent_settings) as analyst:
        types = [event.type async for event in analyst.astream_chat("Is AAPL a buy?", "s1")]
        assert types[0] == "step"
        assert {"facts", "section", "token", "figure", "usage", "report"} <= set(types)
        assert types[-3:] == ["report", "chart", "suggestions"]
        report = await analyst.ask("And its risk?", "s1", Options(language="en"))
        assert isinstance(report, ReportEvent)
        assert report.report["symbols"] == ["AAPL"]
        assert "earlier verdict" in report.markdown


def test_the_synchronous_way_gives_the_same(agent_settings: AgentSettings) -> None:
    with AnalystClient(agent_settings) as analyst:
        first = [event.type for event in analyst.stream_chat("Is AAPL a buy?", "s1")]
        second = list(analyst.stream_chat("And its risk?", "s1"))
    assert first[-1] == "suggestions"
    report = next(event for event in second if isinstance(event, ReportEvent))
    assert report.report["symbols"] == ["AAPL"]


async def test_leaving_early_hangs_up(agent_settings: AgentSettings) -> None:
    async with fake_dashscope() as fake:
        settings = AgentSettings(dashscope_api_key=SecretStr("k"), dashscope_base_url=fake.url, model="stall")
        async with AnalystClient(settings) as analyst:
            async with aclosing(analyst.astream_chat("Is AAPL a buy?")) as events:
                async for event in events:
                    if event.type == "token":
                        break
            left = time.monotonic()
            await asyncio.sleep(0.1)
            assert fake.hung_up
            assert fake.hung_up[0] - left < 0.1


async def test_a_failure_is_raised_as_the_error_of_its_reaction() -> None:
    async with fake_dashscope() as fake:
        settings = AgentSettings(dashscope_api_key=SecretStr("k"), dashscope_base_url=fake.url, model="nokey")
        async with AnalystClient(settings) as analyst:
            with pytest.raises(ModelMisconfigured):
                await analyst.ask("Is AAPL a buy?")
