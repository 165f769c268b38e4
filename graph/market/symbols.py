"""Finds the companies that a question names: by ticker or code, or by name in English and Chinese.

A ticker of the universe counts in capitals, or in lower case unless it is an English word. A name counts
as a whole word in English and anywhere in Chinese. What only looks like a ticker, and a company that is
known beside the universe, is reported with the symbols it may stand for: whether they exist, and which one
is meant, is decided where the data providers are. Pure functions, no look-up outside what is passed in.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from graph.market.companies import SHARED_CODES, Company, prefer
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
    asset assets bank banks beats best boom both bust came case china claim come crash crude doing dollar
    drop drops during early earn earns equal euro every fact facts fair fed field firm force form full game
    give gold great group grow grows guess half hard head help hope house idea japan jobs jump jumps
    large leave light line list local march match mean means metal might miss month name needs night noise
    note oil often other owner paid panic peak peer phone pick place plan point power press pure quiet
    rally reach ready rent reply report right round route sense share since size small solid soft start
    state steel store story table talk team tech tell test thank thing touch track trust truth under until
    upper using valid voice wait waits wall wants waste water were while whole wide wise world worry write
    yours asian bears bulls buyer europe india lend loans mine money ours rich safer say says sold spend
    tariff them tree trip user war wars went woman man men
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
    re.compile(r"高通(?=胀)|三星(?=期|级)"),
)
# Names of companies that are words in small letters.
_WORDY = frozenset(("intel", "oracle", "ether", "citi", "meta", "sap", "micron", "visa inc"))
# In a question in capitals, an unknown word is a ticker only where one is due.
_BEFORE_TICKER = frozenset(
    re.findall(
        r"\S+",
        """
    BUY SELL HOLD SHORT OWN TRADE ADD ABOUT OF FOR ON IN TO INTO WITH THAN LIKE VS VERSUS AND OR IS ARE
    COMPARE ANALYSE ANALYZE TICKER SYMBOL
        """,
    )
)
_AFTER_TICKER = frozenset(("STOCK", "SHARES", "SHARE", "VS", "VERSUS"))

_EXCHANGES = "HK|SS|SZ|BJ|TWO?|KS|KQ|T|L|TO|V|DE|F|PA|AS|BR|LS|MI|MC|SW|ST|OL|HE|CO|VI|AX|NS|BO|SI|SA|MX"
_TICKER = re.compile(
    r"(?<![A-Za-z0-9$&^])(?<![A-Za-z0-9]\.)"
    r"(?P<ticker>"
    r"\$[A-Za-z]{1,5}(?:\.[A-Za-z]{1,2})?"
    rf"|[A-Z0-9]{{1,6}}\.(?:{_EXCHANGES})"
    r"|[0-9]{3,6}\.(?:hk|ss|sh|sz|bj|tw|HK|SH)"
    r"|(?:SH|SZ|BJ|sh|sz|bj)[0-9]{6}"
    r"|(?:HK|hk):?[0-9]{4,5}"
    r"|[A-Z]{2,5}[.-][A-C]"
    r"|[A-Z0-9]{2,6}-(?:USDT?|EUR|GBP|JPY|CNY)"
    r"|\^[A-Z0-9]{2,6}"
    r"|[A-Za-z]{1,5}"
    r")"
    r"(?![A-Za-z0-9&]|\.[A-Za-z0-9])"
)


# Six digits as the exchanges of mainland China give them, where they are no amount, date or count.
_CODE = re.compile(
    r"(?<![0-9A-Za-z.,$¥￥€£#%/-])(?P<code>(?:60[0135]|68[89]|00[0-3]|30[01])[0-9]{3})"
    r"(?![0-9A-Za-z%％/-]|[.,][0-9A-Za-z]"
    r"|\s*(?:shares?\b|units?\b|dollars?\b|yuan\b|usd\b|元|股(?!票)|美元|万|亿|手|块|人|份))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Mention:
    """A place where a text names something to analyse: as it is written, and the symbols it may stand for."""

    text: str
    symbols: tuple[str, ...]
    known: bool


@dataclass(frozen=True)
class SymbolMatch:
    """What a text names, in order of mention and each once."""

    mentions: tuple[Mention, ...] = ()

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols of the universe."""
        return tuple(mention.symbols[0] for mention in self.mentions if mention.known)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The first symbol of each mention that is beside the universe."""
        return tuple(mention.symbols[0] for mention in self.mentions if not mention.known)


def find_symbols(text: str, universe: Iterable[Identity], directory: Iterable[Company] = ()) -> SymbolMatch:
    """Find the symbols that a text names: of a universe, of companies beside it, and what looks like one."""
    identities = list(universe)
    written = text
    for everyday in _EVERYDAY:
        text = everyday.sub(lambda found: " " * len(found.group()), text)
    found: list[tuple[int, Mention]] = []
    for start, end, symbols, known in _names(text, identities, directory):
        found.append((start, Mention(written[start:end], symbols, known)))
        text = text[:start] + " " * (end - start) + text[end:]
    by_symbol = {identity.symbol.upper(): identity.symbol for identity in identities}
    listed = {symbol for company in directory for symbol in company.symbols}
    for code in _CODE.finditer(text):
        mention = _of_code(code["code"], by_symbol)
        found.append((code.start(), mention))
        text = text[: code.start()] + " " * len(code["code"]) + text[code.end("code") :]
    shouted = _is_shouted(text)
    for place in _TICKER.finditer(text):
        ticker = place.group("ticker")
        symbol = _symbol(ticker, by_symbol)
        if symbol is not None and _counts(ticker, shouted):
            found.append((place.start(), Mention(ticker, (symbol,), known=True)))
        elif symbol is None and _looks_like_ticker(ticker, shouted, _due(text, place), listed):
            found.append((place.start(), Mention(ticker, (normal_symbol(ticker),), known=False)))
    unique: dict[tuple[str, ...], Mention] = {}
    for _, mention in sorted(found, key=lambda item: item[0]):
        unique.setdefault(prefer(mention.symbols, text), mention)
    # "Alibaba (BABA)" names one listing: the ticker says which.
    single = {symbols[0] for symbols in unique if len(symbols) == 1}
    return SymbolMatch(
        tuple(
            Mention(mention.text, symbols, mention.known)
            for symbols, mention in unique.items()
            if len(symbols) == 1 or single.isdisjoint(symbols)
        )
    )


def normal_symbol(written: str) -> str:
    """Write a ticker as data providers do: `0700.HK` for `HK:00700`, `600519.SS` for `SH600519`."""
    plain = written.lstrip("$").upper()
    if found := re.fullmatch(r"(SH|SZ|BJ)([0-9]{6})", plain):
        plain = f"{found[2]}.{found[1]}"
    if found := re.fullmatch(r"HK:?([0-9]{4,5})", plain):
        plain = f"{found[1]}.HK"
    if found := re.fullmatch(r"0*([0-9]{1,5})\.HK", plain):
        return f"{int(found[1]):04d}.HK"
    return re.sub(r"\.SH$", ".SS", plain)


def _of_code(code: str, known: dict[str, str]) -> Mention:
    """Give the listing that a mainland code stands for: Shanghai from 6 on, Shenzhen below."""
    shared = SHARED_CODES.get(code, (f"{code}.{'SS' if code.startswith('6') else 'SZ'}",))
    return Mention(code, shared, known=shared[0] in known)


def _names(
    text: str, identities: Iterable[Identity], directory: Iterable[Company]
) -> Iterator[tuple[int, int, tuple[str, ...], bool]]:
    """Give where names stand: start, end, symbols and whether the universe has them; longer names first."""
    lowered = text.lower()
    taken: set[int] = set()
    for name, (symbols, known) in _by_length(tuple(identities), tuple(directory)):
        if name not in lowered:
            continue
        pattern = re.escape(name)
        if name.isascii():
            pattern = rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])"
        for found in re.finditer(pattern, text, re.IGNORECASE):
            span = range(found.start(), found.end())
            if (not known and name in _WORDY and found.group().islower()) or not taken.isdisjoint(span):
                continue
            taken.update(span)
            yield found.start(), found.end(), symbols, known


@lru_cache(maxsize=4)
def _by_length(
    identities: tuple[Identity, ...], directory: tuple[Company, ...]
) -> list[tuple[str, tuple[tuple[str, ...], bool]]]:
    """List the names in small letters with what they stand for; the same for every question, mostly."""
    names: dict[str, tuple[tuple[str, ...], bool]] = {}
    for identity in identities:
        for name in (identity.name, identity.name_zh, *identity.aliases):
            if name and name.upper() != identity.symbol.upper():
                before = names.get(name.lower(), ((), True))[0]
                names[name.lower()] = (tuple(dict.fromkeys((*before, identity.symbol))), True)
    for company in directory:
        for name in company.names:
            names.setdefault(name.lower(), (company.symbols, False))
    return sorted(names.items(), key=lambda item: -len(item[0]))


def _symbol(written: str, known: dict[str, str]) -> str | None:
    """Find a written ticker in the universe, with either sign before a share class."""
    plain = normal_symbol(written)
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


def _looks_like_ticker(written: str, shouted: bool, due: bool, listed: Container[str]) -> bool:
    """Say whether something outside the universe is written as a ticker; in a shout, where one is due."""
    if not written.isalpha():
        return True
    if not written.isupper() or len(written) < 2:
        return False
    if written.lower() in _PLAIN or written.lower() in _TERMS:
        return False
    return not shouted or due or written in listed


def _due(text: str, place: re.Match[str]) -> bool:
    """Say whether the words around a place are such that a ticker stands between them."""
    before = re.findall(r"[A-Z]+", text[: place.start()])[-1:]
    after = re.findall(r"[A-Z]+", text[place.end() :])[:1]
    return bool(_BEFORE_TICKER.intersection(before) or _AFTER_TICKER.intersection(after))


def _is_shouted(text: str) -> bool:
    """Say whether English words are written in capitals, so that capitals tell nothing."""
    if any(letter.islower() for letter in text):
        return False
    return sum(word.lower() in _PLAIN for word in re.findall(r"[A-Z]+", text)) > 1
