"""The life of runs: one at a time in a session, stopped, failed, interrupted, drained; nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from graph.events import decode
from graph.settings import AgentSettings
from server.api.schemas import AnalystInput
from server.asking import ask, wait_for_answer
from server.auth import LOCAL
from server.errors import RunFailed, ServerBusy, SessionBusy, UnknownRun
from server.runs.run import Run
from server.service import Service, open_service
from server.settings import ServerSettings
from server.transcripts import read_session
from tests.fake_dashscope import FakeDashScope, fake_dashscope
from tests.fake_dashscope.replies import ANSWER, Reply, refusal, text_frames

Events = list[dict[str, Any]]


@pytest.fixture
async def fake() -> AsyncIterator[FakeDashScope]:
    async with fake_dashscope() as opened:
        yield opened


@pytest.fixture(params=["quiet"], ids=[""])
async def live(fake: FakeDashScope, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Service]:
    """The service with Qwen at a DashScope on this machine; a model's name chooses what happens."""
    agent = AgentSettings(
        suggestions=request.param == "suggesting",
        dashscope_api_key=SecretStr("sk-test"),
        dashscope_base_url=fake.url,
        models="slow,stall,silent,busy,nokey,inspected,cut,length",
    )
    settings = ServerSettings(
        agent=agent, store_url=f"sqlite:///{tmp_path}/s.db", drain_seconds=0.2, max_runs=6, max_waiting_runs=0
    )
    async with open_service(settings) as service:
        yield service


async def start(service: Service, session: str = "s1", message: str = "Is AAPL a buy?", **chosen: Any) -> Run:
    return await ask(service, LOCAL, AnalystInput(message=message, session_id=session, **chosen))


async def read(service: Service, run: Run) -> Events:
    return [decode(entry.data) async for batch in service.log.read(run.run_id) for entry in batch]


async def first_token(service: Service, run: Run) -> None:
    async for batch in service.log.read(run.run_id):
        if any(entry.type == "token" for entry in batch):
            return


async def until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110 -- the moment looked for has no event of its own
        await asyncio.sleep(0)


async def test_a_live_answer_is_checked_like_any_other(live: Service) -> None:
    answer = await wait_for_answer(live, await start(live))
    assert answer.status == "done"
    assert answer.report.mode == "live"
    assert answer.report.rating.direction == "hold"
    assert answer.report.counts["supported"] >= 3
    assert answer.usage["output_tokens"] > 0


async def test_a_crowd_is_told_the_same_figures_at_the_end_of_each_section(live: Service) -> None:
    calm = await read(live, await start(live, "calm"))
    pace = live.manager._executor.pace
    pace.live += 100
    try:
        events = await read(live, await start(live, "crowded"))
    finally:
        pace.live -= 100
    one, other = (
        [event["report"]["figures"] for event in each if event["type"] == "report"] for each in (calm, events)
    )
    assert one == other != [[]]
    told = [event["id"] for event in events if event["type"] == "figure"]
    assert len(told) == len(set(told))  # each once: nothing was provisional
    open_at = {event["section"]: place for place, event in enumerate(events) if event["type"] == "section"}
    for place, event in enumerate(events):
        if event["type"] == "figure":
            assert place < open_at[event["section"]]  # the last `section` event of each is its end
            assert not any(
                later["type"] == "token" and later["section"] == event["section"] for later in events[place:]
            )


async def test_a_second_question_is_refused_while_the_first_is_answered(live: Service) -> None:
    run = await start(live, model="slow")
    with pytest.raises(SessionBusy) as caught:
        await start(live)
    assert caught.value.run_id == run.run_id
    other = await start(live, session="s2")
    assert (await read(live, run))[-1]["status"] == "done"
    assert (await read(live, other))[-1]["status"] == "done"
    assert (await read(live, await start(live)))[-1]["status"] == "done"


async def test_the_session_is_free_when_the_end_is_heard(live: Service) -> None:
    for _ in range(5):
        async for batch in live.log.read((await start(live)).run_id):
            if batch[-1].type == "end":
                break
    assert len((await read_session(live, LOCAL, "s1")).transcript) == 5


async def test_enqueued_questions_are_answered_in_order(live: Service) -> None:
    runs = [
        await start(live, message=f"AAPL {number}?", model="slow", on_conflict="enqueue")
        for number in range(3)
    ]
    ends = await asyncio.gather(*(read(live, run) for run in runs))
    assert [events[-1]["status"] for events in ends] == ["done"] * 3
    transcript = (await read_session(live, LOCAL, "s1")).transcript
    assert [turn.question for turn in transcript] == ["AAPL 0?", "AAPL 1?", "AAPL 2?"]
    state = await live.graph.aget_state({"configurable": {"thread_id": runs[0].thread_id}})
    assert [turn["question"] for turn in state.values["turns"]] == ["AAPL 0?", "AAPL 1?", "AAPL 2?"]


async def test_stopping_one_that_waits_lets_the_next_wait_for_the_first(live: Service) -> None:
    first = await start(live, message="first AAPL?", model="slow")
    second = await start(live, message="second AAPL?", on_conflict="enqueue")
    third = await start(live, message="third AAPL?", on_conflict="enqueue")
    assert await live.manager.stop("local", second.run_id) == "stopped"
    assert first.status == "running"
    assert third.status == "queued"
    await read(live, third)
    state = await live.graph.aget_state({"configurable": {"thread_id": first.thread_id}})
    assert [turn["question"] for turn in state.values["turns"]] == ["first AAPL?", "third AAPL?"]
    transcript = (await read_session(live, LOCAL, "s1")).transcript
    assert [(turn.question, turn.status) for turn in transcript] == [
        ("first AAPL?", "done"),
        ("second AAPL?", "stopped"),
        ("third AAPL?", "done"),
    ]


async def test_an_interrupting_question_stops_the_first_and_keeps_what_it_had(live: Service) -> None:
    first = await start(live, model="stall")
    await first_token(live, first)
    second = await start(live, message="And MSFT?", on_conflict="interrupt")
    events = await read(live, first)
    assert events[-1] == {"seq": len(events), "type": "end", "status": "stopped", "reason": "interrupted"}
    assert (await read(live, second))[-1]["status"] == "done"
    transcript = (await read_session(live, LOCAL, "s1")).transcript
    assert [turn.status for turn in transcript] == ["stopped", "done"]
    assert transcript[0].answer.startswith("## Verdict")


@pytest.mark.parametrize("model", ["slow", "stall", "silent"])
async def test_stop_is_fast_hangs_up_and_keeps_the_partial(
    live: Service, fake: FakeDashScope, model: str
) -> None:
    run = await start(live, model=model)
    if model == "silent":
        await until(lambda: fake.requests)
    else:
        await first_token(live, run)
    loop = asyncio.get_running_loop()
    asked = loop.time()
    assert await live.manager.stop("local", run.run_id) == "stopped"
    assert loop.time() - asked < 1
    events = await read(live, run)
    assert [event["type"] for event in events].count("end") == 1
    assert events[-1]["status"] == "stopped"
    opened = [event["section"] for event in events if event["type"] == "section" and event["state"] == "open"]
    closed = [
        event["section"] for event in events if event["type"] == "section" and event["state"] == "closed"
    ]
    assert sorted(opened) == sorted(closed)
    await until(lambda: fake.hung_up)
    turn = (await read_session(live, LOCAL, "s1")).transcript[0]
    assert turn.status == "stopped"
    assert (turn.report is None) == (model == "silent")
    answer = await wait_for_answer(live, await start(live, message="And now?"))
    assert answer.status == "done"
    assert answer.report.symbols == ("AAPL",)


@pytest.mark.parametrize("live", ["suggesting"], indirect=True)
@pytest.mark.parametrize("how", ["stop", "interrupt"])
async def test_what_is_cut_off_after_the_report_leaves_the_answer_whole(
    live: Service, fake: FakeDashScope, how: str
) -> None:
    fake.replies["cut"] = [Reply(text_frames(ANSWER)), Reply(end="hang"), Reply(text_frames(ANSWER))]
    run = await start(live, model="cut")
    async for batch in live.log.read(run.run_id):
        if any(entry.type == "report" for entry in batch):
            break
    if how == "stop":
        await until(lambda: fake.counts["cut"] == 2)
        assert await live.manager.stop("local", run.run_id) == "done"
    else:
        await wait_for_answer(live, await start(live, message="And MSFT?", on_conflict="interrupt"))
    events = await read(live, run)
    assert events[-1] == {"seq": len(events), "type": "end", "status": "done"}
    assert [event["type"] for event in events].count("report") == 1
    turn = (await read_session(live, LOCAL, "s1")).transcript[0]
    assert (turn.status, turn.report) == (
        "done",
        next(each for each in events if each["type"] == "report")["report"],
    )


async def test_stopping_twice_or_late_changes_nothing(live: Service) -> None:
    run = await start(live, model="stall")
    await first_token(live, run)
    first, second = await asyncio.gather(*(live.manager.stop("local", run.run_id) for _ in range(2)))
    assert first == second == "stopped"
    assert await live.manager.stop("local", run.run_id) == "stopped"
    assert [event["type"] for event in await read(live, run)].count("end") == 1


async def test_stopping_before_the_first_step_still_ends_the_run(live: Service) -> None:
    run = await start(live)
    run.stop("user")
    events = await read(live, run)
    assert (events[0]["type"], events[-1]["type"]) == ("run", "end")
    assert events[-1]["status"] == "stopped"


@pytest.mark.parametrize(
    ("model", "code", "partial"),
    [
        ("busy", "model_busy", False),
        ("nokey", "model_misconfigured", False),
        ("inspected", "model_inspected", True),
        ("cut", "model_cut_off", True),
    ],
)
async def test_a_failing_model_is_told_once_with_its_code(
    live: Service, model: str, code: str, partial: bool, caplog: pytest.LogCaptureFixture
) -> None:
    run = await start(live, model=model)
    events = await read(live, run)
    errors = [event for event in events if event["type"] == "error"]
    assert [error["code"] for error in errors] == [code]
    assert events[-1] == {"seq": len(events), "type": "end", "status": "failed", "reason": code}
    assert "secret-detail" not in str(events) + caplog.text
    turn = (await read_session(live, LOCAL, "s1")).transcript[0]
    assert (turn.status, turn.question, bool(turn.answer)) == ("failed", "Is AAPL a buy?", partial)
    with pytest.raises(RunFailed) as caught:
        await wait_for_answer(live, run)
    assert caught.value.code == code
    assert (await read(live, await start(live)))[-1]["status"] == "done"


async def test_a_stop_while_the_answer_is_being_kept_changes_nothing(live: Service) -> None:
    run = await start(live)
    await until(lambda: run.answering)
    await until(lambda: not run.answering)
    assert not run.done.is_set()
    run.stop("user")
    events = await asyncio.wait_for(read(live, run), 5)
    assert (events[-1]["type"], events[-1]["status"]) == ("end", "done")
    assert (await read_session(live, LOCAL, "s1")).transcript[0].status == "done"


async def test_a_cut_at_the_limit_is_marked_truncated(live: Service) -> None:
    answer = await wait_for_answer(live, await start(live, model="length"))
    assert answer.report.truncated


async def test_the_second_question_is_shown_the_first_answer(live: Service, fake: FakeDashScope) -> None:
    await wait_for_answer(live, await start(live))
    await wait_for_answer(live, await start(live, message="And what would change that?"))
    messages = fake.requests[1]["input"]["messages"]
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "user"]
    assert messages[1]["content"] == "Is AAPL a buy?"
    assert messages[2]["content"].startswith("## Verdict\n\n**Rating: Hold")
    assert '"AAPL.close"' in messages[3]["content"]


async def test_a_missing_section_is_asked_for_once_and_never_invented(
    live: Service, fake: FakeDashScope
) -> None:
    whole = "## Verdict\n\nA fair price.\n\n## Evidence\n\nFlat.\n\n## Insights & Action\n\nWait."
    fake.answers["qwen-plus"] = whole
    report = (await wait_for_answer(live, await start(live))).report
    assert report.missing == ("caveat",)
    assert report.rating.direction == "abstain"
    assert len(fake.requests) == 2
    assert "## Caveat" in fake.requests[1]["input"]["messages"][-1]["content"]


@pytest.mark.parametrize("second", ["refused", "empty", "cut", "good"])
async def test_a_repair_that_fails_costs_no_answer(live: Service, fake: FakeDashScope, second: str) -> None:
    whole = "## Verdict\n\nA fair price.\n\n## Evidence\n\nFlat.\n\n## Insights & Action\n\nWait."
    caveat = text_frames("## Caveat\n\nThe data is old.")
    fake.replies["qwen-plus"] = [
        Reply(text_frames(whole)),
        {
            "refused": refusal(400, "DataInspectionFailed"),
            "empty": Reply(text_frames("")),
            "cut": Reply(caveat[:3]),
            "good": Reply(caveat),
        }[second],
    ]
    run = await start(live)
    answer = await wait_for_answer(live, run)
    tokens = [event for event in await read(live, run) if event["type"] == "token"]
    told = "".join(event["text"] for event in tokens if event["section"] == "caveat")
    assert answer.status == "done"
    assert answer.report.sections["caveat"] == told
    assert answer.report.sections["verdict"] == "A fair price."
    assert bool(told) == (second in ("cut", "good"))
    assert ("caveat" in answer.report.missing) == (second in ("refused", "empty"))


async def test_a_full_server_says_when_to_come_back(live: Service) -> None:
    runs = [await start(live, session=f"s{number}", model="stall") for number in range(6)]
    with pytest.raises(ServerBusy) as caught:
        await start(live, session="s7")
    assert caught.value.retry_after
    await asyncio.gather(*(live.manager.stop("local", run.run_id) for run in runs))
    assert live.manager.active == 0
    assert (await read(live, await start(live, session="s7")))[-1]["status"] == "done"


async def test_a_run_of_another_owner_is_unknown(live: Service) -> None:
    run = await start(live, model="slow")
    with pytest.raises(UnknownRun):
        await live.manager.stop("somebody", run.run_id)
    with pytest.raises(UnknownRun):
        await live.manager.find("somebody", run.run_id)
    assert (await read(live, run))[-1]["status"] == "done"


async def test_shutting_down_ends_runs_truthfully_and_keeps_their_partials(
    fake: FakeDashScope, tmp_path: Path
) -> None:
    agent = AgentSettings(dashscope_api_key=SecretStr("k"), dashscope_base_url=fake.url, model="stall")
    settings = ServerSettings(agent=agent, store_url=f"sqlite:///{tmp_path}/s.db", drain_seconds=0.1)
    async with open_service(settings) as service:
        run = await start(service)
        await first_token(service, run)
        reading = asyncio.create_task(read(service, run))
        await asyncio.sleep(0)
    events = await reading
    assert [event["code"] for event in events if event["type"] == "error"] == ["server_shutdown"]
    assert events[-1]["status"] == "failed"
    async with open_service(settings) as service:
        turn = (await read_session(service, LOCAL, "s1")).transcript[0]
        assert (turn.status, turn.question) == ("failed", "Is AAPL a buy?")
        assert turn.answer.startswith("## Verdict")


async def test_a_draining_server_takes_no_new_question(live: Service) -> None:
    live.manager.refuse_new()
    with pytest.raises(ServerBusy):
        await start(live)
