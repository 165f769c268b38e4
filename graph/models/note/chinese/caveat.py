"""The caveat and the abstaining note in Chinese."""

from __future__ import annotations

from graph.models.note.chinese.words import bullet

STOPS: tuple[str, ...] = ("。", ".")
NO_DIVIDENDS = "涨跌幅不含股息。"
BY_RULES = (
    "本文由离线分析师（offline analyst）按规则依据事实表写成，没有任何语言模型参与。"
    "本文是分析，不是个人投资建议。"
)
MISSING = "缺失"
NOTHING = bullet("没有依据", "没有价格、指标或年度数据。")
WHAT_HELPS = (
    "- **长期持有者与交易者。** 不要凭本文行动：没有数据，既不是好消息，也不是坏消息。\n"
    "- **可以问什么。** 某一上市公司（给出代码）的前景、关键价位、风险、动能、基本面或估值；"
    "或者比较二至六个代码。\n"
    "- **什么会改变结论。** 每日价格给出趋势、动能与价位；年报给出业务状况。"
)
UNASKED = bullet("事实表中有", "关于{}的事实，但问题没有提到。")
NOTHING_KNOWN = "这里对价格、业务与新闻一无所知，也没有填补任何空白。"


def source(source: str, day: str, symbols: str) -> str:
    """Name the source of the symbols' prices and the last day that it knows."""
    if "embedded" in source.lower() or "sample" in source.lower():
        name = source.removeprefix("embedded sample").strip(" ()") or source
        return f"{symbols}的价格来自内置样本（{name}），截至{day}；此后的情况本文一无所知。"
    return f"{symbols}的价格来自{source or '行情数据源'}，截至{day}。"


def unknown(bare: str) -> str:
    """Say what is not on the sheet, with the symbols that lack fundamentals."""
    text = "新闻、公司指引、分析师预期与同业数据均不在事实表内"
    return f"{text}，{bare}的基本面亦然。" if bare else f"{text}。"


def no_rating(symbols: str, *, briefed: bool) -> str:
    """Say that no rating is possible, and why."""
    if not symbols or not briefed:
        return "无法评级：问题没有提到任何有数据的代码。"
    return f"无法对{symbols}评级：事实表中没有可供判断的内容。"
