"""Runs the benchmarks: `python -m bench [NAME] [--quick] [--json FILE]`; `--help` names them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from bench import facts, fairness, figures, live, qwen, sessions, start, stream

BENCHMARKS = ("start", "stream", "live", "qwen", "facts", "figures", "sessions", "fairness")


def main(argv: Sequence[str] | None = None) -> int:
    """Run benchmarks and show their tables; limits are shown, and 1 only means that something did not run."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure what has a limit.")
    parser.add_argument("benchmark", nargs="?", choices=BENCHMARKS, help="only this one (default: all)")
    parser.add_argument("--quick", action="store_true", help="the smallest size, to see that it works")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the results there as well")
    args = parser.parse_args(argv)
    console = Console(width=None if sys.stdout.isatty() else 160)
    results: dict[str, Any] = {}
    failed = False
    for name in [args.benchmark] if args.benchmark else BENCHMARKS:
        try:
            results[name] = _run(name, args.quick, console)
        except (RuntimeError, OSError) as fault:  # the other benchmark is still worth its figures
            failed = True
            print(f"{name} failed: {fault}", file=sys.stderr)
    if args.json is not None:
        args.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return int(failed)


def _run(name: str, quick: bool, console: Console) -> dict[str, Any]:
    if name == "start":
        started = start.measure(quick)
        console.print(start.tables(started))
        return asdict(started)
    if name == "live":
        lived = live.measure(quick)
        console.print(live.tables(lived))
        return asdict(lived)
    if name == "qwen":
        asked = qwen.measure(quick)
        console.print(qwen.tables(asked))
        return asdict(asked)
    if name == "sessions":
        grown = sessions.measure(quick)
        console.print(sessions.tables(grown))
        return asdict(grown)
    if name == "facts":
        built = facts.measure(quick)
        console.print(facts.tables(built))
        return asdict(built)
    if name == "figures":
        checked = figures.measure(quick)
        console.print(figures.tables(checked))
        return asdict(checked)
    if name == "fairness":
        treated = fairness.measure(quick)
        console.print(fairness.tables(treated))
        return asdict(treated)
    streamed = stream.measure(quick)
    console.print(stream.tables(streamed))
    return asdict(streamed)


if __name__ == "__main__":
    sys.exit(main())
