"""Checks the figures of any answer against facts and documents; starts without the service or a model."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graph.facts import Fact
    from graph.report.figures import Checker, Figure, Source

# Larger files are no answers, and reading them would only cost time.
MOST_BYTES = 4_000_000
MOST_FACTS = 100_000
_ALARMS = ("contradicted", "unsupported")
_STYLES = {
    "supported": "green",
    "derived": "blue",
    "unsupported": "yellow",
    "contradicted": "red",
    "context": "dim",
}


class Unusable(Exception):
    """An input cannot be used; the text names it and says why."""


def verify(args: argparse.Namespace) -> int:
    """Check an answer and show its figures: 0 when none is wrong, 1 when one is, 2 for unusable input."""
    from graph.report.figures import Checker

    names = [args.answer, *args.facts, *args.source]
    try:
        if not args.facts and not args.source:
            raise Unusable("nothing to check against: give --facts FILE, --source FILE or both")
        if names.count("-") > 1:
            raise Unusable("only one input can be read from standard input (-)")
        text = _read(args.answer)
        facts = [fact for name in args.facts for fact in _facts(name)]
        sources = [_source(name) for name in args.source]
    except Unusable as fault:
        print(f"financial-agent: {fault}", file=sys.stderr)
        return 2
    checker = Checker(facts, sources)
    figures = checker.check(text, args.question)
    wrong = sum(figure.status in _ALARMS for figure in figures)
    try:
        if args.json:
            _print_json(figures, wrong)
        else:
            _print_table(figures, checker, wrong)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1 if wrong else 0


def _read(name: str) -> str:
    """Read a text file, or standard input for "-"."""
    try:
        if name == "-":
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(MOST_BYTES + 1)
    except OSError as fault:
        raise Unusable(f"{name}: {fault.strerror or 'cannot be read'}") from None
    except ValueError:
        raise Unusable(f"{name!r} is no file name") from None
    if len(data) > MOST_BYTES:
        raise Unusable(f"{name}: larger than {MOST_BYTES // 1_000_000} MB; give the part to check")
    if b"\x00" in data:
        raise Unusable(f"{name}: not text (it holds zero bytes)")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Unusable(f"{name}: not UTF-8 text (byte {fault.start})") from None


def _source(name: str) -> Source:
    from graph.report.figures import Source

    return Source("standard input" if name == "-" else Path(name).name, _read(name))


def _facts(name: str) -> Iterator[Fact]:
    """Read a list of facts, or an object that holds one under `facts`, as JSON."""
    from graph.facts import Fact

    try:
        data: Any = json.loads(_read(name))
    except (ValueError, RecursionError):
        raise Unusable(f"{name}: not JSON") from None
    if isinstance(data, Mapping):
        data = data.get("facts")
    if not isinstance(data, list):
        raise Unusable(f'{name}: no list of facts, nor an object with one under "facts"')
    if len(data) > MOST_FACTS:
        raise Unusable(f"{name}: more than {MOST_FACTS} facts")
    for place, item in enumerate(data, start=1):
        if not isinstance(item, Mapping):
            raise Unusable(f"{name}: fact {place} is no object")
        missing = [key for key in ("label", "value", "unit") if key not in item]
        if missing:
            raise Unusable(f"{name}: fact {place} has no {', no '.join(missing)}")
        try:
            yield Fact.from_dict({"id": f"fact-{place}", **item})
        except (ValueError, TypeError) as fault:
            raise Unusable(f"{name}: fact {place} is no fact: {_shortened(str(fault))}") from None


def _shortened(text: str) -> str:
    return text if len(text) <= 160 else text[:157] + "..."


def _print_json(figures: list[Figure], wrong: int) -> None:
    counts: dict[str, int] = dict.fromkeys(_STYLES, 0)
    for figure in figures:
        counts[figure.status] += 1
    data = {"clean": not wrong, "counts": counts, "figures": [asdict(figure) for figure in figures]}
    json.dump(data, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def _print_table(figures: list[Figure], checker: Checker, wrong: int) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from server.commands.terminal import open_terminal

    console = open_terminal(plain_width=160)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("figure", "status", "expected", "stands on", "note"):
        table.add_column(name, overflow="fold")
    for figure in figures:
        table.add_row(
            Text(figure.text),
            Text(figure.status, _STYLES[figure.status]),
            Text(figure.expected or ""),
            Text(_stands_on(figure, checker)),
            Text(figure.note or (figure.rule if figure.status == "context" else "")),
        )
    if figures:
        console.print(table)
    claims = sum(figure.status != "context" for figure in figures)
    said = "every figure holds" if not wrong else f"{wrong} of {claims} figures do not hold"
    console.print(Text(said if claims else "no figure is claimed", "red" if wrong else "green"))


def _stands_on(figure: Figure, checker: Checker) -> str:
    """Say which facts or cells a figure stands on, and by which formula."""
    held = [(name, checker.fact(name)) for name in figure.fact_ids]
    named = [name if fact is None else _named(fact) for name, fact in held]
    told = "; ".join(dict.fromkeys(named))
    return f"{told} [{figure.formula}]" if figure.formula and told else figure.formula or told


def _named(fact: Fact) -> str:
    about = ", ".join(part for part in (fact.entity, fact.period or fact.as_of, fact.source) if part)
    return f"{fact.label} ({about})" if about else fact.label
