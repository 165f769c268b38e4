"""Figures that do not hold: marked while the text streams, corrected once by the model, told in the end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from graph.events import decode
from graph.settings import AgentSettings
from server.api.schemas import AnalystInput
from server.asking import ask
from server.auth import LOCAL
from server.service import Service, open_service
from server.settings import ServerSettings
from server.transcripts import read_session
from tests.fake_dashscope import FakeDashScope, fake_dashscope
from tests.fake_dashscope.replies import Reply, refusal, text_frames
from tests.live import joined
from tests.qwen import KEY

Events = list[dict[str, Any]]

RIGHT, WRONG = "$252.20", "$262.20"
VERDICT = "## Verdict\n**Rating: Buy · Conviction: high · Horizon: 6–12 months**\nThe trend is up.\n\n"
REST = "## Insights & Action\nHold on.\n\n## Caveat\nThe data ends on 2024-12-30."


def evidence(close: str) -> str:
    return (
        f"## Evidence\n- 📈 AAPL closed at {close} on 2024-12-30. That is near its high.\n- It may pause.\n\n"
    )


def streamed(text: str) -> Reply:
    return Reply([part for frame in text_frames(text) for part in (frame, 0.004)])


@pytest.fixture
async def fake() -> AsyncIterator[FakeDashScope]:
    async with fake_dashscope() as serving:
        yield serving


@pytest.fixture
async def live(fake: FakeDashScope, tmp_path: Path) -> AsyncIterator[Service]:
    agent = AgentSettings(dashscope_api_key=SecretStr(KEY), dashscope_base_url=fake.url, suggestions=False)
    async with open_service(ServerSettings(agent=agent, store_url=f"sqlite:///{tmp_path}/s.db")) as service:
        yield service


async def answered(service: Service, language: str = "en") -> Events:
    question = AnalystInput(message="Is AAPL a buy?", session_id="s1", language=language)
    run = await ask(service, LOCAL, question)
    return [decode(entry.data) async for batch in service.log.read(run.run_id) for entry in batch]


def of(events: Events, kind: str) -> Events:
    return [event for event in events if event["type"] == kind]


def slice_of(text: str, figure: dict[str, Any]) -> str:
    units = text.encode("utf-16-le")
    return units[2 * figure["start"] : 2 * figure["end"]].decode("utf-16-le")


async def close_of_aapl(service: Service) -> str:
    facts = (await service.deps.tools["get_technicals"].ainvoke({"symbol": "AAPL"}))["facts"]
    (close,) = [fact for fact in facts if fact["id"] == "AAPL.close"]
    return f"${float(close['value']):.2f}"


async def test_a_figure_is_told_as_soon_as_its_sentence_is_complete(
    live: Service, fake: FakeDashScope
) -> None:
    assert await close_of_aapl(live) == RIGHT
    fake.replies["qwen-plus"] = [streamed(VERDICT + evidence(RIGHT) + REST)]
    events = await answered(live)
    (figure,) = [event for event in of(events, "figure") if event["text"] == RIGHT]
    assert figure["status"] == "supported"
    assert slice_of(joined(events)["evidence"], figure) == RIGHT
    later = "".join(event["text"] for event in of(events, "token") if event["seq"] > figure["seq"])
    assert "may pause" in later
    assert len(fake.requests) == 1


async def test_a_wrong_figure_is_corrected_once_with_the_value_of_the_data(
    live: Service, fake: FakeDashScope
) -> None:
    fake.replies["qwen-plus"] = [streamed(VERDICT + evidence(WRONG) + REST), streamed(evidence(RIGHT))]
    events = await answered(live)
    asked = fake.requests[1]["input"]["messages"][-1]["content"]
    assert WRONG in asked
    assert "252.2" in asked
    assert "## Evidence" in asked
    assert "## Verdict" not in asked
    states = [
        (event.get("restart"), event["state"])
        for event in of(events, "section")
        if event["section"] == "evidence"
    ]
    assert states == [(None, "open"), (None, "closed"), (True, "open"), (None, "closed")]
    (report,) = of(events, "report")
    assert report["report"]["sections"]["evidence"].strip() == evidence(RIGHT).split("\n", 1)[1].strip()
    assert report["report"]["counts"]["contradicted"] == 0
    assert report["report"]["rating"]["conviction"] == "high"
    steps = [event for event in of(events, "step") if event["id"] == "repair:figures"]
    assert [(step["state"], step.get("summary")) for step in steps] == [
        ("started", None),
        ("done", "1 of 1 corrected"),
    ]
    (turn,) = (await read_session(live, LOCAL, "s1")).transcript
    assert WRONG not in turn.answer
    assert RIGHT in turn.answer


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "second", [streamed(evidence(WRONG)), refusal(400, "InvalidParameter"), streamed("Sorry.")]
)
async def test_what_is_not_corrected_stays_marked_and_is_told_by_code(
    live: Service, fake: FakeDashScope, second: Reply, language: str
) -> None:
    fake.replies["qwen-plus"] = [streamed(VERDICT + evidence(WRONG) + REST), second]
    events = await answered(live, language)
    assert len(fake.requests) == 2
    assert events[-1]["status"] == "done"
    assert not any(event.get("restart") for event in of(events, "section"))
    (report,) = of(events, "report")
    (figure,) = [figure for figure in report["report"]["figures"] if figure["text"] == WRONG]
    assert figure["status"] == "contradicted"
    assert figure["expected"].startswith("252.2")
    rating = report["report"]["rating"]
    assert (rating["direction"], rating["conviction"], rating["capped"]) == ("buy", "low", True)
    caveat = report["report"]["sections"]["caveat"]
    assert caveat.startswith("The data ends on 2024-12-30.")
    assert {"en": "not every figure above", "zh": "并非都得到数据支持"}[language] in caveat
    assert joined(events)["caveat"] == caveat


async def test_a_figure_that_the_whole_text_reads_otherwise_is_told_anew(
    live: Service, fake: FakeDashScope
) -> None:
    table = "## Evidence\n| Metric | 2024-12-30 |\n|---|---|\n| AAPL close | 252.20 |\n\nDone.\n\n"
    fake.replies["qwen-plus"] = [streamed(VERDICT + table + REST)]
    events = await answered(live)
    last = {event["id"]: event for event in of(events, "figure")}
    (report,) = of(events, "report")
    kept = {figure["id"]: figure["status"] for figure in report["report"]["figures"]}
    assert {key: event["status"] for key, event in last.items() if key in kept} == kept
    assert {event["status"] for key, event in last.items() if key not in kept} <= {"context"}
    assert [figure["status"] for figure in report["report"]["figures"] if figure["text"] == "252.20"] == [
        "supported"
    ]
