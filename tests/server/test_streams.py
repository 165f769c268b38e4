"""The stream of a run over HTTP: its shape, resuming it, leaving it."""

from __future__ import annotations

import asyncio
import itertools

import httpx
import pytest

from server.errors import ForeignCursor
from server.runs.log import Entry
from server.runs.sse import frame, parse_cursor
from tests.live import LiveServer, events_of, joined, parse_frames

QUESTION = {"message": "Is AAPL a buy?"}
SECTIONS = ("verdict", "evidence", "insights", "caveat")


def test_a_stream_begins_with_run_and_ends_with_exactly_one_end(client: httpx.Client) -> None:
    response = client.post("/api/chat/stream", json=QUESTION)
    assert response.status_code == 200
    assert response.text.startswith("retry:")
    events = events_of(response.text)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["type"] == "run"
    assert events[0]["mode"] == "offline"
    assert [event["type"] for event in events].count("end") == 1
    assert events[-1] == {"seq": len(events), "type": "end", "status": "done"}


@pytest.mark.parametrize(
    ("door", "body"), [("/api/chat/stream", QUESTION), ("/analyst/stream", {"input": QUESTION})]
)
def test_no_proxy_holds_a_stream_back(client: httpx.Client, door: str, body: dict[str, object]) -> None:
    response = client.post(door, json=body, headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store, no-transform"
    assert response.headers["x-accel-buffering"] == "no"
    assert "content-encoding" not in response.headers


def test_ids_name_the_run_and_the_number(client: httpx.Client) -> None:
    response = client.post("/api/chat/stream", json=QUESTION)
    run_id = response.headers["x-run-id"]
    for event_id, event in parse_frames(response.text):
        assert event_id == f"{run_id}-{event['seq']}"


def test_sections_open_fill_and_close_in_their_order(client: httpx.Client) -> None:
    events = events_of(client.post("/api/chat/stream", json=QUESTION).text)
    states = [(event["section"], event["state"]) for event in events if event["type"] == "section"]
    assert states == list(itertools.chain(*(((name, "open"), (name, "closed")) for name in SECTIONS)))
    report = next(event for event in events if event["type"] == "report")["report"]
    assert joined(events) == report["sections"]


def test_figures_stand_where_their_offsets_say(client: httpx.Client) -> None:
    for question in ("Is AAPL a buy?", "苹果值得买入吗？"):
        events = events_of(client.post("/api/chat/stream", json={"message": question}).text)
        texts = {name: text.encode("utf-16-le") for name, text in joined(events).items()}
        figures = [event for event in events if event["type"] == "figure"]
        assert len(figures) > 10
        for figure in figures:
            shown = texts[figure["section"]][2 * figure["start"] : 2 * figure["end"]].decode("utf-16-le")
            assert shown == figure["text"]


def test_every_number_resumes_without_gap_or_duplicate(client: httpx.Client) -> None:
    response = client.post("/api/chat/stream", json=QUESTION)
    run_id, whole = response.headers["x-run-id"], parse_frames(response.text)
    for seq in (0, 1, 7, len(whole) // 2, len(whole) - 1, len(whole)):
        by_header = client.get(f"/api/runs/{run_id}/events", headers={"Last-Event-ID": f"{run_id}-{seq}"})
        by_query = client.get(f"/api/runs/{run_id}/events", params={"after": seq})
        assert parse_frames(by_header.text) == parse_frames(by_query.text) == whole[seq:]


@pytest.mark.parametrize(
    "cursor",
    ["", "{run}", "{run}-", "{run}-x", "other-3", "{run}--1", "{run}-99999", "{run}-١", "-1", "x" * 500],
)
def test_a_foreign_cursor_is_refused_before_the_stream(client: httpx.Client, cursor: str) -> None:
    run_id = client.post("/api/chat/stream", json=QUESTION).headers["x-run-id"]
    header = cursor.format(run=run_id).encode()
    response = client.get(f"/api/runs/{run_id}/events", headers={b"Last-Event-ID": header})
    if not cursor:  # an empty id is what a browser sends before it has seen one
        assert response.status_code == 200
    else:
        assert (response.status_code, response.json()["code"]) == (400, "cursor_invalid")


def test_an_unknown_run_is_not_found(client: httpx.Client) -> None:
    for path in ("/api/runs/nothing/events", "/api/runs/nothing", "/api/runs/%2e%2e"):
        response = client.get(path)
        assert response.status_code == 404, path
    response = client.post("/api/runs/nothing/stop")
    assert (response.status_code, response.json()["code"]) == (404, "run_not_found")


async def test_leaving_does_not_stop_a_run_and_cut_streams_join_without_a_seam(server: LiveServer) -> None:
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        seen: list[int] = []
        run_id = None
        cuts = 0
        cut = True
        while cut:
            request = (
                client.build_request("POST", "/api/chat/stream", json=QUESTION)
                if run_id is None
                else client.build_request(
                    "GET", f"/api/runs/{run_id}/events", headers={"Last-Event-ID": f"{run_id}-{len(seen)}"}
                )
            )
            response = await client.send(request, stream=True)
            run_id = response.headers["x-run-id"]
            first = len(seen)
            async for line in response.aiter_lines():
                if line.startswith("id:"):
                    seen.append(int(line.rpartition("-")[2]))
                if len(seen) - first == 8:
                    break
            await response.aclose()
            # A stream that ends by itself, even at once, is the last: the cut before may have met the `end`.
            cut = len(seen) - first == 8
            cuts += cut
        assert cuts >= 6
        whole = events_of((await client.get(f"/api/runs/{run_id}/events")).text)
        assert whole[-1]["type"] == "end"
        assert seen == list(range(1, len(whole) + 1))


async def test_many_followers_of_one_run_all_get_everything(server: LiveServer) -> None:
    async with httpx.AsyncClient(base_url=server.url, timeout=60, limits=httpx.Limits()) as client:
        response = await client.send(
            client.build_request("POST", "/api/chat/stream", json=QUESTION), stream=True
        )
        run_id = response.headers["x-run-id"]
        answers = await asyncio.gather(*(client.get(f"/api/runs/{run_id}/events") for _ in range(50)))
        whole = (await response.aread()).decode()
        assert {parse_frames(answer.text)[-1][0] for answer in answers} == {parse_frames(whole)[-1][0]}
        assert len({answer.text for answer in answers}) == 1


def test_a_token_costs_at_most_a_hundred_bytes_beyond_its_text() -> None:
    text = b"word"
    data = b'{"seq":9999,"type":"token","section":"evidence","text":"%b"}' % text
    assert len(frame("a" * 10, Entry(9999, "token", data))) - len(text) <= 100


def test_cursor_reads_the_header_before_the_query() -> None:
    assert parse_cursor("r", "r-5", 3) == 5
    assert parse_cursor("r", None, 3) == 3
    assert parse_cursor("r", None, None) == 0
    with pytest.raises(ForeignCursor):
        parse_cursor("r", "s-5", None)
