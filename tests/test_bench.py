"""The benchmarks run at their smallest size; what they tell is looked at, never how fast it was."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.__main__ import main
from bench.doors import GRAPH, LANGSERVE, NAIVE, OURS, RAW, REDIS
from bench.load import Door, load, read_frames
from bench.processes import PROJECT, cpu_seconds, environment, free_port, running, timed
from bench.results import Check, median_ratio, percentile, shown

TEXT = "Shares fell. 市盈率 is 31.2x"

RAW_DOOR = Door(
    name="raw",
    path="/stream",
    body=lambda tokens: {"tokens": tokens},
    token_mark=b"data:",
    end_mark=b"event:end",
    text_of=lambda event: event["text"],
)


@pytest.fixture
def raw_url(tmp_path: Path) -> Iterator[str]:
    """The server that streams a text and does nothing else."""
    text_file, port = tmp_path / "text.md", free_port()
    text_file.write_text(TEXT, encoding="utf-8")
    command = [sys.executable, "-m", "bench.servers", "raw", str(port), "0", str(text_file)]
    with running(command, port, "/live", PROJECT, environment()) as server:
        yield server.url


def results(name: str, file: Path) -> dict[str, Any]:
    """Run one benchmark at its smallest size and read what it wrote."""
    assert main([name, "--quick", "--json", str(file)]) == 0
    written: dict[str, Any] = json.loads(file.read_text())
    assert list(written) == [name]
    found: dict[str, Any] = written[name]
    return found


def test_start_tells_each_time_beside_its_baseline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = results("start", tmp_path / "start.json")
    assert found["rounds"] == 1
    assert [timing["name"] for timing in found["timings"]] == [
        "financial-agent --help",
        "financial-agent serve, first 200",
    ]
    for timing in found["timings"]:
        assert timing["ratio"] == pytest.approx(timing["seconds"] / timing["baseline_seconds"])
    assert [(check["limit"], check["unit"]) for check in found["checks"]] == [(0.3, "s"), (1.5, "×")]
    assert "interleaved rounds" in capsys.readouterr().out


def test_figures_are_checked_and_counted(tmp_path: Path) -> None:
    found = results("figures", tmp_path / "figures.json")
    assert [timing["name"].partition(",")[0] for timing in found["timings"]][:2] == [
        "ordinary text",
        "dense text",
    ]
    assert all(timing["figures"] > 50 and timing["ratio"] > 1 for timing in found["timings"])


@pytest.mark.timeout(240)  # fourteen servers are started, one after the other
def test_stream_compares_the_same_doors_at_full_speed_and_paced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = results("stream", tmp_path / "stream.json")
    assert [result["pattern"]["name"] for result in found["patterns"]] == ["full speed", "paced"]
    for result in found["patterns"]:
        doors = {door.pop("door"): door for door in result["doors"]}
        assert set(doors) == {OURS, LANGSERVE, REDIS, RAW, NAIVE, GRAPH}
        assert doors[RAW]["cpu_to_raw"] == 1
        assert doors[RAW]["marginal_to_raw"] in (1, None)
        assert doors[GRAPH]["cpu_to_graph"] == 1
        assert doors[GRAPH]["marginal_to_graph"] in (1, None)
        for door in doors.values():
            assert door["cpu_us_per_token"] > 0
            assert 0 < door["first_token_ms_p50"] <= door["first_token_ms_p99"]
            assert 0 < door["beyond_text_mean"] <= door["beyond_text_max"]
        assert doors[GRAPH]["beyond_text_mean"] > doors[OURS]["beyond_text_mean"]
    (check,) = found["checks"]
    assert (check["limit"], check["unit"]) == (100, "B")
    assert "bare graph" in capsys.readouterr().out


async def test_a_load_reads_every_stream_to_its_end(raw_url: str) -> None:
    answers = await load(RAW_DOOR, raw_url, tokens=3, streams=3, spread=0.01)
    assert len({answer.size for answer in answers}) == 1
    assert all(answer.seconds_to_token > 0 for answer in answers)
    assert [bool(answer.body) for answer in answers] == [True, False, False]
    assert read_frames(RAW_DOOR, answers[0].body).text == TEXT[: len("Shares fell. 市盈")]


async def test_a_load_fails_when_a_stream_does_not_end_as_it_should(raw_url: str) -> None:
    door = Door(**{**vars(RAW_DOOR), "end_mark": b"event:other"})
    with pytest.raises(RuntimeError, match="was cut"):
        await load(door, raw_url, tokens=2, streams=1, spread=0)


async def test_a_load_fails_when_a_stream_is_refused(raw_url: str) -> None:
    door = Door(**{**vars(RAW_DOOR), "path": "/nothing"})
    with pytest.raises(RuntimeError, match="404"):
        await load(door, raw_url, tokens=2, streams=1, spread=0)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_token_event_is_counted_whole_without_its_text(end: str) -> None:
    frames = ['event: data\ndata: {"text":"涨"}', ": ping", 'data:{"text":"ab"}', "event:end"]
    body = "".join(f"{frame}\n\n" for frame in frames).replace("\n", end).encode()
    found = read_frames(RAW_DOOR, body)
    assert (found.text, found.count) == ("涨ab", 2)
    assert found.beyond_max == len('event: data\ndata: {"text":""}\n\n')
    assert found.beyond_mean == (found.beyond_max + len('data:{"text":""}\n\n')) / 2


def test_a_stream_without_a_token_is_no_result() -> None:
    with pytest.raises(RuntimeError, match="no token"):
        read_frames(RAW_DOOR, b"event:end\n\n")


def test_cpu_time_grows_with_work() -> None:
    before = cpu_seconds(os.getpid())
    started = time.process_time()
    while time.process_time() - started < 0.05:
        pass
    assert cpu_seconds(os.getpid()) - before >= 0.04


def test_a_command_that_fails_is_told_with_its_output(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"ended with 3.*sorry"):
        timed([sys.executable, "-c", "import sys; print('sorry', file=sys.stderr); sys.exit(3)"], tmp_path)


def test_a_server_that_ends_at_once_is_told_with_its_output(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no port')"]
    with (
        pytest.raises(RuntimeError, match=r"did not start.*no port"),
        running(command, free_port(), "/", tmp_path, environment()),
    ):
        pass


def test_a_figure_is_within_its_limit_or_over_it() -> None:
    assert Check("a", 0.3, 0.3, "s").verdict == "within"
    assert Check("a", 0.31, 0.3, "s").verdict == "over"


def test_ratios_are_taken_within_a_round() -> None:
    assert median_ratio([10, 40, 9], [5, 10, 3]) == 3
    assert median_ratio([10, 40, 9], [5, -1, 3]) is None
    assert (shown(3.14159), shown(None)) == ("3.14", "–")
    assert percentile([3, 1, 2, 4], 0.5) == 2
    assert percentile([3, 1, 2, 4], 0.99) == 4


def test_a_calm_caller_is_answered_beside_a_flood(tmp_path: Path) -> None:
    found = results("fairness", tmp_path / "fairness.json")
    assert [each["answered"] for each in found["asked"]] == [3, 3]
    assert all(each["first_token_p50"] <= each["first_token_p95"] for each in found["asked"])
