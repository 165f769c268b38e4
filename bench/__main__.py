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

_BENCHMARKS: dict[str, Any] = {
    "start": start,
    "stream": stream,
    "live": live,
    "qwen": qwen,
    "facts": facts,
    "figures": figures,
    "sessions": sessions,
    "fairness": fairness,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run benchmarks and show their tables; limits are shown, and 1 only means that something did not run."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure what has a limit.")
    parser.add_argument("benchmark", nargs="?", choices=_BENCHMARKS, help="only this one (default: all)")
    parser.add_argument("--quick", action="store_true", help="the smallest size, to see that it works")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the results there as well")
    args = parser.parse_args(argv)
    console = Console(width=None if sys.stdout.isatty() else 160)
    results: dict[str, Any] = {}
    failed = False
    for name in [args.benchmark] if args.benchmark else _BENCHMARKS:
        try:
            results[name] = _run(name, args.quick, console)
        except (RuntimeError, OSError) as fault:  # the other benchmark is still worth its figures
            failed = True
            print(f"{name} failed: {fault}", file=sys.stderr)
    if args.json is not None:
        args.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return int(failed)


def _run(name: str, quick: bool, console: Console) -> dict[str, Any]:
    benchmark = _BENCHMARKS[name]
    measured = benchmark.measure(quick)
    console.print(benchmark.tables(measured))
    return asdict(measured)


if __name__ == "__main__":
    sys.exit(main())
