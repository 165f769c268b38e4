"""Two workers on one Redis: a run is one wherever it is asked for, followed or stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from graph.events import decode
from graph.settings import AgentSettings
from server.api.schemas import AnalystInput
from server.asking import ask, ask_once, wait_for_answer
from server.auth import LOCAL
from server.clients import open_redis
from server.errors import KeyReused, SessionBusy, StoreUnavailable
from server.runs.run import Run
from server.service import Service, open_service
from server.sessions import RunRecord
from server.settings import ServerSettings
from server.transcripts import read_session
from tests.fake_dashscope import FakeDashScope, fake_dashscope
from tests.server.conftest import on_server, redis_client
from tests.servers import Server, proxied, serving

Workers = tuple[Service, Service]


@pytest.fixture
async def fake() -> AsyncIterator[FakeDashScope]:
    async with fake_dashscope() as opened:
        yield opened


def settings_of(fake: FakeDashScope, folder: Path, url: str, **chosen: Any) -> ServerSettings:
    agent = AgentSettings(
        dashscope_api_key=SecretStr("sk-test"), dashscope_base_url=fake.url, models="slow,stall,silent"
    )
    return ServerSettings(
        agent=agent,
        store_url=SecretStr(f"sqlite:///{folder}/s.db"),
        run_store_url=SecretStr(url),
        drain_seconds=0.2,
        heartbeat_seconds=2,
        **chosen,
    )


@pytest.fixture(params=["redis", "valkey", "cluster"])
async def workers(
    request: pytest.FixtureRequest, fake: FakeDashScope, tmp_path: Path, servers: dict[str, Server]
) -> AsyncIterator[Workers]:
    """Two workers with one store of sessions and one of runs."""
    settings = settings_of(fake, tmp_path, on_server(request.param, servers).url)
    async with open_service(settings) as one, open_service(settings) as two:
        yield one, two


def question(message: str = "Is AAPL a buy?", **chosen: Any) -> AnalystInput:
    return AnalystInput(message=message, session_id="s1", **chosen)


async def start(service: Service, message: str = "Is AAPL a buy?", **chosen: Any) -> Run:
    return await ask(service, LOCAL, question(message, **chosen))


async def read(service: Service, run_id: str, after: int = 0) -> list[dict[str, Any]]:
    return [decode(entry.data) async for batch in service.log.read(run_id, after) for entry in batch]


async def first_token(service: Service, run: Run) -> None:
    async for batch in service.log.read(run.run_id):
        if any(entry.type == "token" for entry in batch):
            return


async def test_both_workers_give_the_same_events(workers: Workers) -> None:
    run = await start(workers[0], model="slow")
    reading = [asyncio.create_task(read(service, run.run_id)) for service in workers * 2]
    first, *others = await asyncio.gather(*reading)
    assert all(other == first for other in others)
    assert [event["seq"] for event in first] == list(range(1, len(first) + 1))
    assert first[-1] == {"seq": len(first), "type": "end", "status": "done"}
    assert await read(workers[1], run.run_id, len(first) - 3) == first[-3:]


async def test_of_many_questions_at_once_one_is_taken(workers: Workers) -> None:
    starts = [start(service, model="slow") for service in workers * 5]
    outcomes = await asyncio.gather(*starts, return_exceptions=True)
    (taken,) = [outcome for outcome in outcomes if isinstance(outcome, Run)]
    refusals = [outcome for outcome in outcomes if isinstance(outcome, SessionBusy)]
    assert len(refusals) == 9
    assert {refusal.run_id for refusal in refusals} == {taken.run_id}
    assert (await read(workers[1], taken.run_id))[-1]["status"] == "done"
    assert len((await read_session(workers[0], LOCAL, "s1")).transcript) == 1
    assert (await wait_for_answer(workers[1], await start(workers[1]))).status == "done"


async def test_enqueued_questions_of_two_workers_lose_and_double_no_turn(workers: Workers) -> None:
    runs = [await start(workers[number % 2], f"AAPL {number}?", on_conflict="enqueue") for number in range(6)]
    ends = await asyncio.gather(*(read(workers[0], run.run_id) for run in runs))
    assert [events[-1]["status"] for events in ends] == ["done"] * 6
    state = await workers[0].graph.aget_state({"configurable": {"thread_id": runs[0].thread_id}})
    assert [turn["question"] for turn in state.values["turns"]] == [f"AAPL {n}?" for n in range(6)]


async def test_a_run_is_stopped_from_the_other_worker(workers: Workers, fake: FakeDashScope) -> None:
    run = await start(workers[0], model="stall")
    await first_token(workers[1], run)
    assert await workers[1].manager.stop("local", run.run_id) == "stopped"
    events = await read(workers[1], run.run_id)
    assert events[-1] == {"seq": len(events), "type": "end", "status": "stopped", "reason": "user"}
    assert fake.hung_up
    transcript = (await read_session(workers[1], LOCAL, "s1")).transcript
    assert transcript[0].answer.startswith("## Verdict")
    assert (await wait_for_answer(workers[1], await start(workers[1]))).status == "done"


async def test_a_question_interrupts_one_of_the_other_worker(workers: Workers) -> None:
    first = await start(workers[0], model="stall")
    await first_token(workers[0], first)
    second = await start(workers[1], "And MSFT?", on_conflict="interrupt")
    assert (await read(workers[1], first.run_id))[-1]["reason"] == "interrupted"
    assert (await read(workers[0], second.run_id))[-1]["status"] == "done"
    transcript = (await read_session(workers[1], LOCAL, "s1")).transcript
    assert [turn.status for turn in transcript] == ["stopped", "done"]


async def test_a_key_names_one_run_at_both_workers(workers: Workers) -> None:
    asked = [ask_once(service, LOCAL, question(model="slow"), "key-1") for service in workers * 3]
    runs = await asyncio.gather(*asked)
    assert len({run.run_id for run in runs}) == 1
    assert (await wait_for_answer(workers[1], runs[0])).status == "done"
    assert (await ask_once(workers[1], LOCAL, question(model="slow"), "key-1")).run_id == runs[0].run_id
    with pytest.raises(KeyReused):
        await ask_once(workers[1], LOCAL, question("Another?", model="slow"), "key-1")


async def test_a_refused_question_does_not_use_up_its_key(workers: Workers) -> None:
    run = await start(workers[0], model="slow")
    with pytest.raises(SessionBusy):
        await ask_once(workers[1], LOCAL, question(), "key-2")
    await read(workers[1], run.run_id)
    assert (await ask_once(workers[1], LOCAL, question(), "key-2")).run_id != run.run_id


async def test_followers_are_told_of_a_drain_and_those_of_other_workers_let_go(workers: Workers) -> None:
    run = await start(workers[0], model="stall")
    seen: list[str] = []

    async def follow() -> None:
        async for batch in workers[1].manager.follow(run.run_id):
            seen.extend(entry.type for entry in batch)

    following = asyncio.create_task(follow())
    await first_token(workers[1], run)
    await asyncio.sleep(0.1)
    workers[1].manager.refuse_new()
    await asyncio.wait_for(following, 2)
    assert seen[-1] == "drain"
    assert await workers[0].manager.stop("local", run.run_id) == "stopped"


async def test_thousands_of_followers_share_two_connections(
    fake: FakeDashScope, tmp_path: Path, servers: dict[str, Server]
) -> None:
    settings = settings_of(fake, tmp_path, on_server("redis", servers).url)
    async with open_service(settings) as one, open_service(settings) as two:
        runs = [await ask(one, LOCAL, AnalystInput(message="AAPL?", model="slow")) for _ in range(20)]
        reading = [asyncio.create_task(read(two, run.run_id)) for run in runs for _ in range(100)]
        await first_token(two, runs[-1])
        with redis_client(settings.run_store_url.get_secret_value()) as client:
            assert len(client.client_list()) - 1 <= 2 * 3
        for events in await asyncio.gather(*reading):
            assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
            assert events[-1]["status"] == "done"


async def test_a_sign_of_life_that_expired_early_ends_no_run(
    fake: FakeDashScope, tmp_path: Path, servers: dict[str, Server]
) -> None:
    """What a jump of the server's clock does: every key with an expiry is gone at once."""
    settings = settings_of(fake, tmp_path, on_server("redis", servers).url)
    async with open_service(settings) as one, open_service(settings) as two:
        run = await start(one, model="slow")
        with redis_client(settings.run_store_url.get_secret_value()) as client:
            for key in client.scan_iter("fr:w:*"):
                client.delete(key)
        assert (await read(two, run.run_id))[-1]["status"] == "done"


async def test_a_run_goes_on_when_redis_dies_and_comes_back(fake: FakeDashScope, tmp_path: Path) -> None:
    with serving("redis") as server:
        settings = settings_of(fake, tmp_path, server.url)
        async with open_service(settings) as one, open_service(settings) as two:
            run = await start(one, model="slow")
            reading = [asyncio.create_task(read(service, run.run_id)) for service in (one, two)]
            await first_token(two, run)
            await asyncio.to_thread(server.stop)
            with pytest.raises(StoreUnavailable):
                await ask(one, LOCAL, AnalystInput(message="AAPL?", session_id="s2"))
            await asyncio.to_thread(server.start)
            first, second = await asyncio.gather(*reading)
            assert first == second
            assert [event["seq"] for event in first] == list(range(1, len(first) + 1))
            assert first[-1]["status"] == "done"
            answer = await wait_for_answer(two, await ask(two, LOCAL, question("And now?")))
            assert answer.status == "done"


async def test_a_run_whose_log_stays_away_is_ended_and_its_partial_kept(
    fake: FakeDashScope, tmp_path: Path, servers: dict[str, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.runs.recorder.PATIENCE_SECONDS", 0.2)
    async with AsyncExitStack() as stack:
        wire = await stack.enter_async_context(proxied(on_server("redis", servers).url))
        service = await stack.enter_async_context(open_service(settings_of(fake, tmp_path, wire.url)))
        run = await start(service, model="slow")
        await first_token(service, run)
        wire.refuse = True
        wire.cut()
        while (await service.manager.find("local", run.run_id)).status == "running":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        transcript = (await read_session(service, LOCAL, "s1")).transcript
        assert transcript[0].answer.startswith("## Verdict")
        wire.refuse = False
        events = await asyncio.wait_for(read(service, run.run_id), 10)
        assert (events[-1]["status"], events[-1]["reason"]) == ("failed", "run_store_unavailable")
        assert transcript[0].status == "failed"
        assert (await wait_for_answer(service, await start(service))).status == "done"


async def test_what_redis_cannot_do_now_is_told_with_a_code(
    fake: FakeDashScope, tmp_path: Path, servers: dict[str, Server]
) -> None:
    async with (
        proxied(on_server("redis", servers).url) as wire,
        open_service(settings_of(fake, tmp_path, wire.url)) as service,
    ):
        wire.speaks.clear()  # connections stand, and nothing comes
        with pytest.raises(StoreUnavailable):
            await start(service)
        assert service.manager.active == 0
        wire.speaks.set()
        assert (await wait_for_answer(service, await start(service))).status == "done"


async def test_what_workers_leave_in_redis_goes_away(
    fake: FakeDashScope, tmp_path: Path, servers: dict[str, Server]
) -> None:
    url = on_server("redis", servers).url
    async with open_service(settings_of(fake, tmp_path, url, run_ttl_seconds=0.2)) as service:
        await wait_for_answer(service, await start(service))
        await asyncio.sleep(0.1)
    async with open_redis(url) as client:
        await asyncio.sleep(0.3)
        kept = [key async for key in client.scan_iter()]
        assert [await client.ttl(key) > 0 for key in kept] == [True] * len(kept)
        assert not [key for key in kept if key.endswith(b":e")]


async def test_a_run_that_was_lost_before_it_wrote_anything_still_begins_and_ends(
    fake: FakeDashScope, tmp_path: Path, servers: dict[str, Server]
) -> None:
    settings = settings_of(fake, tmp_path, on_server("redis", servers).url)
    async with open_service(settings) as service:
        record = RunRecord("early", "local", "s1", "Is AAPL a buy?", "2026-01-02T03:04:05+00:00")
        await service.sessions.record_question(record)
        with redis_client(settings.run_store_url.get_secret_value()) as client:
            client.hset("fr:{early}:m", "owner", "gone")
            client.hset("fr:h:gone", "early", "local/s1")
            client.rpush("fr:q:local/s1", "early")
            client.sadd("fr:workers", "gone")
        async with asyncio.timeout(20):
            events = await read(service, "early")
        assert [event["type"] for event in events] == ["run", "error", "end"]
        assert (events[0]["question"], events[-1]["status"]) == ("Is AAPL a buy?", "lost")
        assert (await service.manager.find("local", "early")).status == "lost"
        assert (await wait_for_answer(service, await start(service))).status == "done"


async def test_a_run_whose_answer_was_told_before_its_worker_died_is_done(
    fake: FakeDashScope, tmp_path: Path, servers: dict[str, Server]
) -> None:
    settings = settings_of(fake, tmp_path, on_server("redis", servers).url)
    async with open_service(settings) as service:
        whole = await start(service, model="slow")
        await wait_for_answer(service, whole)
        record = RunRecord("late", "local", "s2", "Is AAPL a buy?", "2026-01-02T03:04:05+00:00")
        await service.sessions.record_question(record)
        with redis_client(settings.run_store_url.get_secret_value()) as client:
            for number, fields in client.xrange(f"fr:{{{whole.run_id}}}:e"):
                client.xadd("fr:{late}:e", fields, id=number)
                if fields[b"t"] == b"report":
                    break
            client.hset("fr:{late}:m", "owner", "gone")
            client.hset("fr:h:gone", "late", "local/s2")
            client.rpush("fr:q:local/s2", "late")
            client.sadd("fr:workers", "gone")
        async with asyncio.timeout(20):
            events = await read(service, "late")
        assert (events[-1]["status"], events[-1]["reason"]) == ("done", "worker_lost")
        assert [event for event in events if event["type"] == "error"] == []
        (told,) = [event for event in events if event["type"] == "report"]
        (turn,) = (await read_session(service, LOCAL, "s2")).transcript
        assert (turn.status, turn.answer) == ("done", told["markdown"])
