"""What is no claim: code, links, names with numbers in them, list marks; and the periods, kept aside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from graph.report.figures.codes import CODES
from graph.report.figures.digits import (
    HOLE,
    Digits,
    cut,
    is_led,
    is_whole,
    lead_of,
    led_by,
    places_of,
    wholes,
)
from graph.report.figures.identifiers import identifiers
from graph.report.figures.period import Period
from graph.report.figures.periods import find_periods


@dataclass(frozen=True)
class _Name:
    """A pattern of a name with digits in it, and what a text must hold for it to be worth trying.

    `leads` are the words that may stand last before its digits, `needs` pieces of which the text must hold
    one, `before` and `behind` characters of which one stands beside digits, `longest` the least length of
    the longest run of digits. What is `opened` begins at its digits or at one of these characters before
    them; None says that it may begin anywhere, or with one of what it `begins` with.
    """

    pattern: str
    leads: str = ""
    needs: tuple[str, ...] = ()
    before: str = ""
    behind: str = ""
    longest: int = 0
    opened: str | None = None
    begins: str = ""


@dataclass(frozen=True)
class Named:
    """A period at its place in the text."""

    start: int
    end: int
    period: Period


_PHONES = "tel phone fax hotline ext zip postcode 电话 总机 客服 热线 传真 邮编 邮政编码"
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
_PAPER_LEADS = " ".join(f"{word} {word}s" for word in re.sub(r"\(.*?\)|\\\.", "", _PAPERS).split("|"))
_STUDY_LEADS = (
    "rsi atr adx sma ema wma ma dma cci mfi roc macd kdj boll kd obv band bands bollinger stochastic stoch"
    " 标 带 线"
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
_study = partial(
    _Name,
    leads=_STUDY_LEADS,
    begins="rsi atr adx sma ema wma ma dma cci mfi roc macd kd boll obv band stoch 随机指标 布林带 均线 指标",
)
_NAMES = (
    *(_Name(pattern, needs=needs) for pattern, needs in CODES),
    _Name(
        r"(?<![a-z])(?:" + _INDEXES + r")[ -]?\d{2,4}(?![\d%]|[.,]\d)",
        leads="p pcap cap midcap smallcap largecap mid small large asx tsx nasdaq composite dow jones russell"
        " ftse nikkei csi stoxx cac dax kospi fortune forbes s 普 克 指 深 证 创 板 生 经 富",
    ),
    _Name(r"(?<![a-z\d_.,$])s-[1348](?:/a)?(?![a-z])", leads="s"),
    _Name(
        r"(?<![a-z\d_.,$])(?:10-[kq]|8-k|6-k|20-f|40-f|13[dfg]|401\s?\(?k\)?|4(?:03|57)\s?\(?b\)?"
        r"|501\(c\))(?:/a)?(?![a-z])",
        opened="",
        needs=("-k", "-q", "-f", "13", "401", "403", "457", "501"),
    ),
    _Name(
        r"(?<![a-z])(?:"
        + _PAPERS
        + r")s?[ -]{1,2}\d{1,4}(?:[.-]\d{1,6}){0,3}(?:\([a-z\d]\)|[a-z](?![a-z]))?(?![\d%x])"
        r"(?!\s?(?:%|percent|million|billion|bn|mn|times))(?![.,]\d)",
        leads=_PAPER_LEADS,
    ),
    # What a list of such numbers goes on with.
    _Name(
        r"(?<=\x00)(?:,? (?:and|to|through|or) |[–,] ?)\d{1,4}\.\d{1,6}(?![\d%])"
        r"(?!\s?(?:%|percent|million|billion))",
        needs=("\x00",),
    ),
    _study(
        r"(?<![a-z])(?:"
        + _STUDIES
        + r")\s?[-(]\s?\d{1,3}(?:\.\d)?(?:\s?[,/，]\s?\d{1,3}(?:\.\d)?){0,4}\s?(?:日|天|day|d)?\s?\)"
    ),
    _study(r"(?<![a-z])(?:" + _STUDIES + r")[-]?\d{1,3}(?![\d%]|[.,]\d)"),
    _study(r"(?<![a-z])(?:" + _STUDIES + r")\s\d{1,3}(?=\s{0,2}(?:is|at|of|=|:|\(|为|处于|stands)[\s\d:=])"),
    _Name(
        r"(?<![\d.,$€£¥])\d{1,4}(?:\s?(?:/|,|,? and|-?,? ?-?and|-? ?or)\s?\d{1,4}){0,3}-(?:and-)?(?:"
        + _SPANS
        + r")s?(?![a-z])",
        needs=("-",),
    ),
    _Name(
        r"(?<![\d.,$€£¥])\d{1,3}(?:\s(?:and|or)\s\d{1,3})?[- ](?:day|week|month)s?(?=\s(?:high|low"
        r"|moving|sma|ema|average|simple|exponential|ma|range|return|volatility|annuali[sz]ed|vwap|rsi"
        r"|atr|line))",
        needs=("day", "week", "month"),
    ),
    _Name(r"(?<![\d.,$€£¥])\d{1,3}-(?=(?:,| and| or|/))", behind="-"),
    _Name(
        r"(?<![\d.,$€£¥-])\d{1,3}-(?!percent|point|basis|bps|fold|million|billion|trillion|thousand|to-|for-\d)[a-z]{3,}",
        behind="-",
    ),
    _Name(r"(?<![\d.,$€£¥])\d{1,2}[a-z]\d{0,2}-\d{1,2}(?!\d)", needs=("-",)),
    _Name(r"(?<![\d.,])\d{1,3}(?:dma|ma|ema|sma|wk|w|d|yr)(?![a-z])", behind="demswy"),
    _Name(
        r"(?<![\d.,])\d{1,3}\s?(?:个交易日|交易日|日|周|天|个月|年|季|小时|分钟)(?=期?(?:[(（]|简单|均|线|移动|指数|加权|最高|最低|高|低"
        r"|新高|新低|平均|年化|区间|波动|回报|收益|涨|跌|国债|rsi|atr|sma|ema|ma))",
        needs=("日", "周", "天", "月", "年", "季", "小时", "分钟"),
    ),
    _Name(r"(?m)^[ \t]{0,12}(?:[-+•]\s)?[ \t]{0,4}\(?\d{1,3}[.)、](?!\d)"),
    _Name(r"(?<=[a-z\u4e00-\u9fff,])\s?\(\d{1,2}\)(?![%a-z\d_])", before="("),
    _Name(
        r"(?<![a-z\d_.])\d{4,6}\.(?:hk|sh|sz|ss|ks|kq|tw|two|t|l|ns|bo|si|ax|to|de|pa|jk|bk|kl)(?![a-z])",
        longest=4,
        behind=".",
    ),
    _Name(
        r"(?<![a-z])(?:top|前)[ -]?\d{1,3}(?![\d.,%]\d?)(?!\s?(?:million|billion|percent|pct|bn|mn"
        r"|x(?![a-z])|[万亿%]))",
        leads="top 前",
    ),
    _Name(r"(?<![\d.])\+?\d{1,4}[- .]\(?\d{2,4}\)?[- .]\d{3,4}[- .]\d{3,4}(?!\d)", opened="+"),
    _Name(r"(?<![\d.])\(?\d{3}\)?[- ]\d{3}-\d{4}(?!\d)", opened="(", behind="-"),
    _Name(r"(?<![\d.-])\d{10}-\d{2}-\d{6}(?!\d)", longest=10),
    _Name(r"(?<![\d:.])\d{1,2}:\d{2}(?::\d{2})?(?!\d)(?:\s?[ap]\.?m\.?)?", behind=":"),
    _Name(r"(?<![\d.$])\d{1,2}\s?[ap]\.m\.", needs=(".m.",)),
    _Name(
        r"(?<![\d.])\d{1,3}(?:-for-\d{1,3}|\s?:\s?\d{1,3}(?=\s(?:stock )?split))", needs=("-for-", "split")
    ),
    _Name(r"(?<![a-z\d_.])v?\d{1,3}\.\d{1,3}\.\d{1,4}(?:\.\d{1,4})?(?![a-z\d_.])", opened="v"),
    _Name(r"(?<![a-z\d_.])(?:24/7|50/50|80/20|60/40)(?![a-z\d_/])", needs=("/",), opened=""),
    # Day counts of interest, and boxes of letters.
    _Name(
        r"(?<![a-z\d_.$€£¥])(?:30e?|actual|act)/(?:36[0456]|actual|act)(?![a-z\d_/%])", needs=("/36", "/act")
    ),
    _Name(
        r"(?<![a-z])(?:p\.?\s?o\.?|post office|postal|mail)\s?box\s\d{1,6}(?![\d%]|[.,]\d)", needs=("box",)
    ),
    _Name(r"第\s?\d{1,3}\s?[章节条页名位步点项个]", needs=("第",)),
    _Name(r"#\d{1,6}(?!\d)", needs=("#",)),
    # Model numbers, dockets and file numbers: digits joined by hyphens to digits or letters.
    _Name(
        r"(?<![\d.,$€£¥%-])\d{2,4}-\d{3,6}(?![\d.,%-]|\s?(?:%|percent|million|billion|thousand|bps|basis|bn|mn))",
        behind="-",
    ),
    _Name(r"(?<![a-z\d$€£¥])(?:no\.?|nos\.)\s?\d{1,6}(?:-\d{1,6}){1,2}(?!\d)", leads="no nos"),
    _Name(
        r"(?<![a-z\d-])(?!us-|hk-|fy-|sub-|mid-|pre-|over-|under-)[a-z]{1,4}-\d{1,5}(?:-\d{1,4})?(?![\d%]|[.,]\d|\s?(?:million|billion|percent))",
        before="-",
    ),
    _Name(
        r"(?:电话|总机|客服|热线|传真|邮编|邮政编码|(?<![a-z])(?:tel|phone|fax|hotline|extension|ext|zip|postcode)(?![a-z]))"
        r"[^\d\n]{0,12}\d[\d() -]{1,20}",
        needs=tuple(_PHONES.split()),
        begins=_PHONES,
    ),
    _Name(
        r"(?<![a-z])[a-z]{2}\s\d{5}(?:-\d{4})?(?![\d.,%]|\s?(?:million|billion|thousand|shares))(?=[\s).;]|$)",
        longest=5,
    ),
    _Name(r"(?<![\d.,$€£¥])0\d{5,12}(?![\d.,%])", longest=6, opened=""),
    _Name(r"(?<![\d.,])\d{1,2}(?::\d\d)?-[a-z]{1,3}-\d{2,6}(?!\d)", needs=("-",)),
    # Numbers of patents, cases, permits, reports, listed and grouped as they like.
    _Name(
        r"(?<![a-z])(?:nos?\.|(?:patent|serial|registration|permit|licen[cs]e|case|docket|file|report|contract|order"
        r"|reference|account|invoice)s? (?:nos?\.?|numbers?):?)\s?"
        r"[\d\x00][\d\x00,./-]*(?:(?:,? and|,? or|,| &)\s\d[\d,./-]*)*"
        r"(?<![,./-])(?!\s?(?:%|percent|million|billion|thousand))",
        leads="no nos number numbers",
    ),
    _Name(
        r"(?<![a-z\d-])[a-z]{1,4}\d{1,4}-\d{3,5}[a-z]{0,2}(?![a-z\d%])", before="abcdefghijklmnopqrstuvwxyz"
    ),
    _Name(
        r"(?<![\d.,])\d{1,4}\s(?:f\.\s?(?:\d?d|supp\.?)|u\.s\.|s\.\s?ct\.|cal\."
        r"\s?\d?[a-z]*)\s(?:\dd\s)?\d{1,5}(?!\d)",
        needs=("f.", "u.s.", "ct.", "cal."),
    ),
    # Stock codes, and what is measured in units of nature.
    _Name(
        r"(?<![a-z])(?:symbols?|tickers?|stock codes?)(?: is| of|:)?\s"
        r"\d{3,6}(?:[a-z ]{1,20}(?:and|or) \d{3,6})?(?![\d.,%])",
        needs=("symbol", "ticker", "stock code"),
    ),
    _Name(r"(?:代码|编号|文号)\s?[为是:]?\s?\d{3,8}(?!\d)", needs=("代码", "编号", "文号")),
    _Name(
        r"(?<![\d.,$€£¥])\d{1,4}(?:\.\d{1,2})?\s?(?:[gmk]?hz|[gtm]bp?s?|nm|°[cf]|mah|rpm)(?![a-z])",
        needs=("hz", "gb", "tb", "mb", "nm", "°", "mah", "rpm"),
    ),
    _Name(
        r"(?<![a-z\d.,$€£¥])(?<![$€£¥]\s)3m(?=[’']s|\s[a-z])(?!\s(?:shares|units|people|users|customers|tons|barrels))",
        opened="",
        needs=("3m",),
    ),
    # A house, a road, a document: 1001号3栋12楼, 国道318, 〔2022〕2578号.
    _Name(
        r"(?:[〔(\[]\d{4}[〕)\]]\s?)?\d{1,6}\s?(?:[号栋楼层室座](?![码称])|会议室|教室)",
        needs=tuple("号栋楼层室座"),
    ),
    _Name(r"每\s?\d{1,3}\s?股", needs=("每",)),
    _Name(
        r"(?:国道|省道|麒麟|骁龙|天玑|酷睿|锐龙)\s?\d{1,5}",
        needs=("国道", "省道", "麒麟", "骁龙", "天玑", "酷睿", "锐龙"),
    ),
    _Name(r"(?<=\x00)/\d{1,4}(?![\d.,%])", needs=("\x00/",)),
    # A lead to a law, and codes that a caller gives.
    _Name(r"(?<![\d.,$€£¥])1031(?= (?:exchanges?|like-kind))", opened="", needs=("1031",)),
    _Name(
        r"(?<![a-z])(?:passcode|pass code|access code|conference id|confirmation code|pin)(?: is|:)?"
        r" \d[\d\x00 ]{2,14}[\d\x00]",
        needs=("passcode", "pass code", "access code", "conference id", "confirmation code", "pin"),
    ),
    _Name(r"(?<![\d.,$€£¥])\d{1,3}\+[ -]days?(?![a-z])", opened="", needs=("day",)),
    _Name(r"(?m:^)3m(?=, [a-z\d\x00])", opened="", needs=("3m,",)),
    _Name(
        r"(?<![a-z])(?:(?:enter|press|dial) \d{3}[ -]\d{4}|gb/t ?\d{3,6}"
        r"|(?:sic|naics|swift|bic|sort|area|zip|postal|cost) codes?(?: is| of|:)? \d{2,8})(?!\d|[.,]\d|%)",
        needs=("enter ", "press ", "dial ", "gb/t", "code"),
    ),
    # A list in one line, as in "(1) the first (2) the second".
    _Name(r"(?<=[\s>*])\([2-9]\)(?=\s[a-z])", needs=("(1) ",)),
    # Elections of tax law, and patents whose digits stand in groups.
    _Name(r"(?<![\d.,$€£¥])\d{2,4}\([a-z]\)(?:\(\d{1,2}\))?(?![a-z\d%])", opened="", needs=(")",)),
    _Name(r"(?<![a-z])(?:ep|wo|us|cn|jp|de) \d{1,2}(?: \d{3}){2,3}(?![\d.,%])", leads="ep wo us cn jp de"),
    # Versions of what is made of software or chips.
    _Name(
        r"(?<![a-z])(?:python|java|node\.?js|php|ruby|golang|linux|ubuntu|android|ios|ipados|macos|windows|wi-?fi"
        r"|bluetooth|usb|hdmi|pcie|ddr|snapdragon|exynos|dimensity|ryzen|llama|gemini|claude|deepseek|gen)"
        r" \d{1,2}(?:\.\d{1,2}){0,2}(?![\d.,%]\d|%| ?(?:percent|million|billion))",
        leads="python java nodejs js php ruby golang linux ubuntu android ios ipados macos windows wifi fi"
        " bluetooth usb hdmi pcie ddr snapdragon exynos dimensity ryzen llama gemini claude deepseek gen",
    ),
    _Name(r"(?<![\d.,$€£¥])\d{4,6}-[a-z](?![a-z\d])", behind="-"),
    _Name(r"(?<=\x00)-[a-z]{1,3}-\d{2,6}(?!\d)", needs=("\x00-",)),
    _Name(r"(?<![a-z])nos? \d{1,5}/\d{2,4}(?![\d%])", leads="no nos"),
    _Name(
        r"(?<![\d.,$€£¥])\d{1,2}k(?:(?:,|/| and| or) ?\d{1,2}k)?(?= (?:ultra|uhd|hdr|displays?|tvs?"
        r"|televisions?|videos?|resolution|monitors?|screens?|streaming|content|cameras?)(?![a-z]))",
        behind="k",
    ),
    _Name(r"(?<=\x00)-0\d{1,6}(?![\d.,%])", needs=("\x00-",)),
)
_PLANS = [
    (
        compiled := re.compile(name.pattern),
        is_led(compiled),
        is_whole(compiled),
        frozenset(name.leads.split()),
        name,
    )
    for name in _NAMES
]
_MARKUP = re.compile(r"[`\[【]|://|www\.")
_DIGIT = re.compile(r"\d")

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


def mask(low: str) -> tuple[str, list[Named]]:
    """Blank out what is no claim in lower-case text, and give the periods that were named."""
    text = low
    if _MARKUP.search(low):
        for pattern in _MASKS:
            text = cut(text, [match.span() for match in pattern.finditer(text)])
    text = text.replace("`", " ")
    digits = Digits(text)
    named = [
        Named(start, end, period)
        for start, end, period in find_periods(text, digits)
        if not _DUE.search(text, max(0, start - 16), start) or _OWED.search(text, max(0, start - 28), start)
    ]
    named.sort(key=lambda item: item.start)
    if not digits.starts:
        return text, named
    if "due" in text or "matur" in text:
        text = cut(text, [match.span(1) for match in _DUE_YEAR.finditer(text)])
    # A figure may follow a Chinese period without a space, as in 上年969.9亿.
    ends = [(item.end - 1, item.end) for item in named if not text[item.end - 1].isascii()]
    text = cut(cut(text, [(item.start, item.end) for item in named]), ends, " ")
    return _without_names(text), named


def _is_worth(name: _Name, digits: Digits, text: str) -> bool:
    """Tell whether a text holds what a pattern needs, beside the words that lead to digits."""
    if name.before and digits.before.isdisjoint(name.before):
        return False
    if (name.behind and digits.behind.isdisjoint(name.behind)) or digits.longest < name.longest:
        return False
    for need in name.needs:
        if need in text:
            return True
    return not name.needs


def _without_names(text: str) -> str:
    """Blank out the names with digits in them, those found first before the others."""
    digits = Digits(text)
    if not digits.starts and not ("/act" in text or (HOLE in text and ("no" in text or "number" in text))):
        return text
    starts, leads = digits.starts, digits.leads
    first, every = digits.wholes, digits.wholes
    for pattern, led, whole, words, name in _PLANS:
        if (words and words.isdisjoint(leads)) or not _is_worth(name, digits, text):
            continue
        found = (
            [
                match
                for start in (first if whole else digits.starts)
                if (match := pattern.match(text, start)) is not None
            ]
            if led
            else led_by(pattern, text, places_of(text, name.begins.split()), "")
            if name.begins
            else pattern.finditer(text)
            if name.opened is None
            else led_by(pattern, text, every if whole else starts, name.opened)
        )
        holes = [match.span() for match in found]
        if holes:
            ends = {end for _, end in holes}
            dotted = any("." in text[start:end] for start, end in holes)
            text = cut(text, holes)
            leads.update(lead_of(text, start) for start, _ in holes)
            starts = sorted(ends.union(starts))
            first = wholes(text, digits.starts) if dotted else first
            every = wholes(text, starts) if dotted else sorted(ends.union(every))
    if "-" in digits.behind:
        text = cut(text, [match.span() for match in led_by(_PAIR, text, starts, "") if _is_model(match)])
    return cut(text, identifiers(text, [start for start in starts if text[start : start + 1].isdigit()]))
