"""Words that say what a sentence does with its figures: compare, add, average, set against each other."""

from __future__ import annotations

import re

from graph.report.figures.bilingual import Bilingual, Searched
from graph.report.figures.role import DOWN, UP


def _words(words: str, more: str = "") -> Bilingual:
    """Match English words as words, and what else is given anywhere."""
    return Bilingual(rf"(?<![a-z])(?:{words})(?![a-z])" + (f"|{more}" if more else ""))


MEAN = Bilingual(r"averag|(?<![a-z])(?:mean|mid-?point|halfway)(?![a-z])|平均|均值|中值|中点")
SUM = _words(
    r"sum(?:s|med|ming)?|add(?:ing|ed|s)?|plus|both|combined|together|altogether|between them"
    r"|aggregate|cumulative(?:ly)?"
    r"|added up|totall?(?:ed|ing)|in total|total of|totals?",
    r"合计|累计|总计|之和|加总|共计|总和|加起来|相加|(?<=[\w)%])\s?\+",
)
UNLIKE = _words(
    r"difference|differ(?:s|ed)?|gap|spread|exceed(?:s|ed)?|more than|less than|greater|larger|smaller|minus"
    r"|less|apart|outpaced|short of|ahead of"
    r"|behind|leaves|leaving|surpass(?:es|ed)?|above|below|topp(?:ed|s)|tops"
    r"|beats?|outpac(?:es|ing)|outstripp(?:ed|s)|outweigh(?:s|ed)?|dwarf(?:s|ed)?|eclips(?:es|ed)|trail(?:s|ed)|lagg(?:ed|s)"
    r"|(?:fell|falls) short|netting|net of|subtract(?:s|ed|ing)?|deduct(?:s|ed|ing)?|excess",
    r"相差|差额|差异|[多少](?=[\d约了$¥])|高于|低于|高出|超出|多出|减去",
)
MOVED = _words(
    rf"{UP}|{DOWN}|chang(?:e|ed|es)|moved?|swing|swung|shift(?:ed)?|differ(?:ed|ence)|gain(?:ed|s)?|growth"
    r"|increment|year[- ]over[- ]year|yoy|delta|variation|variance|went (?:up|down|from)",
    r"[δ∆]|增|减|升|降|涨|跌|变动|变化|同比|环比|提高|下滑|差",
)
SHARE = _words(
    r"percentage|percent|proportion|share|ratio|portion|fraction|account(?:ed|s|ing)?|represent(?:ed|s|ing)?"
    r"|ma(?:de|kes?|king) up|equal(?:ed|s|led)?|constitut(?:ed|es|ing)|compris(?:ed|es|ing)|divided by"
    r"|contribut(?:ed|es|ing)|out of|times|relative to|of",
    r"%\s?of|占|比例|比重|比率|之比|相当于|[/÷]",
)
# What can only be said of a share.
ONLY_SHARE = Bilingual(
    r"(?<![a-z])(?:share|ratio|portion|proportion|fraction) of|percent(?:age)? of|accounted for"
    r"|represent(?:ed|s|ing)|占"
)
# Right before a figure that can only be a share.
SHARE_AHEAD = re.compile(
    r"(?:(?<![a-z])(?:account(?:ed|s|ing) for|represent(?:ed|s|ing)?|made up|mak(?:es?|ing) up"
    r"|constitut(?:ed|es|ing)"
    r"|compris(?:ed|es|ing)|contribut(?:ed|es|ing)|took up)|占比?)\s?"
    r"(?:about |around |roughly |approximately |nearly |almost |over |some |only |约)?$"
)
# Ahead of a figure that is a share, whatever name stands beside it.
SET_APART = re.compile(
    r"(?<![a-z])(?:(?:expressed|measured|set|taken) (?:against|relative to|over|as a)"
    r"|as an? (?:share|percentage|proportion|fraction|part) of)(?![a-z])"
)
# What comes of two names is told by neither's own value.
OF_TWO = _words(
    r"excess of|added to|together|between them|sum of|difference between|combined|less|minus|plus|larger than"
    r"|greater than|smaller than|beats?|outpac(?:ed|es)|exceed(?:s|ed)?|outstripp(?:ed|s)|topp(?:ed|s)"
    r"|trail(?:s|ed)",
    r"合计|共计|之和|加起来|相加|减去",
)
# Before the name of what something else is set against, and of what is set against it.
BOTTOM = re.compile(
    r"(?:(?<![a-z])(?:of|to|by|out of|over|against|relative to)\s"
    r"(?:the |its |total |overall |our |company's |all |their |net |revenues? |sales |from |of )*$"
    r"|(?<![a-z])(?<![a-z] )of\s(?:[a-z-]+\s){1,3}$"
    r"|(?<![a-z])(?:against|relative to)\s(?:[a-z-]+\s\(?){0,2}$|[占/÷]\s?$)"
)
TOP = re.compile(
    r"(?<!as a )(?<!as )(?<![a-z])(?:share|ratio|proportion|portion|fraction|size) of"
    r" (?:the |its |total |net |revenues? |sales |from |of )*$"
)
# All periods that the data holds.
WHOLE = Bilingual(
    r"(?<![a-z])(?:over|across|for|in|during|of) (?:all |the |these |those |all of the )*"
    r"(?:two|three|four|five|[2-5])[- ](?:fiscal |financial )?(?:years?|quarters|periods)"
    r"|(?:all|every) (?:years?|periods?)"
    r"|[两二三四五]年"
)
# Before a figure by which something moved or lies apart from something else.
BY = re.compile(
    r"(?<![a-z])by\s(?:about |around |roughly |approximately |nearly |over |some |a further )?[$€£¥]?$"
)
YEARLY = _words(
    r"year[- ](?:over|on)[- ]year|yoy|y/y|y-o-y|annual(?:ly)?|from a year (?:ago|earlier)", r"同比"
)
SEQUENTIAL = _words(r"quarter[- ](?:over|on)[- ]quarter|qoq|q/q|q-o-q|sequential(?:ly)?", r"环比")
# A difference told by its size alone.
APART = _words(r"difference|differ(?:s|ed)?|gap|spread|apart|moved|varied|exceeded or", r"相差|差额|差异")
RISES = _words(UP, r"增|升|涨|提高")
FALLS = _words(DOWN, r"减|降|跌|下滑")
# Before a name: the figure behind it is a result, not the name's own value.
GIVES = _words(
    r"gives?|giving|yields?|yielding|leaves|leaving|makes|making|equals|total|combined|cumulative|overall"
    r"|aggregate"
    r"|difference|sum|average|mean|change",
    r"得出|合计|平均",
)
# Between a name and the figure that is its value.
HELD = re.compile(r"\s?(?:line |快线|线)?(?:of|at)?\s?(?:about |约|\()?")
# The same with a verb that states it.
STATED = re.compile(
    r"\s?(?:line |快线|线)?\s?(?:\(|,)?\s?(?:of|at|was|is|were|are|stands at|stood at|=|:|[为是])?\s?"
    r"(?:about |roughly |approximately |约|\()?"
)
# Between a figure and the name behind it that it is the value of.
OWNED = re.compile(r"\s?(?:(?:of|in)\s)?(?:its |the |total |annual )*|的|\s?\(")
# What a bare number can only be.
RATED = _words(r"ratio|proportion|fraction|divided by|multiple", r"[/÷]|之比|比率|除以")
SET_AGAINST = _words(r"out of|of|on|versus|vs\.?|divided by|over|against", r"[/÷]")

# Whether a rise is better depends on what rises: of a cost it is not.
VALUED = Bilingual(r"(?<![a-z])(?:improv|better|worse|deteriorat)|改善|恶化|优化")
# Growth of several years told by the year.
COMPOUND = Bilingual(r"cagr|compound|(?<![a-z])annuali[sz]ed|growth per (?:year|annum)|per annum|复合")
# Before the one period that is named: what it is compared with.
BASE = re.compile(
    r"(?:(?<![a-z])(?:against|since|versus|vs\.?|from|compared (?:with|to)|relative to|over|than|on|above"
    r"|below)"
    r"(?: the| its| end of)* ?|[较比自])$"
)
# Before what something moved to.
MOVED_TO = re.compile(
    rf"(?<![a-z])(?:{UP}|{DOWN}|doubled|tripled|halved)(?![a-z])(?:(?!by\s)[^;|]){{0,44}}"
    r"(?<!out )(?<!amounted )(?<!amounts )(?<!came )(?<!comes )(?<!up )(?<![a-z])to\s?"
    r"(?:about |around |roughly )?[$€£¥]?$"
)
# A margin is a share of revenue, whether the sentence names it or not.
MARGIN = Bilingual(r"(?<![a-z])margin(?![a-z])|利润率|毛利率")
REVENUE = re.compile(
    r"revenue|label:(?:.*: )?(?:total |net |total net )?(?:revenues?|sales|turnover)"
    r"|label:(?:.*: )?营业总?收入"
)
# What is left of a whole, or is not among the parts that are named.
REST = _words(
    r"remain(?:s|ed|ing|der)?|left|leaves|leaving|others?|rest|excluding|excludes?|except|outside|without|not"
    r"|never|net of|after|before|other than|un[a-z]{4,}|non|available|still|yet|balance|beyond|elsewhere|else"
    r"|ex|less|apart from",
    r"(?<![a-z])(?:non|ex)-|其他|其余|剩余|余下|扣除|未|非|尚|除|之外|以外",
)
AND = re.compile(r"(?<![a-z])(?:and|plus|with)(?![a-z])|[和与及、+]")
# Before what a share is set against.
AGAINST = _words(
    r"of|out of|over|against|relative to|divided by|to|per|on|covers?|times", r"占|相当于|除以|[/÷]"
)
# What makes an amount one of each.
EACH = _words(
    r"averag(?:e|ed|es|ing)|per|each|apiece|every|a piece|unit price", r"平均|均价|每|单价|人均|户均"
)
# What parts the phrases of a sentence, each of which names one thing.
PHRASE = re.compile(
    r"[,;:()，；：（）、\d$€£¥%]+|(?<![a-z])(?:of|in|on|for|to|from|with|and|or|plus|less|minus|as|by|at|over|under"
    r"|between|than|versus|against|was|were|is|are|be|been|had|has|have|ma(?:de|kes?) up"
    r"|account(?:s|ed) for|represent(?:s|ed)|took|takes|covers?|covered|exceed(?:s|ed)|outside|excluding"
    r"|including|net of|after|before|per|that|which|while|but|came|stood|rose|fell|grew)(?![a-z])"
    r"|[的和与及占为是在]"
)
USED = _words(
    r"used|spent|drawn|utili[sz]ed|consumed|deployed|exhausted|completed|repurchased|bought", r"已用|已使用"
)
# Something is told as it would be without what took from it.
UNDONE = _words(
    r"before|excluding|without|ex|but for|adding back|absent|had it not", r"扣除.{0,8}前|不计|未计"
)
# Amounts that the terms of a debt give.
INTEREST = _words(r"interest|coupons?", r"利息")
BELOW_PAR = _words(r"discount|premium|below par|above par", r"折价|溢价")
# A mean of the quarters of a year.
QUARTERLY = Bilingual(
    r"(?<![a-z])(?:averag\w+ quarterly|quarterly (?:average|mean)|per quarter|a quarter on average)|季均"
)
# Of a time before the one that is told.
AT_START = Bilingual(
    r"年初|期初|上年末|(?<![a-z])(?:at|from) the (?:start|beginning|outset) of the (?:year|period|quarter)"
)
# Right before the name of what is left out of a whole.
OUTSIDE = re.compile(
    r"(?<![a-z])(?:outside(?: of)?|excluding|except(?: for)?|other than|anything but|everything but|all but"
    r"|without|non-)"
    r"\s?(?:the |its |our )?$|(?:除|扣除|剔除)$"
)
TOTAL_ROW = re.compile(r"label:(?:.*: )?(?:total|totals|合计|总计|grand total)(?![a-z])")
# Before the value of a level, which is not its name.
TOWARD = re.compile(
    r"(?:(?<![a-z])(?:above|below|under|over|near|toward|towards|past|through|beyond|to|around|beneath"
    r"|into|holds?|reclaims?|breaks?|at|loses?|tests?|retests?)|跌破|突破|站上|守住|高于|低于|站稳|失守|至|在|到|回踩|下方"
    r"|上方)\s{0,3}(?:the |a )?$"
)


class Memory:
    """Tells which words hold which patterns, and remembers it for as long as one sentence is read."""

    def __init__(self) -> None:
        self._place = -1
        self._known: dict[tuple[int, str], bool] = {}

    def turn_to(self, place: int) -> None:
        """Forget what was remembered of the sentence before."""
        if place != self._place:
            self._place = place
            self._known.clear()

    def holds(self, pattern: Searched, words: str) -> bool:
        """Tell whether words hold a pattern."""
        key = (id(pattern), words)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = pattern.search(words) is not None
        return known
