"""Runs the evaluation of the figure check: `python -m evals [--split NAME]... [--show N] [--json FILE]`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from evals import answers, marked
from evals.cases import DATA
from evals.score import Score, score


def main(argv: Sequence[str] | None = None) -> int:
    """Score the splits and show their tables."""
    splits = sorted(path.name for path in DATA.iterdir() if path.is_dir())
    parser = argparse.ArgumentParser(prog="python -m evals", description="Measure the figure check.")
    parser.add_argument("--split", action="append", choices=splits, help="only this one (default: all)")
    parser.add_argument("--show", metavar="N", type=int, default=0, help="show so many failures of each")
    parser.add_argument("--only", metavar="TEXT", default="", help="show only failures that hold this text")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the scores there as well")
    args = parser.parse_args(argv)
    console = Console(width=None if sys.stdout.isatty() else 160)
    results: dict[str, Any] = {}
    for split in args.split or splits:
        scored = score(
            chain(
                answers.cases(split),
                marked.text_cases(split),
                marked.sheet_cases(split),
                marked.clean_cases(split),
            )
        )
        console.print(_table(split, scored))
        results[split] = _figures(scored)
        for failure in [text for text in scored.failures if args.only in text][: args.show]:
            print(" ", failure)
    if args.json is not None:
        args.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return 0


def _figures(scored: Score) -> dict[str, Any]:
    """Give the scores as plain values."""
    return {
        "pairs": {name: round(Score.share(counts), 4) for name, counts in sorted(scored.pairs.items())},
        "caught": {name: round(Score.share(counts), 4) for name, counts in sorted(scored.kinds.items())},
        "clean_alarms": round(1 - Score.share(scored.clean), 4),
        "grounded": round(Score.share(scored.grounded), 4),
        "wrongly_contradicted": scored.contradicted,
        "ms_per_kb": round(scored.seconds * 1e6 / max(1, scored.size), 3),
    }


def _table(split: str, scored: Score) -> Table:
    table = Table(title=f"{split}: {scored.pairs['all'].total()} pairs", title_justify="left")
    table.add_column("measure")
    table.add_column("share", justify="right")
    table.add_column("of", justify="right")
    rows = [(f"pairs, {name}", counts) for name, counts in sorted(scored.pairs.items())]
    rows += [(f"caught, {name}", counts) for name, counts in sorted(scored.kinds.items())]
    rows += [("clean prose without alarm", scored.clean), ("figures grounded", scored.grounded)]
    for name, counts in rows:
        table.add_row(name, f"{Score.share(counts):.3f}", str(counts.total()))
    table.add_row("wrongly contradicted", str(scored.contradicted), "")
    table.add_row("ms per kB", f"{scored.seconds * 1e6 / max(1, scored.size):.2f}", "")
    return table


if __name__ == "__main__":
    sys.exit(main())
