"""Finds the companies that a question names: by ticker, or by name in English and Chinese.

A ticker of the universe counts in capitals, or in lower case unless it is an English word. A name counts
as a whole word in English and anywhere in Chinese. What only looks like a ticker is reported as unknown,
so that an answer can say so instead of passing over it. Pure functions, no look-up outside the universe.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graph.market.types import Identity

# Words that are no ticker even in capitals: plain English, and the language of finance.
_PLAIN = frozenset(
    re.findall(
        r"\S+",
        """
    a about above add after again ahead all alpha also always am an and any are as at back bad basis be
    bear been below best beta better big bond bonds both bull but buy by call can cap cash chart close
    cost could cut daily day days deal debt did do does down each else end entry even ever every ex exit
    fall far fast few find first flat flow for free from fund funds gain get give go goes going good got
    growth had has have he hedge her here high him his hit hold how i if in index into is it its job
    just keep key know last late less let level life like long look loss lot love low lower made make
    many max may me mid might min model money month more most move much must my near need net never new
    news next no non none not now of off ok okay old on once one only open or order our out over own
    part past pay peers per play please plus post price profit pull push put quick rate rates ratio re
    real right rise risk run safe sales same say score see sell shall share she short should show so
    some soon split stake stay still stock stocks stop such sure swing take tax tell than that the them
    then there these they think this time to today too top total trade trend two under up us use value
    very via view want was watch way we weak week weekly well were what when where which while who why
    will with word work worst worth would wrong year years yes yet yield you your
        """,
    )
)
_TERMS = frozenset(
    re.findall(
        r"\S+",
        """
    adr adx ai amex api apr apy ar arpu asap atr aud aug aum avg aws bbands bdc beat boe boj boll
    bps brics btw bvps cad cagr capex capm cci cdo ceo cfo chf clo cnh cny co coo corp covid cpi cpu
    csv cto dau dcf dec diff dji djia dma doj dram ebit ecb em ema eod eps er esg est etc etf eu eur
    ev faq fcf fda feb fed ffr fib fifo fomc ftc fwd fx fy fyi gaap gbp gdp gmt gmv gpu hf hk hkd
    hkex hr ifrs imf imo inc inr ios iot ipo irr irs jan jpy json jul jun kdj krw led libor llc llm
    lp ltd ltm ma mac macd macro mar mau mbs ml mm mom mtd nand nasa nav nb nfp ni nim nov ntm nyse
    obv oct oled opec opex otc pb pboc pc pce pcf pdf pe peg ph plc pmi ppi pr ps psy qa qe qoq qt
    qtd rd reit rmb roa roc roe roi roic rsi saas sar sec sep sgd sku sma sofr spac sql std sti tam
    tips tl tldr tp ttm tv ui uk url usa usb usd usdt utc ux vix vol vr vs vwap wacc wma wr wsj yoy
    ytd
        """,
    )
)

# Everyday uses of words that are also a company's name; they are taken out of the text before it is read.
_EVERYDAY = (
    re.compile(
        r"(?i:\b(?:an|eat(?:ing|s)?|per|every|each|rotten|green|red)\s)apple\b"
        r"(?!\s+(?:stock|share|supplier|product|analyst|investor|call|put|price|chart|report|position))"
    ),
    re.compile(r"(?i:\bapple\s+(?:pie|juice|tree|cider|sauce|orchard|crumble)s?\b)"),
    re.compile(
        r"\bmeta(?:-\w+|\s+(?:data|analys[ie]s|analytic\w*|level|question|prompt|description|tag)s?\b)"
    ),
    re.compile(r"(?i:\bthe\s+)alphabet\b|(?i:\balphabet\s+(?:soup|letters?)\b)"),
    re.compile(r"苹果(?=汁|树|派|园|醋|酱)"),
)

_EXCHANGES = "HK|SS|SZ|BJ|TWO?|KS|KQ|T|L|TO|V|DE|F|PA|AS|BR|LS|MI|MC|SW|ST|OL|HE|CO|VI|AX|NS|BO|SI|SA|MX"
_TICKER = re.compile(
    r"(?<![A-Za-z0-9$&^])(?<![A-Za-z0-9]\.)"
    r"(?P<ticker>"
    r"\$[A-Za-z]{1,5}(?:\.[A-Za-z]{1,2})?"
    rf"|[A-Z0-9]{{1,6}}\.(?:{_EXCHANGES})"
    r"|[0-9]{4,6}\.(?:hk|ss|sz|bj|tw)"
    r"|[A-Z]{2,5}[.-][A-C]"
    r"|[A-Z0-9]{2,6}-(?:USDT?|EUR|GBP|JPY|CNY)"
    r"|\^[A-Z0-9]{2,6}"
    r"|[A-Za-z]{1,5}"
    r")"
    r"(?![A-Za-z0-9&]|\.[A-Za-z0-9])"
)


@dataclass(frozen=True)
class SymbolMatch:
    """What a text names, in order of mention and each once: symbols of the universe, and unknown tickers."""

    symbols: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def find_symbols(text: str, universe: Iterable[Identity]) -> SymbolMatch:
    """Find the symbols that a text names, among a universe and beside it."""
    identities = list(universe)
    for everyday in _EVERYDAY:
        text = everyday.sub(lambda found: " " * len(found.group()), text)
    mentions: list[tuple[int, str]] = []
    for start, end, named in _names(text, identities):
        mentions.append((start, named))
        text = text[:start] + " " * (end - start) + text[end:]
    known = {identity.symbol.upper(): identity.symbol for identity in identities}
    shouted = _is_shouted(text)
    unknown: list[str] = []
    for found in _TICKER.finditer(text):
        written = found.group("ticker")
        symbol = _symbol(written, known)
        if symbol is not None and _counts(written, shouted):
            mentions.append((found.start(), symbol))
        elif symbol is None and _looks_like_ticker(written, shouted):
            unknown.append(written.lstrip("$").upper())
    return SymbolMatch(
        symbols=tuple(dict.fromkeys(symbol for _, symbol in sorted(mentions))),
        unknown=tuple(dict.fromkeys(unknown)),
    )


def _names(text: str, identities: Iterable[Identity]) -> Iterator[tuple[int, int, str]]:
    """Give where names stand: start, end and symbol; the longer name first where one holds another."""
    names = {
        name: identity.symbol
        for identity in identities
        for name in (identity.name, identity.name_zh, *identity.aliases)
        if name and name.upper() != identity.symbol.upper()
    }
    taken: set[int] = set()
    for name, symbol in sorted(names.items(), key=lambda item: -len(item[0])):
        pattern = re.escape(name)
        if name.isascii():
            pattern = rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])"
        for found in re.finditer(pattern, text, re.IGNORECASE):
            span = range(found.start(), found.end())
            if taken.isdisjoint(span):
                taken.update(span)
                yield found.start(), found.end(), symbol


def _symbol(written: str, known: dict[str, str]) -> str | None:
    """Find a written ticker in the universe, with either sign before a share class."""
    plain = written.lstrip("$").upper()
    return known.get(plain) or known.get(plain.replace(".", "-")) or known.get(plain.replace("-", "."))


def _counts(written: str, shouted: bool) -> bool:
    """Say whether a ticker of the universe is meant: not where it reads as a word.

    A word in capitals amid small letters is meant as a ticker; a term such as AI, or one letter, is not.
    """
    if not written.isalpha():
        return True
    if len(written) == 1 or written.lower() in _TERMS:
        return False
    return written.lower() not in _PLAIN or (written.isupper() and not shouted)


def _looks_like_ticker(written: str, shouted: bool) -> bool:
    """Say whether something outside the universe is written as a ticker; bare capitals not in a shout."""
    if not written.isalpha():
        return True
    if shouted or not written.isupper() or len(written) < 2:
        return False
    return written.lower() not in _PLAIN and written.lower() not in _TERMS


def _is_shouted(text: str) -> bool:
    """Say whether English words are written in capitals, so that capitals tell nothing."""
    if any(letter.islower() for letter in text):
        return False
    return sum(word.lower() in _PLAIN for word in re.findall(r"[A-Z]+", text)) > 1
