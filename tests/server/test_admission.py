"""Who is taken, who waits, who is refused; and questions that are sent twice."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from server.errors import CallerBusy, ServerBusy
from server.runs.admission import Admission
from tests.live import LiveServer, events_of

QUESTION = {"message": "Is AAPL a buy?"}


async def test_some_run_some_wait_and_further_ones_are_refused_with_a_time() -> None:
    admission = Admission(most=2, waiting=1, each=10)
    for _ in range(3):
        admission.admit("a")
    with pytest.raises(ServerBusy) as caught:
        admission.admit("b")
    assert caught.value.retry_after
    assert caught.value.retry_after >= 1
    first, second = await admission.turn(), await admission.turn()
    third = asyncio.create_task(admission.turn())
    await asyncio.sleep(0.01)
    assert not third.done()
    first.end()
    first.end()  # a place is given back once
    await asyncio.wait_for(third, 1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(admission.turn(), 0.01)
    second.end()
    await asyncio.wait_for(admission.turn(), 1)


async def test_one_caller_cannot_take_all() -> None:
    admission = Admission(most=10, waiting=0, each=2)
    admission.admit("a")
    admission.admit("a")
    with pytest.raises(CallerBusy):
        admission.admit("a")
    admission.admit("b")
    admission.release("a")
    admission.admit("a")


async def test_the_time_to_come_back_follows_how_long_runs_take() -> None:
    quick, slow = Admission(1, 0, 9), Admission(1, 0, 9)
    for admission, seconds in ((quick, 0.5), (slow, 60.0)):
        for _ in range(20):
            turn = await admission.turn()
            admission.took(seconds)
            del turn
        admission.admit("a")
    waits = []
    for admission in (quick, slow):
        with pytest.raises(ServerBusy) as caught:
            admission.admit("a")
        waits.append(caught.value.retry_after or 0)
    assert waits[0] < 5
    assert 30 < waits[1] <= 600


@pytest.mark.parametrize("door", ["/api/chat", "/api/chat/stream"])
def test_a_question_sent_again_by_its_key_is_one_run(client: httpx.Client, door: str) -> None:
    headers = {"Idempotency-Key": f"key of {door}"}
    first, second = (client.post(door, json=QUESTION, headers=headers) for _ in range(2))
    if door == "/api/chat":
        assert first.json() == second.json()
    else:
        assert first.headers["x-run-id"] == second.headers["x-run-id"]
        assert events_of(first.text) == events_of(second.text)
    other = client.post(door, json={"message": "Is MSFT a buy?"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert client.post(door, json=QUESTION).json() if door == "/api/chat" else True


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_that_is_none_is_refused(client: httpx.Client, key: str) -> None:
    response = client.post("/api/chat", json=QUESTION, headers={"Idempotency-Key": key})
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_invalid")


async def test_a_question_sent_twice_at_once_is_one_run(server: LiveServer) -> None:
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        asked = [
            client.post("/api/chat", json=QUESTION, headers={"Idempotency-Key": "at once"}) for _ in range(8)
        ]
        answers = [answer.json() for answer in await asyncio.gather(*asked)]
        assert len({answer["run_id"] for answer in answers}) == 1
