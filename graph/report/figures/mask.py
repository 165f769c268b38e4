"""What is no claim: code, links, names with numbers in them, list marks; and the periods, kept aside."""

from __future__ import annotations

import re
from dataclasses import dataclass

from graph.report.figures.periods import Period, digit_starts, find_periods, is_led

HOLE = "\x00"


@dataclass(frozen=True)
class Named:
    """A period at its place in the text."""

    start: int
    end: int
    period: Period


_INDEXES = (
    r"s&p(?: mid| small| large)?(?:cap)?|s&p/asx|s&p/tsx|nasdaq|nasdaq-|nasdaq composite|dow|dow jones"
    r"|russell|ftse|nikkei|csi|stoxx"
    r"|euro stoxx|cac|dax|kospi|fortune|forbes"
    r"|标普|纳斯达克|纳指|沪深|中证|上证|科创|创业板|恒生|日经|深证|财富|world's"
)
_PAPERS = (
    r"form|note|notes|item|section|rule|page|pages|table|figure|exhibit|article|chapter|part|step|asc"
    r"|asu|ifrs|ias|fas|sfas|topic|no\.|paragraph"
    r"|schedule|appendix|footnote|tier|phase|level|stage|type|series|option|scenario|iphone|ipad"
    r"|windows|galaxy|model|falcon|boeing|airbus|gpt|chapter"
    r"|question|point|reason|risk|layer|version|class|category|grade|block|lot|gate|terminal|pier|dock|berth"
    r"|(?<!per )unit"
    r"|building|suite|floor|room|exit|directive|regulation|lane|bay"
    r"|highway|interstate|route|flight|channel|docket|proposal|amendment|annex|vol\.|slide"
    r"|priority|pillar|cohort|study|protocol|scope|euro|basel|web|industry|cik|cusip|ein|lei|isin|circular"
)
_STUDIES = (
    r"rsi|atr|adx|sma|ema|wma|ma|dma|cci|mfi|roc|macd|kdj|boll|kd|obv|bollinger bands?|bollinger|bands?"
    r"|stochastic|stoch|随机指标|布林带|均线|指标"
)
_SPANS = r"day|week|month|year|quarter|hour|minute|session|period|bar|dma|wk|yr|mo|d|w|m|y"

_MASKS = [
    re.compile(pattern)
    for pattern in (
        r"```[\s\S]*?(?:```|\Z)",
        r"`[^`\n]{1,300}`",
        r"https?://[^\s)\]>]+",
        r"www\.[^\s)\]>]+",
        r"\]\([^)\s]{1,400}\)",
        r"\[\^?[a-z]{0,6}[:# -]?\d{1,3}(?:\s?[,-]\s?[a-z]{0,3}\d{1,3}){0,12}\]",
        r"\[[a-z][a-z\d_.:/#-]{0,80}\]",
        r"【[^】\n]{1,40}】",
    )
]
_NAMES = [
    (compiled := re.compile(pattern), is_led(compiled))
    for pattern in (
        r"(?<![a-z])(?:" + _INDEXES + r")[ -]?\d{2,4}(?![\d%]|[.,]\d)",
        r"(?<![a-z\d_.,$])(?:10-[kq]|8-k|6-k|20-f|40-f|13[dfg]|s-[1348]|401\s?\(?k\)?|4(?:03|57)\s?\(?b\)?"
        r"|501\(c\))(?:/a)?(?![a-z])",
        r"(?<![a-z])(?:"
        + _PAPERS
        + r")s?[ -]{1,2}\d{1,4}(?:[.-]\d{1,6}){0,3}(?:\([a-z\d]\)|[a-z](?![a-z]))?(?![\d%x])"
        r"(?!\s?(?:%|percent|million|billion|bn|mn|times))(?![.,]\d)",
        # What a list of such numbers goes on with.
        r"(?<=\x00)(?:,? (?:and|to|through|or) |[–,] ?)\d{1,4}\.\d{1,6}(?![\d%])"
        r"(?!\s?(?:%|percent|million|billion))",
        r"(?<![a-z])(?:"
        + _STUDIES
        + r")\s?[-(]\s?\d{1,3}(?:\.\d)?(?:\s?[,/，]\s?\d{1,3}(?:\.\d)?){0,4}\s?(?:日|天|day|d)?\s?\)",
        r"(?<![a-z])(?:" + _STUDIES + r")[-]?\d{1,3}(?![\d%]|[.,]\d)",
        r"(?<![a-z])(?:" + _STUDIES + r")\s\d{1,3}(?=\s{0,2}(?:is|at|of|=|:|\(|为|处于|stands)[\s\d:=])",
        r"(?<![\d.,$€£¥])\d{1,4}(?:\s?(?:/|,|,? and|-?,? ?-?and|-? ?or)\s?\d{1,4}){0,3}-(?:and-)?(?:"
        + _SPANS
        + r")s?(?![a-z])",
        r"(?<![\d.,$€£¥])\d{1,3}(?:\s(?:and|or)\s\d{1,3})?[- ](?:day|week|month)s?(?=\s(?:high|low"
        r"|moving|sma|ema|average|simple|exponential|ma|range|return|volatility|annuali[sz]ed|vwap|rsi"
        r"|atr|line))",
        r"(?<![\d.,$€£¥])\d{1,3}-(?=(?:,| and| or|/))",
        r"(?<![\d.,$€£¥-])\d{1,3}-(?!percent|point|basis|bps|fold|million|billion|trillion|thousand|to-|for-\d)[a-z]{3,}",
        r"(?<![\d.,$€£¥])\d{1,2}[a-z]\d{0,2}-\d{1,2}(?!\d)",
        r"(?<![\d.,])\d{1,3}(?:dma|ma|ema|sma|wk|w|d|yr)(?![a-z])",
        r"(?<![\d.,])\d{1,3}\s?(?:个交易日|交易日|日|周|天|个月|年|季|小时|分钟)(?=期?(?:[(（]|简单|均|线|移动|指数|加权|最高|最低|高|低"
        r"|新高|新低|平均|年化|区间|波动|回报|收益|涨|跌|国债|rsi|atr|sma|ema|ma))",
        r"(?m)^[ \t]{0,12}(?:[-+•]\s)?[ \t]{0,4}\(?\d{1,3}[.)、](?!\d)",
        r"(?<=[a-z\u4e00-\u9fff,])\s?\(\d{1,2}\)(?![%a-z\d_])",
        r"(?<![a-z\d_.])\d{4,6}\.(?:hk|sh|sz|ss|ks|kq|tw|two|t|l|ns|bo|si|ax|to|de|pa|jk|bk|kl)(?![a-z])",
        r"(?<![a-z])(?:top|前)[ -]?\d{1,3}(?![\d.,%]\d?)(?!\s?(?:million|billion|percent|pct|bn|mn"
        r"|x(?![a-z])|[万亿%]))",
        r"(?<![\d.])\+?\d{1,4}[- .]\(?\d{2,4}\)?[- .]\d{3,4}[- .]\d{3,4}(?!\d)",
        r"(?<![\d.])\(?\d{3}\)?[- ]\d{3}-\d{4}(?!\d)",
        r"(?<![\d.-])\d{10}-\d{2}-\d{6}(?!\d)",
        r"(?<![\d:.])\d{1,2}:\d{2}(?::\d{2})?(?!\d)(?:\s?[ap]\.?m\.?)?",
        r"(?<![\d.$])\d{1,2}\s?[ap]\.m\.",
        r"(?<![\d.])\d{1,3}(?:-for-\d{1,3}|\s?:\s?\d{1,3}(?=\s(?:stock )?split))",
        r"(?<![a-z\d_.])v?\d{1,3}\.\d{1,3}\.\d{1,4}(?:\.\d{1,4})?(?![a-z\d_.])",
        r"(?<![a-z\d_.])(?:24/7|50/50|80/20|60/40)(?![a-z\d_/])",
        # Day counts of interest, and boxes of letters.
        r"(?<![a-z\d_.$€£¥])(?:30e?|actual|act)/(?:36[0456]|actual|act)(?![a-z\d_/%])",
        r"(?<![a-z])(?:p\.?\s?o\.?|post office|postal|mail)\s?box\s\d{1,6}(?![\d%]|[.,]\d)",
        r"第\s?\d{1,3}\s?[章节条页名位步点项个]",
        r"#\d{1,6}(?!\d)",
        # Model numbers, dockets and file numbers: digits joined by hyphens to digits or letters.
        r"(?<![\d.,$€£¥%-])\d{2,4}-\d{3,6}(?![\d.,%-]|\s?(?:%|percent|million|billion|thousand|bps|basis|bn|mn))",
        r"(?<![a-z\d$€£¥])(?:no\.?|nos\.)\s?\d{1,6}(?:-\d{1,6}){1,2}(?!\d)",
        r"(?<![a-z\d-])(?!us-|hk-|fy-|sub-|mid-|pre-|over-|under-)[a-z]{1,4}-\d{1,5}(?:-\d{1,4})?(?![\d%]|[.,]\d|\s?(?:million|billion|percent))",
        r"(?:电话|总机|客服|热线|传真|邮编|邮政编码|(?<![a-z])(?:tel|phone|fax|hotline|extension|ext|zip|postcode)(?![a-z]))"
        r"[^\d\n]{0,12}\d[\d() -]{1,20}",
        r"(?<![a-z])[a-z]{2}\s\d{5}(?:-\d{4})?(?![\d.,%]|\s?(?:million|billion|thousand|shares))(?=[\s).;]|$)",
        r"(?<![\d.,$€£¥])0\d{5,12}(?![\d.,%])",
        r"(?<![\d.,])\d{1,2}(?::\d\d)?-[a-z]{1,3}-\d{2,6}(?!\d)",
        # Numbers of patents, cases, permits, reports, listed and grouped as they like.
        r"(?<![a-z])(?:nos?\.|(?:patent|serial|registration|permit|licen[cs]e|case|docket|file|report|contract|order"
        r"|reference|account|invoice)s? (?:nos?\.?|numbers?):?)\s?"
        r"[\d\x00][\d\x00,./-]*(?:(?:,? and|,? or|,| &)\s\d[\d,./-]*)*"
        r"(?<![,./-])(?!\s?(?:%|percent|million|billion|thousand))",
        r"(?<![a-z\d-])[a-z]{1,4}\d{1,4}-\d{3,5}[a-z]{0,2}(?![a-z\d%])",
        r"(?<![\d.,])\d{1,4}\s(?:f\.\s?(?:\d?d|supp\.?)|u\.s\.|s\.\s?ct\.|cal\."
        r"\s?\d?[a-z]*)\s(?:\dd\s)?\d{1,5}(?!\d)",
        # Stock codes, and what is measured in units of nature.
        r"(?<![a-z])(?:symbols?|tickers?|stock codes?)(?: is| of|:)?\s"
        r"\d{3,6}(?:[a-z ]{1,20}(?:and|or) \d{3,6})?(?![\d.,%])",
        r"(?:代码|编号|文号)\s?[为是:]?\s?\d{3,8}(?!\d)",
        r"(?<![\d.,$€£¥])\d{1,4}(?:\.\d{1,2})?\s?(?:[gmk]?hz|[gtm]bp?s?|nm|°[cf]|mah|rpm)(?![a-z])",
        r"(?<![a-z\d.,$€£¥])(?<![$€£¥]\s)3m(?=[’']s|\s[a-z])(?!\s(?:shares|units|people|users|customers|tons|barrels))",
        # A house, a road, a document: 1001号3栋12楼, 国道318, 〔2022〕2578号.
        r"(?:[〔(\[]\d{4}[〕)\]]\s?)?\d{1,6}\s?(?:[号栋楼层室座](?![码称])|会议室|教室)",
        r"每\s?\d{1,3}\s?股",
        r"(?:国道|省道|麒麟|骁龙|天玑|酷睿|锐龙)\s?\d{1,5}",
        r"(?<=\x00)/\d{1,4}(?![\d.,%])",
        # A lead to a law, and codes that a caller gives.
        r"(?<![\d.,$€£¥])1031(?= (?:exchanges?|like-kind))",
        r"(?<![a-z])(?:passcode|pass code|access code|conference id|confirmation code|pin)(?: is|:)?"
        r" \d[\d\x00 ]{2,14}[\d\x00]",
        r"(?<![\d.,$€£¥])\d{1,3}\+[ -]days?(?![a-z])",
        # Versions of what is made of software or chips.
        r"(?<![a-z])(?:python|java|node\.?js|php|ruby|golang|linux|ubuntu|android|ios|ipados|macos|windows|wi-?fi|bluetooth"
        r"|usb|hdmi|pcie|ddr|snapdragon|exynos|dimensity|ryzen|llama|gemini|claude|deepseek|gen)"
        r" \d{1,2}(?:\.\d{1,2}){0,2}(?![\d.,%]\d|%| ?(?:percent|million|billion))",
        r"(?<![\d.,$€£¥])\d{4,6}-[a-z](?![a-z\d])",
        r"(?<=\x00)-[a-z]{1,3}-\d{2,6}(?!\d)",
        r"(?<![a-z])nos? \d{1,5}/\d{2,4}(?![\d%])",
        r"(?<![\d.,$€£¥])\d{1,2}k(?:(?:,|/| and| or) ?\d{1,2}k)?(?= (?:ultra|uhd|hdr|displays?|tvs?"
        r"|televisions?|videos?|resolution|monitors?|screens?|streaming|content|cameras?)(?![a-z]))",
        r"(?<=\x00)-0\d{1,6}(?![\d.,%])",
    )
]
_MARKUP = re.compile(r"[`\[【]|://|www\.")
_DIGIT = re.compile(r"\d")
# An identifier mixes letters and digits; amounts such as 391bn or usd391 keep to known letters.
_IDENTIFIER = re.compile(r"[a-z\d_]{2,}")
_AMOUNT = re.compile(
    r"(?:us|usd|rmb|cny|hkd|eur|gbp|jpy|cad|aud|chf|sgd|hk|nt|krw|inr)?\d+"
    r"(?:k|m|b|t|mm|mn|bn|tn|x|pp|ppt|ppts|pct|bp|bps|usd|rmb|cny|hkd|eur|gbp|jpy|pts|thousand|million"
    r"|billion|trillion"
    r"|percent|times|shares|cents|days|d|h|years|months|weeks|mmm)?"
)
_LETTER_DIGIT = re.compile(r"(?:[a-z_]\d|\d[a-z_])")


# A model such as 747-8; a range goes up.
_PAIR = re.compile(
    r"(?<![\d.,$€£¥%-])(?<![$€£¥]\s)(\d{3})-(\d{1,2})(?!\d|[.,]\d|[%-]|\s?(?:%|percent|million|billion|thousand|bps|basis|bn|mn))"
)


def _is_model(match: re.Match[str]) -> bool:
    return int(match[2]) < int(match[1])


# The year in which a loan falls due belongs to its name.
_DUE = re.compile(r"(?<![a-z])(?:due|maturing|matures?|maturity)(?: in)? $")
# Of what is paid, it is the time.
_OWED = re.compile(
    r"(?<![a-z])(?:payments?|amounts?|maturities|instal+ments?|rents?|rentals?|obligations|commitments|principal"
    r"|fall(?:s|ing)?|com(?:e|es|ing)|be) due(?: in)? $"
)
_DUE_YEAR = re.compile(
    r"(?<![a-z])(?:due|maturing|matures?|maturity)(?: in)?(?: fiscal(?: year)?)? ((?:19|20)\d\d)(?!\d|[.,]\d)"
)


def _identifiers(low: str) -> list[tuple[int, int]]:
    """Find words that hold a digit beside a letter and are no amount."""
    spans = []
    for match in _IDENTIFIER.finditer(low):
        word = match[0]
        if word.isdigit() or word.isalpha() or not _LETTER_DIGIT.search(word):
            continue
        if len(word) > 40 or not _AMOUNT.fullmatch(word):
            spans.append(match.span())
    return spans


def mask(low: str) -> tuple[str, list[Named]]:
    """Blank out what is no claim in lower-case text, and give the periods that were named."""
    text = low
    if _MARKUP.search(low):
        for pattern in _MASKS:
            text = _cut(text, [match.span() for match in pattern.finditer(text)])
    text = text.replace("`", " ")
    named = [
        Named(start, end, period)
        for start, end, period in find_periods(text)
        if not _DUE.search(text, max(0, start - 16), start) or _OWED.search(text, max(0, start - 28), start)
    ]
    if _DIGIT.search(text) is None:
        return text, sorted(named, key=lambda item: item.start)
    text = _cut(text, [match.span(1) for match in _DUE_YEAR.finditer(text)])
    # A figure may follow a Chinese period without a space, as in 上年969.9亿.
    ends = [(item.end - 1, item.end) for item in named if not text[item.end - 1].isascii()]
    text = _cut(_cut(text, [(item.start, item.end) for item in named]), ends, " ")
    starts = digit_starts(text)
    for pattern, led in _NAMES:
        holes = (
            [match.span() for start in starts if (match := pattern.match(text, start)) is not None]
            if led
            else [match.span() for match in pattern.finditer(text)]
        )
        if holes:
            text = _cut(text, holes)
    text = _cut(text, [match.span() for match in _PAIR.finditer(text) if _is_model(match)])
    return _cut(text, _identifiers(text)), sorted(named, key=lambda item: item.start)


def _cut(text: str, holes: list[tuple[int, int]], filler: str = HOLE) -> str:
    """Overwrite the spans with holes, keeping every offset."""
    if not holes:
        return text
    parts: list[str] = []
    position = 0
    for start, end in sorted(holes):
        if end <= position:
            continue
        start = max(start, position)
        parts += (text[position:start], filler * (end - start))
        position = end
    parts.append(text[position:])
    return "".join(parts)
