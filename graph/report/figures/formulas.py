"""Which formula the name of a metric stands for, in the words by which documents tell its operands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from graph.report.figures.wording import stems

Words = tuple[frozenset[str], ...]
Kind = Literal["ratio", "sum", "count", "rest"]


def any_of(text: str) -> Words:
    """Give the words of each of several names."""
    return tuple(stems(name.strip()) for name in text.split(";") if stems(name.strip()))


@dataclass(frozen=True)
class Formula:
    """A name and what it is computed from: a first operand over the second, or the sum of signed operands.

    `needs` are plain words of which text must hold one for the name to be worth a search.
    """

    name: re.Pattern[str]
    kind: Kind
    terms: tuple[tuple[int, Words], ...]
    needs: tuple[str, ...] = ()


_NAMES = {
    "revenue": "revenue; net sales; sales; turnover; 营业收入; 营业总收入; 营业额; 营收; 收入",
    "assets": "total assets; 总资产; 资产总计",
    "liabilities": "total liabilities; 总负债; 负债合计",
    "equity": "total equity; shareholders' equity; stockholders' equity; net assets; 净资产; 股东权益",
    "income": "net income; net profit; net earnings; profit for the year; 净利润; 年内溢利; 净利",
    "pretax": "income before income taxes; income before tax; pretax income; earnings before income taxes;"
    " profit before tax; pretax earnings; 利润总额; 税前利润",
    "tax": "income tax expense; provision for income taxes; income taxes; tax expense; 所得税费用; 所得税",
    "debt": "total debt; debt; borrowings; 有息负债; 有息债务",
    "cash": "cash and cash equivalents; cash; 货币资金; 现金",
    "current assets": "total current assets; current assets; 流动资产",
    "current liabilities": "total current liabilities; current liabilities; 流动负债",
    "loans": "total loans; loans; 贷款总额; 贷款",
    "deposits": "total deposits; deposits; 存款总额; 存款",
    "gross profit": "gross profit; 毛利润; 毛利",
    "cost of revenue": "cost of revenue; cost of sales; cost of goods sold; 营业成本",
    "operating income": "operating income; operating profit; income from operations; ebit; 营业利润",
    "opex": "operating expenses; total operating expenses; 期间费用",
    "interest": "interest expense; finance costs; 利息支出; 利息费用",
    "d&a": "depreciation and amortization; depreciation; 折旧摊销; 折旧与摊销",
    "capex": "capital expenditures; capital spending; capex; purchases of property; 资本开支; 资本支出",
    "operating cash": "cash provided by operations; cash from operations; operating cash flow;"
    " operations provided; 经营活动现金流量; 经营现金流",
    "fcf": "free cash flow; 自由现金流",
    "dividends": "dividend; dividends; 每股派息; 股息; 分红",
    "earnings": "ffo; diluted earnings per share; earnings per share; net income; 每股收益; 净利润",
    "gross premiums": "gross premium; gross written premium; gross premiums written",
    "ceded": "ceded reinsurers; ceded premium; ceded; reinsurance premium",
    "obligation": "benefit obligation; projected benefit obligation; defined benefit obligation",
    "plan assets": "plan assets; fair value of plan assets; pension assets",
    "price": "close; share price; stock price; 收盘价",
    "eps": "diluted eps; diluted earnings per share; earnings per share; 每股收益",
    "dps": "dividends per share; dividend per share; 每股股息; 每股派息",
    "market cap": "market value; market capitalization; market cap; 市值",
    "shares": "diluted shares; shares outstanding; weighted average shares; 总股本",
    "orders": "orders; bookings; 新签订单; 订单",
    "inventory": "inventories; inventory; 存货",
    "receivables": "accounts receivable; receivables; 应收账款",
    "allowance": "allowance for credit losses; allowance for loan losses; allowance; 拨备",
    "bad loans": "nonperforming loans; nonaccrual loans; non-performing loans; 不良贷款",
    "nie": "noninterest expense; non-interest expense; noninterest expenses",
    "losses": "incurred losses; losses incurred; claims incurred; losses and loss adjustment expenses",
    "premiums": "net premiums earned; premiums earned; earned premiums; premiums",
    "rd": "research and development expenses; research and development; 研发费用; 研发投入",
}  # fmt: skip
_BARE = r"(?<![a-z])"
# name | kind | operands; "-" before one that is taken away.
_TABLE: tuple[tuple[str, Kind, str], ...] = (
    (r"free cash flow|自由现金流(?!收益)", "sum", "operating cash, -capex"),
    (r"net (?:written |earned )?premiums?(?! income)", "sum", "gross premiums, -ceded"),
    (r"net assets|book value(?! per)|净资产(?!收益)", "sum", "assets, -liabilities"),
    (r"working capital|营运资金", "sum", "current assets, -current liabilities"),
    (r"net debt|净负债(?!率)|净债务", "sum", "debt, -cash"),
    (r"net cash(?! (?:provided|used|flow))(?: position)?|净现金(?!流)", "sum", "cash, -debt"),
    (r"net (?:income|profit|earnings)|净利润(?!率)", "sum", "pretax, -tax"),
    (r"(?:pretax|pre-tax) (?:income|profit|earnings)|利润总额|税前利润", "sum", "income, tax"),
    (r"gross profit(?! margin)|毛利(?!率|润率)", "sum", "revenue, -cost of revenue"),
    (r"cost of (?:revenue|sales|goods sold)|营业成本", "sum", "revenue, -gross profit"),
    (r"operating (?:expenses|costs)|opex", "sum", "gross profit, -operating income"),
    (r"ebitda(?! margin)", "sum", "operating income, d&a"),
    (r"enterprise value|(?<![a-z])ev(?![a-z/])|企业价值", "sum", "market cap, debt, -cash"),
    (r"(?:under|un)funded|funded status|(?:funding|pension) (?:deficit|shortfall)|deficit", "sum",
     "obligation, -plan assets"),
    (r"overfunded|(?:funding|pension) surplus", "sum", "plan assets, -obligation"),
    (r"fund(?:ed|ing) (?:ratio|percentage|level)", "ratio", "plan assets, obligation"),
    (r"current ratio|流动比率", "ratio", "current assets, current liabilities"),
    (r"资产负债率|(?:liabilities[- ]to[- ]assets|debt[- ]to[- ]assets?)", "ratio", "liabilities, assets"),
    (r"equity ratio|equity[- ]to[- ]assets", "ratio", "equity, assets"),
    (r"[存贷]贷?[贷存]比|loans?[- ]to[- ]deposits?", "ratio", "loans, deposits"),
    (r"return on (?:equity|shareholders|stockholders)|roe(?![a-z])|净资产收益率", "ratio", "income, equity"),
    (r"return on (?:total )?assets|roa(?![a-z])|总资产收益率", "ratio", "income, assets"),
    (r"debt[- ]to[- ]equity|gearing|产权比率", "ratio", "debt, equity"),
    (r"debt[- ]to[- ]ebitda", "ratio", "debt, ebitda"),
    (r"(?:effective )?(?:income )?tax rate|effective rate|实际税率|所得税率", "ratio", "tax, pretax"),
    (r"interest cover(?:age)?|times interest earned|利息保障", "ratio", "operating income, interest"),
    (r"pay-?out|派息率|分红率|股利支付率", "ratio", "dividends, earnings"),
    (r"(?:price|p)[-/ ]?(?:to[- ])?(?:free[- ]cash[- ]flow|fcf)", "ratio", "market cap, fcf"),
    (r"dividend yield|股息率", "ratio", "dps, price"),
    (r"earnings yield|盈利收益率", "ratio", "eps, price"),
    (r"(?:fcf|free[- ]cash[- ]flow|cash) conversion", "ratio", "fcf, income"),
    (r"(?:capex|capital) intensity", "ratio", "capex, revenue"),
    (r"r&d intensity|研发(?:费用|投入)?(?:率|强度)", "ratio", "rd, revenue"),
    (r"book[- ]to[- ]bill", "ratio", "orders, revenue"),
    (r"asset turnover|总资产周转", "ratio", "revenue, assets"),
    (r"inventory turn(?:over|s)|存货周转", "ratio", "cost of revenue, inventory"),
    (r"receivables? turnover", "ratio", "revenue, receivables"),
    (r"(?:allowance|reserve) coverage|拨备覆盖率", "ratio", "allowance, bad loans"),
    (r"npl ratio|non-?performing loan ratio|不良(?:贷款)?率", "ratio", "bad loans, loans"),
    (r"efficiency ratio", "ratio", "nie, revenue"),
    (r"loss ratio", "ratio", "losses, premiums"),
    (r"book value per share|每股净资产", "ratio", "equity, shares"),
    (r"vacancy|空置率", "rest", "occupancy rate; occupancy; 出租率; 入住率"),
    (r"(?:churn|attrition)", "rest", "retention rate; retention"),
    (r"retention", "rest", "churn; attrition; turnover rate"),
    (r"gross margin", "rest", "cost of revenue"),
    (r"gross margin|毛利率", "ratio", "gross profit, revenue"),
    (r"operating margin|营业利润率", "ratio", "operating income, revenue"),
    (r"net (?:profit )?margin|净利率|销售净利率", "ratio", "income, revenue"),
    (r"(?:implied )?shares (?:outstanding|in issue)|share count|shares(?= (?:are )?outstanding)|总股本",
     "count",
     "market cap, price"),
)  # fmt: skip


def _formula(name: str, kind: Kind, operands: str) -> Formula:
    pattern = "|".join(
        part if part[0] > "\x7f" or part.startswith(("(?<", "[")) else _BARE + part for part in _split(name)
    )
    terms = tuple(
        (-1 if word.startswith("-") else 1, any_of(_NAMES.get(word.lstrip("-"), word.lstrip("-"))))
        for word in operands.split(", ")
    )
    needs = tuple(need for part in _split(name) for need in _needs(part))
    return Formula(re.compile(pattern), kind, terms, needs)


def _needs(pattern: str) -> tuple[str, ...]:
    """Give plain words of which a text must hold one for a pattern to be found."""
    longest = _plain(pattern)
    choices = [tuple(_plain(option) for option in found[1].split("|")) for found in _CHOICE.finditer(pattern)]
    best = max(choices, key=lambda words: min(map(len, words)), default=())
    return best if best and len(longest) < 2 and longest.isascii() else (longest,)


def _plain(pattern: str) -> str:
    """Give the longest run of a pattern that is no choice and not optional."""
    while (bare := re.sub(r"\([^()]*\)\??|\[[^\]]*\]\??", "\0", pattern)) != pattern:
        pattern = bare
    return max(re.split(r"\0|.\?|\\.", pattern), key=len)


_CHOICE = re.compile(r"\(\?:([^()]*)\)(?!\?)")


def _split(pattern: str) -> list[str]:
    """Cut a pattern at the bars outside its groups."""
    parts, depth = [""], 0
    for char in pattern:
        depth += (char in "([") - (char in ")]")
        if char == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return parts


FORMULAS = tuple(_formula(*row) for row in _TABLE)
REVENUE = any_of(_NAMES["revenue"])
