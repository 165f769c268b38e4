"""What a figure does in its sentence: state a level, a change, a distance, a share or a growth rate."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Literal

from graph.report.figures.extract import Number
from graph.report.figures.labels import Mention
from graph.report.figures.layout import Scope
from graph.report.figures.page import Page
from graph.report.figures.tables import FREE

Kind = Literal["level", "change", "distance", "share", "cagr", "mean", "sum"]

UP = (
    r"rose|rise|rises|rising|risen|grew|grow|grows|growing|grown|growth|increas(?:e|ed|es|ing)"
    r"|(?<!make )(?<!made )(?<!makes )(?<!making )(?<!take )(?<!took )(?<!takes )(?<!add )(?<!adds )"
    r"up"
    r"|gain(?:ed|s|ing)?|climb(?:ed|s|ing)?|jump(?:ed|s|ing)?|surg(?:e|ed|es|ing)"
    r"|soar(?:ed|s|ing)?|adding|edg(?:ed|es|ing) (?:up|higher)|inch(?:ed|ing) (?:up|higher)|swell(?:ed|s"
    r"|ing)?|picked up|advanc(?:e|ed|es)|expan(?:d|ded|ds|sion)|widen(?:ed|s|ing)?|improv(?:e|ed|es"
    r"|ement)|higher|added|rall(?:y|ied|ies)|rebound(?:ed)?|went up|accelerated|uptick|upside"
    r"|strengthened|lengthened|appreciated|returned|regain(?:ed|s)?|recover(?:ed|s|ing)?|bounc(?:ed|es) back"
    r"|claw(?:ed)? back"
)
DOWN = (
    r"(?:fell|falls?|falling)(?! due| within| into| under| in the)|fallen|declin(?:e|ed|es|ing)"
    r"|drop(?:ped|s|ping)?|decreas(?:e|ed|es|ing)"
    r"|down|lost|slid|slides?|slipp?(?:ed|s)?|sank|contract(?:ed|s|ion)|narrow(?:ed|s|ing)?|shrank"
    r"|shrunk"
    r"|lower|plung(?:e|ed|es)|tumbl(?:e|ed|es)|eas(?:ed|es)|dipp?(?:ed|s)?|retreat(?:ed|s)?|reduc(?:ed"
    r"|tion)|cut|weaken(?:ed|s)?|pull(?:ed)? ?back|downside|depreciated|compress(?:ed|ion)|went down"
    r"|slump(?:ed)?|shed(?:s|ding)?|losing|los(?:es|t)|sliding|slipping|sinking|plunging|tumbling"
    r"|edg(?:ed|es|ing) (?:down|lower)"
    r"|inch(?:ed|ing) (?:down|lower)|trimm(?:ed|ing)|par(?:ed|ing)|dwindl(?:ed|ing)|shorten(?:ed|ing)?"
    r"|soften(?:ed|ing)?"
    r"|erod(?:ed|ing)|g(?:ave|ives|iving) (?:back|up)"
)
_ZH_UP = (
    r"增长了?|上涨了?|上升了?|提升了?|增加了?|提高了?|扩大了?|回升了?|攀升了?"
    r"|涨幅为?|增幅为?|增速为?|大涨|上行|上调|涨|升|增"
)
_ZH_DOWN = (
    r"下降了?|下跌了?|下滑了?|减少了?|降低了?|收窄了?|缩小了?|回落了?|跌幅为?|降幅为?|大跌|下行|下调|跌|降|减"
)
_FLAT = (
    r"chang(?:e|ed|es)|moved|difference|delta|variance|yoy|y/y|y-o-y|qoq|q/q|year[- ](?:over|on)[- ]year"
    r"|quarter[- ](?:over|on)[- ]quarter|swing of|spread"
)
_ZH_FLAT = r"变化|变动|差额|差异|同比|环比|较上年|较去年|同比变动"
_ALSO = re.compile(
    r"(?:\s(?:over|in|for|during)[a-z\d \x00-]{0,26}|\s?[(\x00)]{1,16})?,?\s?(?:and|or|,|和|、"
    r"|，)?\s{0,2}(?:about )?"
)
_BETWEEN = (
    r"(?:\s|:|\(|,|，|by|of|at a rate of|at a pace of|about|around|roughly|approximately"
    r"|approx\.|nearly|almost|over|more than|just|a"
    r"|an|another|further|some|only|was|were|is|to be|about|yoy|y/y|year[- ](?:over|on)[- ]year|sharply"
    r"|slightly|modestly|steadily|strongly|another|in total|~|约|近|大约|逾|超|超过|了|为|达|达到|幅度)"
)
_BEFORE = re.compile(
    rf"(?:(?<![a-z-])(?:(?P<up>{UP})|(?P<down>{DOWN})|(?P<flat>{_FLAT}))(?![a-z])|(?P<zup>{_ZH_UP})"
    rf"|(?P<zdown>{_ZH_DOWN})|(?P<zflat>{_ZH_FLAT})){_BETWEEN}{{0,7}}$"
)
_OF_NOUN = re.compile(
    r"(?:(?P<up>increase|rise|gain|growth|jump|improvement|expansion|upside|advance|rally)"
    r"|(?P<down>decrease|decline|drop|fall|reduction|loss|contraction|downside|slide|pullback)"
    r"|(?P<flat>change|difference))(?:\s(?:in|on|of"
    r"(?! (?:the )?(?:past|last|prior|trailing|one|year)))\s[a-z ,'-]{1,60})?(?:\s(?:between|from|over|in"
    r"|for)\s[\x00a-z ,]{1,60})?\s(?:was|is|of|by|at|came to|totalled|=)\s(?:about|around|roughly"
    r"|approximately)?\s?$"
)
_AFTER = re.compile(
    r"[\s)]{0,3}(?:yoy |y/y |year[- ](?:over|on)[- ]year |annual |yearly |quarterly |one-day "
    r"|relative |[a-z\d\x00]{1,8}-(?:day|week|month|year) |\x00{4,12} )?"
    r"(?:(?<![a-z])(?:(?P<up>increase|rise|growth|gain|jump|higher"
    r"|(?:more|greater|larger|wider|thicker|longer)(?= than)"
    r"|improvement|advance|expansion|upside|rally|up)|(?P<down>decrease|decline|drop|fall|lower"
    r"|(?:less|fewer|smaller|thinner|narrower|slimmer|shorter)(?= than)"
    r"|contraction|downside|slide|pullback|reduction|down)"
    r"|(?P<flat>change|yoy|y/y|y-o-y|qoq|year[- ](?:over|on)[- ]year))(?![a-z])|的?(?:(?P<zup>增长|涨幅|增幅"
    r"|上涨|提升|上行空间|空间)|(?P<zdown>跌幅|降幅|下滑|下降|下跌|下行空间)))"
)
# "3832.85亿美元增长2.0%": the verb belongs to the figure behind it.
_OWN_FIGURE = re.compile(r"(?<=[\u4e00-\u9fff])[了约至到近]{0,2}\s?[\d$¥]")
_REACHES = re.compile(r"了?[至到]")
_LEVEL_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:to|at|reached|hit|totall?ed|reaching|totaling|ended at|ending at|stood at"
    r"|came in at)|至|到|达到?|为|报)[\s(:]{0,2}(?:about|around|approximately|约)?\s?$"
)
_FROM_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:from|versus|vs\.?|against|than|compared (?:with|to))|从|自"
    r"|由)[\s(]{0,3}[\x00's的 ]{0,24}(?:about|approximately|约)?\s?$"
)
_GLOSS = re.compile(r"\s{0,2}(?:\(|,? or |/\s?|, i\.e\.,? |,? or about |，即|，或)\s?$")
# "210 basis points above FY2023".
_POINTS_AWAY = re.compile(r"\s(?:(?P<up>above|over|ahead of|more than)|below|under|behind|less than)\s")
# "grew 30.7% ($273 to $357)": the ends of the move, not the change again.
_REACHES_NEXT = re.compile(r"\s?(?:to|->|→|至|到)\s?[$€£¥a-z]{0,4}\s?\d")
_SIDE = re.compile(
    r"[\s)]{0,2}(?:(?P<above>above|over|higher than|north of|ahead of|clear of|up from|premium to)"
    r"|(?P<below>below|under|beneath|lower than|off|short of|shy of|south of|down from|discount to"
    r"|drawdown from)"
    r"|(?P<upside>upside (?:potential )?to|to the upside to)|(?P<downside>downside (?:risk )?to)"
    r"|(?P<either>away from|from))(?![a-z])\s"
)
_TOWARD = re.compile(
    r"(?:(?P<upside>upside)|(?P<downside>downside))(?: potential| risk)? (?:of|is|at) (?:about "
    r"|roughly )?$"
)
_WAY = re.compile(
    r"(?<![a-z])(?:(?P<upside>upside|gain|rise)|(?P<downside>downside|drop|fall|decline|loss)|distance|move)"
    r"(?: potential| risk)?(?P<to> (?:to|toward|towards) (?:the |its )?)[^%.;]{3,60}(?:is|of|be|=|:)"
    r"(?: only| just)?(?: a)?(?: about| around| roughly)? ?$"
)
_TOWARD_TO = re.compile(r"[\s)]{0,2}to\s")
_SIDE_WORD = re.compile(
    r"[\s)]{0,2}(?:(?P<above>above|higher|upside)|(?P<below>below|lower|downside))(?![a-z])\s?(?=[)\].,;|]"
    r"|$)"
)
_OBJECT_ZH = re.compile(r"(?:较|比|距离?|低于|高于|相对|相对于|位于|在)")
_SIDE_ZH = re.compile(
    r"(?:(?P<above>高出?|上方|之上|溢价)|(?P<below>低|下方|之下|折价)|(?:[仅只还])?(?:相差|差|有))(?:了|约|近|逾|超过)?\s{0,2}$"
)
_LEAD_ZH = re.compile(r"(?:(?P<above>高于|高出|超出|较高于)|(?P<below>低于|跌破))其?$")
_FILLER_ZH = re.compile(r"\s?(?:了|约|达|近|的)?\s?")
_SHARE_BEHIND = re.compile(r"[\s)]{0,2}of\s(?:the |its |total |their |annual ){0,2}")
# "revenue of $391 billion, of which 46.2% was gross profit and 31.5% operating profit".
_OF_WHICH = re.compile(r"\s(?:(?:was|is|were|are|came from|comes from|being|from)\s)?(?:the |its )?")
_OVER = re.compile(r"\s?[/÷]\s?|\sdivided by\s|除以")
_TIMES_BEHIND = re.compile(r"\s{0,2}(?:of |as much as )?(?:the |its |their )")
_SHARE_ZH = re.compile(
    r"(?:占[\x00\u4e00-\u9fff\d日()]{1,14}?的?(?:比例|比重)?"
    r"|(?:相当于|是|为)[\x00\u4e00-\u9fff\d日()]{1,14}?(?:的(?:比例|比重)?|比例|比重))(?:为|约|达)?\s{0,2}$"
)
_CAGR = re.compile(
    r"cagr|compound(?:ed)? annual|compounded|compounding|annuali[sz]ed growth"
    r"|复合(?:年均|年化|年)?增长|年均复合|年复合|复合增速"
)

# "Together, 2016 and 2017 brought …", "Total for 2016 and 2017: …".
_OPENED = re.compile(
    r"[\s*_#>-]{0,6}(?:together|combined|taken together|in total|in sum|added (?:up|together)"
    r"|(?:the )?(?:sum|total) (?:for|over|across|of)"
    r"|(?P<mean>on average|(?:the )?(?:mean|average) (?:for|over|across|of)))(?![a-z])"
)


@dataclass(frozen=True)
class Role:
    """The part a figure plays; `side` is +1 or -1 where a word fixes its sign, else 0.

    `target` is the level a distance is measured from, or what a share is a share of. `toward` says that the
    distance is what the price has still to go, as in upside to a level. `part` is what is a share of the
    target, where the sentence says so behind the figure.
    """

    kind: Kind
    side: int = 0
    target: Mention | None = None
    toward: bool = False
    part: Mention | None = None


def role_of(page: Page, number: Number, scope: Scope, previous: Role | None, gap: str) -> Role:
    """Tell what the figure does in its sentence; `previous` is the role of the figure before `gap`."""
    before, after = page.before(number, scope), page.after(number, scope)
    special = _special(page, number, scope, before, after)
    if special is not None:
        return special
    if number.unit in ("percent", "multiple", "") or number.currency:
        found = _distance(page, number, scope, before, after) or _share(page, number, scope, before)
        if found is not None:
            return found
    return _change(page, number, scope, before, after, previous, gap)


def _special(page: Page, number: Number, scope: Scope, before: str, after: str) -> Role | None:
    """Recognise compound growth, means and sums by their word beside the figure."""
    near = before[-40:] + "\x00" + after[:32]
    if number.unit in ("percent", "") and _CAGR.search(near):
        return Role("cagr", _side_of(_BEFORE.search(before)))
    first, last = max(scope.start, number.start - 90), min(scope.end, number.end + 24)
    for _, end, kind in page.joining[
        bisect_left(page.joining, (first,)) : bisect_left(page.joining, (last,))
    ]:
        if number.start - end <= 40 or "," not in page.low[end : number.start]:
            return Role(kind)
    opened = _OPENED.match(page.low, scope.start, number.start)
    if opened is not None and not page.numbers_between(scope.start, number.start):
        named = {item.period for item in page.named_in((opened.end(), number.start))}
        if len(named) > 1:
            return Role("mean" if opened["mean"] else "sum")
    return None


def _distance(page: Page, number: Number, scope: Scope, before: str, after: str) -> Role | None:
    """Recognise "3.0% below its 52-week high" and 较52周高点低3.0%."""
    amount = number.unit == "percent" or bool(number.currency)
    lead = page.low[max(scope.start, number.start - 90) : number.start] if number.unit == "percent" else ""
    way = _WAY.search(page.low, number.start - len(lead), number.start) if " to" in lead else None
    if way is not None:
        place = way.end("to")
        goal = _first(page.mentions_in((place, number.start)), place, 3, page)
        if goal is not None and page.low.find("%", goal.end, number.start) < 0:
            return Role("distance", 1 if way["upside"] else -1 if way["downside"] else 0, goal, toward=True)
    ahead = _TOWARD.search(before)
    match = (_TOWARD_TO if ahead is not None else _SIDE).match(after)
    if match is not None and amount:
        place = number.end + match.end()
        target = _first(page.mentions_in((place, min(scope.end, place + 60))), place, 4, page)
        if target is not None and target.keys != ("low_52w", "high_52w"):
            said = (ahead or match).groupdict()
            side = (
                1
                if said.get("above") or said.get("upside")
                else -1
                if said.get("below") or said.get("downside")
                else 0
            )
            return Role("distance", side, target, toward=bool(said.get("upside") or said.get("downside")))
    word = _SIDE_WORD.match(after)
    if word is not None and number.unit == "percent":
        return Role("distance", 1 if word["above"] else -1, None)
    return _distance_zh(page, number, scope, before)


def _distance_zh(page: Page, number: Number, scope: Scope, before: str) -> Role | None:
    """Recognise 较52周高点低3.0% and 高于50日均线8.7%."""
    if page.low[max(scope.start, number.start - 30) : number.start].isascii():
        return None
    side = _SIDE_ZH.search(before)
    if side is not None:
        mentions = page.mentions_in((max(scope.start, number.start - 30), number.start))
        if mentions and _OBJECT_ZH.search(
            page.low, max(scope.start, mentions[-1].start - 4), mentions[-1].start
        ):
            return Role("distance", 1 if side["above"] else -1 if side["below"] else 0, mentions[-1])
        if (side["above"] or side["below"]) and scope.cell and number.unit == "percent":
            return Role("distance", 1 if side["above"] else -1, None)
    near = page.mentions_in((max(scope.start, number.start - 24), number.start))
    if near and _FILLER_ZH.fullmatch(page.low[near[-1].end : number.start]):
        lead = _LEAD_ZH.search(page.low, max(scope.start, near[-1].start - 6), near[-1].start)
        if lead is not None:
            return Role("distance", 1 if lead["above"] else -1, near[-1])
    return None


def _first(mentions: list[Mention], place: int, reach: int, page: Page) -> Mention | None:
    """Give the mention that follows within a few words."""
    if mentions and page.distance(place, mentions[0].start) <= reach:
        return mentions[0]
    return None


def _share(page: Page, number: Number, scope: Scope, before: str) -> Role | None:
    """Recognise "24.0% of revenue" and 占营收24.0%."""
    if number.unit not in ("percent", "multiple"):
        return None
    inner = _OF_WHICH.match(page.low, number.end, min(scope.end, number.end + 24))
    lead = page.low.rfind("of which", scope.start, number.start) if inner is not None else -1
    if inner is not None and lead >= 0:
        wholes = page.mentions_in((scope.start, lead))
        part = _first(page.mentions_in((inner.end(), min(scope.end, inner.end() + 40))), inner.end(), 1, page)
        if wholes and part is not None:
            return Role("share", 0, wholes[-1], part=part)
    pattern = _SHARE_BEHIND if number.unit == "percent" else _TIMES_BEHIND
    match = pattern.match(page.low, number.end, min(scope.end, number.end + 40))
    if match is not None:
        target = _first(
            page.mentions_in((match.end(), min(scope.end, match.end() + 50))), match.end(), 1, page
        )
        if target is not None:
            return Role("share", 0, target)
    pair = page.mentions_in((max(scope.start, number.start - 70), number.start))[-2:]
    over = len(pair) == 2 and _OVER.fullmatch(page.low, pair[0].end, pair[1].start)
    if over and page.distance(pair[1].end, number.start) <= 3:
        return Role("share", 0, pair[1])
    zh = _SHARE_ZH.search(before)
    if zh is not None:
        mentions = page.mentions_in((number.start - len(before) + zh.start(), number.start))
        if mentions:
            return Role("share", 0, mentions[0])
    return None


_TURNS = re.compile(
    rf"(?<![a-z-])(?:(?P<up>{UP})|(?P<down>{DOWN}))(?![a-z])|(?P<zup>{_ZH_UP})|(?P<zdown>{_ZH_DOWN})"
)


_APART = re.compile(
    r"(?<![a-z])(?:bigger|larger|greater|smaller|more|less|fewer|ahead|exceed\w*|beats?|trail\w*)(?![a-z])"
)
_CLAUSE = re.compile(r"(?<![a-z])(?:while|but|whereas|though|because)(?![a-z])|;")
_LIST = 240  # how far a list of moves may reach behind its verb
_BY = re.compile(
    r"(?<!divided )(?<!multiplied )(?<!followed )(?<!backed )(?<!covered )(?<!owned )(?<!led )(?<!driven )"
    r"(?<!offset )"
    r"(?<![a-z])by (?:about |around |approximately |roughly |some |just )?$"
)


def direction(page: Page, number: Number, scope: Scope) -> int:
    """Give the direction that the last word of change before a figure fixes; 0 when none stands near."""
    start = max(scope.start, number.start - 60)
    last = None
    for match in _TURNS.finditer(page.masked, start, number.start):
        last = match
    if last is None or page.numbers_between(last.end(), number.start):
        return 0
    return _side_of(last)


def _change(
    page: Page, number: Number, scope: Scope, before: str, after: str, previous: Role | None, gap: str
) -> Role:
    """Recognise a change by the verb before the figure or the noun behind it."""
    if _FROM_BEFORE.search(before) and not number.sign:
        return Role("level")
    found = _BEFORE.search(before) or _OF_NOUN.search(page.before(number, scope, 150))
    if found is not None and number.currency and ":" in found[0]:
        found = None
    if found is not None and not _is_name(page, number, found):
        # "growth: -3.2%" tells its direction by its sign.
        told_by_sign = number.sign and "growth" in found[0]
        return Role("change", 0 if told_by_sign else _side_of(found))
    if _LEVEL_BEFORE.search(before) and number.unit != "percent":
        return Role("level")
    lies = _POINTS_AWAY.match(after) if number.unit in ("pp", "bps", "points") else None
    if lies is not None:
        return Role("change", 1 if lies["up"] else -1)
    behind = _AFTER.match(after)
    if behind is not None and number.currency and _REACHES.match(after, behind.end()):
        behind = None
    if behind is not None and not _OWN_FIGURE.match(page.masked, number.end + behind.end()):
        place = number.end + behind.end()
        side = _side_of(behind)
        return Role(
            "change", side, _first(page.mentions_in((place, min(scope.end, place + 20))), place, 1, page)
        )
    by = _BY.search(before)
    if by is not None:
        # "three lines were lower: metals by 83 thousand and energy by 20 thousand"
        turns = [*_TURNS.finditer(page.masked, max(scope.start, number.start - _LIST), number.start)]
        turn = turns[-1] if turns else None
        if turn is not None and _CLAUSE.search(page.masked, turn.end(), number.start):
            turn = None
        if turn is not None or _APART.search(page.masked, scope.start, number.start):
            return Role("change", _side_of(turn))
    if previous is not None and _GLOSS.fullmatch(gap) and _REACHES_NEXT.match(page.masked, number.end):
        return Role("level")
    if previous is not None and previous.kind in ("change", "distance") and _GLOSS.fullmatch(gap):
        return Role(previous.kind, previous.side, previous.target)
    if (
        previous is not None
        and previous.kind == "change"
        and number.unit == "percent"
        and gap.strip()
        and _ALSO.fullmatch(gap)
    ):
        return Role("change", previous.side)
    return Role("level", 0)


def _is_name(page: Page, number: Number, found: re.Match[str]) -> bool:
    """Tell whether the word of change belongs to a metric's name, as in revenue growth."""
    place = number.start - len(found.string) + found.start()
    # "free cash flow before change in working capital" begins with no change.
    flat = bool(found.groupdict().get("flat"))
    return any(
        m.start + flat <= place < m.end and (not flat or (m.keys[:1] and m.keys[0].startswith(FREE)))
        for m in page.mentions_in((max(0, place - 60), number.start))
    )


def _side_of(match: re.Match[str] | None) -> int:
    """Give the direction that a word of change fixes."""
    if match is None:
        return 0
    groups = match.groupdict()
    if groups.get("up") or groups.get("zup"):
        return 1
    return -1 if groups.get("down") or groups.get("zdown") else 0
