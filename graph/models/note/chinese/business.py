"""Evidence from annual reports and valuation in Chinese."""

from __future__ import annotations

from graph.models.note.pen import GROWTHS, INCOME, Pen
from graph.models.note.words import Texts


def _moved(pen: Pen, level: str, growth: str) -> str:
    """Say how one line moved to its level, with the direction in words."""
    if not pen.has(growth):
        return f"{pen.name(level)}为{pen.say(level)}"
    size = pen.size(growth)
    moved = {1: f"增长{size}", -1: f"下降{size}", 0: "持平"}[pen.sign(growth)]
    return f"{pen.name(level)}{pen.say(level)}，同比{moved}"


def growth(pen: Pen) -> str:
    """Give the lines of the income statement with their growth."""
    parts = [_moved(pen, line, INCOME[line]) for line in pen.known(*INCOME)]
    parts = parts or [f"{pen.name(metric)}为{pen.say(metric)}" for metric in pen.known(*GROWTHS)]
    meaning = {
        "strong": "长期支撑股价的正是这样的盈利增长。",
        "modest": "足以支撑股价，却不足以解释高估值。",
        "flat": "此后的回报只能来自利润率、回购或更高的估值。",
        "shrinking": "基数在缩小，同样的估值一年比一年贵。",
        "uneven": "两者不会长期背离，应当盯住较弱的一个。",
    }[pen.plan.state("growth")]
    period = pen.period(pen.telling_growth)
    if pen.fell_below_operations:
        meaning = (
            f"营业利润率变动为{pen.say('operating_margin_change')}，可见利润的下降发生在营业利润之下"
            "（税或利息），而不在业务本身。"
        )
    text = f"{pen.symbol}在{period}的{'；'.join(parts)}：{meaning}"
    if pen.plan.intent in ("fundamentals", "valuation") and pen.has("revenue_cagr", "eps_cagr"):
        text += (
            f"截至{pen.period('revenue_cagr')}，表内各年的{pen.name('revenue_cagr')}为{pen.say('revenue_cagr')}，"
            f"{pen.name('eps_cagr')}为{pen.say('eps_cagr')}"
        )
        text += "：差额来自回购与利润率。" if pen.exceeds("eps_cagr", "revenue_cagr") else "。"
    return text


def margins(pen: Pen) -> str:
    """Give the margins of the last year and the year before."""
    parts = []
    for metric in pen.known("gross_margin", "operating_margin", "net_margin")[:2]:
        part = f"{pen.name(metric)}在{pen.period(metric)}为{pen.say(metric)}"
        if pen.view.fact(metric, back=1):
            part += f"，在{pen.period(metric, 1)}为{pen.say(metric, 1)}"
        parts.append(part)
    meaning = {
        "widening": "每一元收入留下的更多，来自定价权或更好的产品结构。",
        "narrowing": "每一元收入留下的更少，要追问成本或竞争。",
        "stable": "利润随收入而动，不快也不慢。",
        "level": "只有一年的数据，看得到水平，看不到方向。",
    }[pen.plan.state("margins")]
    return f"{pen.symbol}的{'；'.join(parts)}：{meaning}"


def valuation(pen: Pen) -> str:
    """Give the multiples that the market pays."""
    gloss = pen.once("市盈率", "（以当前盈利计，多少年收回股价）")
    text = f"{pen.symbol}在{pen.on('pe')}的市盈率{gloss}为{pen.say('pe')}"
    if pen.has("ps"):
        text += f"，市销率为{pen.say('ps')}"
    if pen.has("fcf_yield"):
        gloss = pen.once("自由现金流收益率", "（自由现金与市值之比）")
        text += f"，自由现金流收益率{gloss}为{pen.say('fcf_yield')}"
    meaning = {
        "demanding": "：要么增长提速，要么回报全靠估值撑着。",
        "full": "：好业绩已在预期之中，只有更好才有奖赏。",
        "fair": "：价格没有要求任何不寻常的事。",
        "modest": "：市场期望不高，业绩平常即可。",
    }
    return text + meaning[pen.plan.state("valuation")] + _own_history(pen)


def _own_history(pen: Pen) -> str:
    """Set the multiple beside the median that the company has had."""
    if pen.plan.brief or not pen.has("pe_median", "pe_vs_median"):
        return ""
    return (
        f"{pen.symbol}{pen.name('pe_median')}为{pen.say('pe_median')}，"
        f"{pen.name('pe_vs_median')}为{pen.say('pe_vs_median')}。"
    )


def balance(pen: Pen) -> str:
    """Give the cash that the business makes, holds and owes."""
    parts = [f"自由现金流为{pen.say('free_cash_flow')}"]
    if pen.has("cash", "debt"):
        parts.append(f"现金及现金等价物为{pen.say('cash')}")
        parts.append(f"总债务为{pen.say('debt')}")
    meaning = {
        "net_cash": "公司的独立性不欠任何人。",
        "covered": "扣除现金后，一年的自由现金即可还清债务。",
        "levered": "每年的现金有一部分先归债权人。",
        "generating": "利润是真金白银。",
        "burning": "缺口总要有人来填。",
    }[pen.plan.state("balance")]
    text = f"{pen.symbol}在{pen.period('free_cash_flow')}的{'，'.join(parts)}：{meaning}"
    if not pen.plan.brief and pen.has("shares_growth", "fcf_per_share") and pen.sign("shares_growth") < 0:
        text += (
            f"{pen.period('shares_growth')}的稀释股数下降{pen.size('shares_growth')}，"
            f"每股自由现金流为{pen.say('fcf_per_share')}。"
        )
    return text


TEXTS: Texts = {"growth": growth, "margins": margins, "valuation": valuation, "balance": balance}
