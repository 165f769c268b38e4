"""Fact sheets and the notes written from them, as the tests of the offline analyst read them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from graph.facts import Fact, FactSheet
from graph.market.embedded import Embedded
from graph.models.note import Turn, write_note
from graph.prompting import Briefing
from graph.report.model import SECTIONS, TITLES
from graph.tools.fundamentals import fundamental_facts
from graph.tools.technicals import technical_facts
from graph.vocabulary import METRICS

DAY = "2024-12-30"
SYMBOLS = ("AAPL", "MSFT", "IBM", "GOOG", "FB")
LANGUAGES = ("en", "zh")

RISING = {
    "close": "252.20", "sma_50": "237.29", "sma_200": "213.02", "vs_sma_50": "6.28", "vs_sma_200": "18.39",
    "adx_14": "42.65", "rsi_14": "60.19", "macd": "5.66", "macd_signal": "4.10", "atr_14": "4.13",
    "atr_pct": "1.64", "return_1m": "6.27", "return_3m": "8.24", "return_6m": "19.74", "return_1y": "30.99",
    "high_52w": "260.10", "low_52w": "164.08", "from_high_52w": "-3.04", "from_low_52w": "53.71",
    "volatility_20d": "16.30", "volatility_1y": "22.59", "drawdown": "-2.63", "max_drawdown_1y": "-15.46",
    "swing_high": "260.10", "swing_low": "164.08", "fib_38.2": "223.42", "fib_50": "212.09",
    "fib_61.8": "200.76", "support": "237.36",
}  # fmt: skip
FALLING = RISING | {
    "close": "150.00", "sma_50": "180.10", "sma_200": "205.40", "vs_sma_50": "-16.71", "vs_sma_200": "-26.97",
    "rsi_14": "35.20", "macd": "-6.10", "macd_signal": "-4.00", "return_1m": "-9.40", "return_3m": "-18.20",
    "return_6m": "-27.50", "return_1y": "-35.10", "from_high_52w": "-42.33", "from_low_52w": "1.20",
    "low_52w": "148.22", "volatility_1y": "41.90", "drawdown": "-40.10", "max_drawdown_1y": "-41.80",
    "support": "148.90", "resistance": "181.30",
}  # fmt: skip
DATED = {
    "swing_high": "2024-12-26",
    "high_52w": "2024-12-26",
    "swing_low": "2024-04-19",
    "low_52w": "2024-04-19",
}


def sheet_of(values: dict[str, str], symbol: str = "XYZ", day: str = DAY, currency: str = "USD") -> FactSheet:
    return FactSheet(
        Fact(
            f"{symbol}.{metric}",
            METRICS[metric].en,
            Decimal(value),
            METRICS[metric].unit,
            entity=symbol,
            metric=metric,
            currency=currency,
            as_of=DATED.get(metric, day),
            source="Yahoo Finance, delayed",
        )
        for metric, value in values.items()
    )


def note(
    sheet: FactSheet,
    intent: str = "outlook",
    language: str = "en",
    symbols: tuple[str, ...] = ("XYZ",),
    history: Sequence[Turn] = (),
    question: str = "What now?",
    notes: tuple[str, ...] = (),
) -> str:
    return write_note(Briefing(question, language, intent, symbols, sheet, notes), history)


def section(text: str, name: str, language: str = "en") -> str:
    titles = dict(zip(SECTIONS, (f"## {TITLES[language][key]}\n" for key in SECTIONS), strict=True))
    body = text.split(titles[name])[1]  # type: ignore[index]
    return body.split("\n\n## ")[0]


def bullets(text: str, name: str = "evidence", language: str = "en") -> list[str]:
    return [line for line in section(text, name, language).splitlines() if line.startswith("- ")]


@cache
def embedded(symbol: str) -> tuple[Fact, ...]:
    async def read() -> list[Fact]:
        market = Embedded()
        identity, bars = await market.identify(symbol), await market.history(symbol)
        reports = await market.annual_reports(symbol)
        return technical_facts(bars, identity) + fundamental_facts(reports, bars, identity)

    return tuple(asyncio.run(read()))


def embedded_sheet(*symbols: str) -> FactSheet:
    return FactSheet(fact for symbol in symbols for fact in embedded(symbol))


def both(day: str = DAY) -> FactSheet:
    return FactSheet([*sheet_of(FALLING, "DOWN", day), *sheet_of(RISING, "UPP")])
