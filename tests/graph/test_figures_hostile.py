"""Any text at all: no exception, offsets that hold, time that grows no faster than the text."""

import math
import random
import time
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.report.figures import Source, check_figures
from tests.graph.figures import FACTS
from tests.graph.test_figures import GOOD, TABLES

PIECES = st.sampled_from(
    [
        "revenue",
        "营收",
        "$",
        "(",
        ")",
        "%",
        " to ",
        "from ",
        "391.04",
        "1,234",
        " billion",
        "亿",
        "FY2024",
        "2024-12-30",
        "|",
        "\n",
        "-",
        "–",
        "**",
        "`",
        "RSI(14)",
        "AAPL's",
        " while ",
        ", its own ",
        "(FY2023: ",
        " since ",
        "上年",
        " vs. ",
        " of revenue",
        "margins: gross ",
        " rose ",
        " below ",
        "52-week high",
        "，",
        "\x00",
        "\ud800",
        "İ",
        "٣",
        "½",
        "1e9",
        "CAGR",
        "average",
        "同比增长",
        "占",
        "--- | ---",
        "#",
        "、",
        "x",
        "bps",
        ".",
        "\r",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
def test_no_text_raises_and_every_offset_holds(text: str) -> None:
    figures = check_figures(text, facts=FACTS, question=text[:50], names={"AAPL": [text[:3], "苹果"]})
    for figure in figures:
        assert text[figure.start : figure.end] == figure.text
        assert figure.text
    assert [figure.start for figure in figures] == sorted(figure.start for figure in figures)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(GOOD), st.integers(0, 200), st.characters())
def test_a_character_more_never_raises(text: str, place: int, char: str) -> None:
    check_figures(text[:place] + char + text[place:], facts=FACTS)


def _unicode_digits() -> str:
    digits = (
        chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in ("Nd", "Pd", "Nl", "No")
    )
    return "".join(digits)


HOSTILE = {
    "digits": "7" * 1_000_000,
    "groups": "1" + ",000" * 250_000,
    "parentheses": "(" * 500_000 + "1" + ")" * 500_000,
    "spaces": " " * 1_000_000,
    "dashes": "-" * 500_000 + "–" * 500_000,
    "pipes": "|" * 1_000_000,
    "backticks": "`" * 1_000_000,
    "controls": "".join(map(chr, range(32))) * 30_000,
    "unicode digits": _unicode_digits() * 50,
    "schemes": "http://" * 140_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_of_anything_is_read_in_seconds(name: str) -> None:
    began = time.process_time()
    check_figures(HOSTILE[name], facts=FACTS)
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    "piece", ["revenue rose 5% to $3 from $2 in 2024, ", "(1 ", "fib 61.8% at $5 ", "营收增长5亿元，", "| 1 "]
)
def test_time_grows_with_the_length_and_no_faster(piece: str) -> None:
    def seconds(size: int) -> float:
        text, fastest = piece * (size // len(piece)), math.inf
        for _ in range(2):  # what else the machine does only ever adds
            began = time.process_time()
            check_figures(text, facts=FACTS)
            fastest = min(fastest, time.process_time() - began)
        return fastest

    seconds(1_000)
    # Up to some thousand characters a sentence is also combined with itself; from there on it is not.
    assert seconds(16_000) < 9 * (seconds(4_000) + 0.01)


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join), st.lists(PIECES, max_size=40).map("".join))
def test_no_document_raises(document: str, text: str) -> None:
    sources = [Source("Table", document), Source("Text", document.replace("|", " "))]
    for figure in check_figures(text + document, facts=FACTS, sources=sources):
        assert (text + document)[figure.start : figure.end] == figure.text


def test_absurd_values_match_nothing_and_raise_nothing() -> None:
    huge = [
        FACTS[0].__class__(
            "huge", "revenue", Decimal("1E+900000"), "money", metric="revenue", period="FY2024"
        )
    ]
    [figure] = check_figures("Revenue of $391 billion in FY2024", facts=huge)
    assert figure.status == "contradicted"


@pytest.mark.parametrize("seed", range(3))
def test_no_mixture_of_sentences_raises(seed: int) -> None:
    chance = random.Random(seed)
    marks = [
        "(",
        ")",
        ",",
        "，",
        "5",
        "%",
        "$",
        "|",
        "\n",
        "-",
        "FY2023",
        "its own",
        "of",
        "from",
        "年",
        "--- | ---\n",
    ]
    for _ in range(120):
        first, second = chance.choice(GOOD + TABLES), chance.choice(GOOD + TABLES)
        text = first[: chance.randrange(len(first))] + second[chance.randrange(len(second)) :]
        for _ in range(chance.randrange(6)):
            place = chance.randrange(len(text) + 1)
            text = text[:place] + chance.choice(marks) + text[place + chance.randrange(3) :]
        for figure in check_figures(text, facts=FACTS):
            assert text[figure.start : figure.end] == figure.text


def test_a_growth_of_what_no_fact_measures_is_unsupported() -> None:
    [figure] = check_figures("a 5% growth dividend", facts=FACTS)
    assert figure.status == "unsupported"
