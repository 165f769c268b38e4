"""Sheets are read once and never mixed up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from graph.facts import Fact
from graph.sheets import Sheets


def facts(value: str, label: str = "Revenue") -> list[dict[str, Any]]:
    return [
        Fact("f", label, Decimal(value), "money", entity="AAPL", metric="revenue", currency="USD").to_dict()
    ]


def test_equal_facts_are_one_sheet_and_others_are_not() -> None:
    sheets = Sheets()
    first = sheets.read(facts("100"))
    assert sheets.read(facts("100")) is first
    assert [fact.value for fact in sheets.read(facts("101"))] == [Decimal("101")]
    assert "101" in sheets.read(facts("101")).to_lines()


def test_a_checker_belongs_to_its_facts_and_names() -> None:
    sheets = Sheets()
    english = sheets.checker(facts("100"), {"AAPL": ("Apple",)})
    assert sheets.checker(facts("100"), {"AAPL": ("Apple",)}) is english
    assert sheets.checker(facts("100"), {"AAPL": ("Pear",)}) is not english
    (figure,) = sheets.checker(facts("101"), {"AAPL": ("Apple",)}).check("Apple's revenue was $100.")
    assert figure.status == "contradicted"
    (figure,) = english.check("Apple's revenue was $100.")
    assert figure.status == "supported"


def test_of_very_many_sheets_the_latest_are_kept() -> None:
    sheets = Sheets()
    first = sheets.read(facts("0"))
    for number in range(1, 40):
        sheets.read(facts(str(number)))
    assert sheets.read(facts("0")) is not first


def test_half_a_surrogate_is_read_and_what_is_no_fact_is_refused() -> None:
    sheets = Sheets()
    assert len(sheets.read(facts("1", label="\ud800"))) == 1
    with pytest.raises(ValueError, match="no fact in"):
        sheets.read([{"id": "x"}])
