"""The caveat and the abstaining note in Chinese."""

from __future__ import annotations

from collections.abc import Sequence

from graph.models.note.chinese.verdict import earlier_sentence
from graph.models.note.chinese.words import listed
from graph.models.note.earlier import Earlier
from graph.models.note.view import View, source_groups
from graph.prompting import Briefing
from graph.report.model import Rating
from graph.report.rating import rating_line

BY_RULES = (
    "本文由离线分析师（offline analyst）按规则依据事实表写成，没有任何语言模型参与。"
    "本文是分析，不是个人投资建议。"
)


def caveat(briefing: Briefing, views: Sequence[View]) -> str:
    """Say where the data comes from and ends, what is unknown, and how the note was made."""
    sentences = [
        _source(source, day, [view.symbol for view in group]) for (source, day), group in source_groups(views)
    ]
    noted = "\n".join(briefing.notes)
    bare = [view.symbol for view in views if view.without_fundamentals and view.symbol not in noted]
    unknown = "新闻、公司指引、分析师预期与同业数据均不在事实表内"
    sentences.append(f"{unknown}，{listed(bare)}的基本面亦然。" if bare else f"{unknown}。")
    if any(view.has("return_1y") for view in views):
        sentences.append("涨跌幅不含股息。")
    sentences += [note if note.endswith(("。", ".")) else f"{note}。" for note in briefing.notes]
    return "".join([*sentences, BY_RULES])


def _source(source: str, day: str, symbols: list[str]) -> str:
    """Name the source of the symbols' prices and the last day that it knows."""
    if "embedded" in source.lower() or "sample" in source.lower():
        name = source.removeprefix("embedded sample").strip(" ()") or source
        return f"{listed(symbols)}的价格来自内置样本（{name}），截至{day}；此后的情况本文一无所知。"
    return f"{listed(symbols)}的价格来自{source or '行情数据源'}，截至{day}。"


def abstention(briefing: Briefing | None, earlier: Earlier | None = None) -> dict[str, str]:
    """Write the four sections of a note that has nothing to rate: what is missing and what helps."""
    symbols = list(briefing.symbols) if briefing else []
    past = earlier_sentence(earlier, Rating(), listed(symbols)) if earlier and symbols else ""
    return {
        "verdict": f"{rating_line(Rating(), 'zh')}\n\n{past}{_about(symbols)}",
        "evidence": "\n".join(_missing(briefing, symbols)),
        "insights": (
            "- **长期持有者与交易者。** 不要凭本文行动：没有数据，既不是好消息，也不是坏消息。\n"
            "- **可以问什么。** 某一上市公司（给出代码）的前景、关键价位、风险、动能、基本面或估值；"
            "或者比较二至六个代码。\n"
            "- **什么会改变结论。** 每日价格给出趋势、动能与价位；年报给出业务状况。"
        ),
        "caveat": f"这里对价格、业务与新闻一无所知，也没有填补任何空白。{BY_RULES}",
    }


def _about(symbols: list[str]) -> str:
    if not symbols:
        return "无法评级：问题没有提到任何有数据的代码。"
    return f"无法对{listed(symbols)}评级：事实表中没有可供判断的内容。"


def _missing(briefing: Briefing | None, symbols: list[str]) -> list[str]:
    bullets = [f"- **缺失。** {note}" for note in (briefing.notes if briefing else ())]
    if not bullets:
        bullets.append("- **没有依据。** 没有价格、指标或年度数据。")
    if briefing and not symbols and (held := briefing.facts.entities()):
        bullets.append(f"- **事实表中有。** 关于{listed(held)}的事实，但问题没有提到。")
    return bullets
