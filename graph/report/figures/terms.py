"""How metrics are said in prose, beyond the names of the vocabulary."""

from __future__ import annotations

from graph.vocabulary import METRICS

Meaning = tuple[str, tuple[str, ...]]


def _table(text: str) -> dict[str, tuple[str, ...]]:
    """Read "name: one; other" lines; an indented line continues the one before."""
    rows = text.strip().replace("\n    ", " ").splitlines()
    return {name: _words(said) for name, said in (row.split(": ", 1) for row in rows)}


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.replace("\n", " ").split(";"))


# Said of a distance or of a move, where the grammar of the sentence decides; never a name by itself.
_GRAMMAR = frozenset(
    _words("""
above its 200-day; above its 50-day; above the 52-week low; below its 200-day; below its 50-day; below the
52-week high; off its high; on the day; over one month; over one year; over six months; over the past
month; over the past year; over three months; 一个月; 一年; 三个月; 六个月; 快线
""")
)

_MORE = _table("""
close: closing level; stock price; current price; spot price; last close; latest close; latest price;
    trades at; trading at; traded at; trade at; closes at; close at; stock at; shares at; last traded;
    finished at; ended at; settled at; quoted at; 最新价; 现价; 报收于; 报收; 收报; 价格; 当前价;
    changes hands at
high_52w: 52w high; 52-wk high; 52wk high; 1-year high; one-year high; 12-month high; its high; yearly
    high; that high; this high; 52周高; 52周新高; 52周最高; 一年高点
low_52w: 52w low; 52-wk low; 52wk low; 1-year low; one-year low; 12-month low; its low; yearly low; that
    low; this low; 52周低; 52周新低; 52周最低
from_high_52w: from 52-week high; distance from 52-week high; distance to 52-week high;
    distance to the
    52-week high; vs 52-week high; vs. 52-week high
from_low_52w: from 52-week low; distance from 52-week low; distance to 52-week low; distance to the
    52-week low; vs 52-week low; vs. 52-week low
return_1d: 1-day change; one-day return; day change; day's change; change on the day; daily move;
    daily return; 日涨跌幅; 当日涨跌幅
return_1m: one-month view; one-month return; 1m return; 1 month return; 近一个月涨跌幅; 1个月涨跌幅
return_3m: three-month return; 3m return; 3 month return; 近三个月涨跌幅; 3个月涨跌幅
return_6m: six-month view; six-month return; 6m return; 6 month return; 近六个月涨跌幅; 6个月涨跌幅
return_1y: one-year view; one-year return; 1y return; 1 year return; 12-month return; 近一年涨跌幅; 1年涨跌幅
macd: macd(12,26,9)
macd_signal: macd signal line; signal
macd_histogram: macd柱; macd柱状图; macd bar; 柱值
stoch_k: k值; 随机指标k值; kdj的k值
stoch_d: d值; 随机指标d值; kdj的d值
drawdown: drawdown from peak; drawdown from its 1-year peak; drawdown from the peak; 自高点回撤
max_drawdown_1y: one-year drawdown; 1-year drawdown; max. drawdown; largest drawdown; worst drawdown;
    worst; deepest; peak-to-trough loss;
    peak-to-trough decline; peak-to-trough drop; 1-year max drawdown; max
    drawdown (1y)
volatility_1y: 1-year volatility; one-year volatility; annual volatility; 年化波动率
volatility_20d: 20-day annualized volatility; 20日波动率; 20d volatility
atr_pct: atr %; atr as % of close; atr/close; atr/price; atr as a percentage of price; atr(14) %
bollinger_upper: upper bollinger band; bollinger upper band; bollinger upper; 布林上轨; 布林带上轨
bollinger_lower: lower bollinger band; bollinger lower band; bollinger lower; 布林下轨; 布林带下轨
volume_avg_20: 20-day average daily volume; average daily volume; 20日平均成交量;
    20日均成交量
volume_ratio: relative volume; volume vs 20-day average; volume vs. 20-day average
revenue: revenues; total revenue; turnover; top line; top-line; 总收入; 总营收; 营业总收入
operating_income: operating earnings; income from operations; 营业收益
net_income: profit; net earnings; bottom line; 净收益; 归母净利
free_cash_flow: free cash flows
eps_diluted: diluted earnings; earnings per diluted share; 摊薄每股收益; 稀释eps; 摊薄eps
shares_diluted: diluted shares outstanding; diluted weighted-average shares; shares outstanding;
    稀释股份; 总股本
revenue_growth: growth in revenue; revenue growth (yoy); revenue yoy; revenue change; top-line growth;
    营收同比; 收入增速; 收入同比增长
net_income_growth: net income yoy; profit growth; growth in net income; 净利润同比; 净利增速
eps_growth: eps yoy; growth in eps; earnings per share growth; eps增速; 每股收益增速
gross_margin: gross profit margin; 毛利润率
operating_margin: operating profit margin; ebit margin; 营业利润率
net_margin: net profit margin; net income margin; 销售净利率
market_cap: market capitalisation; mkt cap; equity value
pe: price-to-earnings; price/earnings ratio; price-earnings; p/e ratio; p/e multiple; trailing p/e; pe;
    earnings multiple; 静态市盈率; 滚动市盈率
ps: price-to-sales; price/sales ratio; p/s ratio; ps ratio; sales multiple
fcf_yield: free-cash-flow yield; fcf收益率
debt: gross debt; total borrowings; 总负债额; 有息债务
cash: cash balance; cash position; 现金储备
support: support level; nearest support level; first support; 支撑价
resistance: resistance level; nearest resistance level; first resistance; 阻力价
previous_close: previous close; prior day's close; the day before; the prior day; the previous day; the
    previous session; the prior session; 前一日; 前一交易日; 上一交易日; 上一日
""")

for _how in ("maximum", "max", "max.", "largest", "worst", "deepest", "biggest"):
    _MORE["max_drawdown_1y"] += tuple(
        f"{_how} {_window} drawdown" for _window in ("one-year", "1-year", "12-month", "trailing", "one year")
    )

# Several metrics under one name; the value, the unit or the order says which is meant.
_JOINT = _table("""
low_52w high_52w: 52-week range; 52w range; 52周区间; 52周波动区间; last 52 weeks; past 52 weeks; 过去52周;
    近52周
volume_avg_20 sma_20: 20-day average; 20日均值
bollinger_lower bollinger_upper: bollinger bands; bollinger band; 布林带
swing_low swing_high: swing; swing range; 波段
peak: peak; 1-year peak; one-year peak; 近1年峰值; 近一年高点; 峰值
from_high_52w high_52w: 距52周最高价; 距52周高点; 距52周高; 距52周最高
from_low_52w low_52w: 距52周最低价; 距52周低点
vs_sma_50 sma_50: 距50日均线; 相对50日均线
vs_sma_200 sma_200: 距200日均线; 相对200日均线
volatility_1y volatility_20d: annualized volatility; volatility; annualised volatility; 波动率; 年化波动率
fcf_margin: fcf margin; free cash flow margin
""")

# The same amount with its sign turned.
_TURNED = _table("""
net_income: net loss; net losses; 净亏损; 亏损
operating_income: operating loss; 营业亏损
net_debt: net cash; net cash position; 净现金
""")

# Names of what no fact of the vocabulary measures: a figure beside one is not the word inside it.
_FOREIGN = _words("""
price target; target price; target; stop-loss; stop loss; stop; take profit; entry; cost of sales; cost of
revenue; cost of goods sold; total assets; total equity; shareholders' equity; operating cash flow; cash
flow from operations; cash flow; dividend yield; dividend per share; dividend; dividends; capital
expenditures; capital expenditure; capex; ev/ebitda; ev/sales; peg ratio; peg; price/book; price to book;
price-to-book; p/b; ebitda margin; ebitda; return on equity; return on assets; roe; roa; roic; beta; r&d;
research and development; tax rate; forward p/e; forward pe; forward price/earnings; inventory;
inventories; backlog; order book; debt to equity; debt-to-equity; d/e; debt/equity; interest coverage;
current ratio; market share; cost of debt; short interest; implied volatility; 目标价; 止损位; 止损;
止盈; 市净率; 总资产;
净资产收益率; 经营现金流; 经营活动现金流; 股息率; 股息; 分红; 研发费用; 预测市盈率; 资本开支; 市场份额;
资产负债率; services revenue; service revenue;
iphone revenue; product revenue; services gross margin; cash conversion; sharpe ratio; sharpe; earnings
yield; 100-day moving average; 100-day; 10-day moving average; 10-day; 21-day; 100日均线; 10日均线;
5日均线; 60日均线;
120日均线; 250日均线; sma(100); ema(50); 50-day ema; 200-day ema; 50-day exponential moving average; vwap;
position size; all-time high; 历史高点
""")

# Words that hold the name of a metric without meaning one.
_NOISE = _words("""
shares traded between;
close to; closely; close attention; fibonacci retracement; fib retracement; 斐波那契回撤; 黄金分割回撤;
earnings
report; earnings call; earnings season; earnings release; earnings date; price action; price data; support
the; supports; debt market; cash in; sales force; pricing; profit taking; profit-taking; high-volume;
low-volume; in support of; 支撑了; sales of; price history; price change; signal that; sell signal; buy
signal; signals; target the; entry into; stop the; stop at nothing; closed above; closed below; at the
close; into the close
""")

# Ways to count the months in the window of a price return.
_MONTHS = _table("""
return_1m: one; 1; a; 一
return_3m: three; 3; 三
return_6m: six; 6; 六
return_1y: twelve; 12; 十二
""")
_MOVES = _words("gain; rise; rally; advance; loss; decline; drop; fall; slide; move; performance")
_HEADS = ("over", "in", "during", "for", "of")
_ZH_HEADS = ("近", "过去", "最近")
_DAY = _words("on the day; today; 当日; 单日; 日内; in the latest session; in the last session")
_PAST = ("", "the ", "the past ", "the last ", "past ", "last ", "the trailing ", "trailing ")


def _windows() -> dict[str, str]:
    """Give the ways to say the window of a price return."""
    said = dict.fromkeys(_DAY, "return_1d")
    for head in _HEADS:
        for past in _PAST:
            for metric, counts in _MONTHS.items():
                said |= {
                    f"{head} {past}{count} month{plural}": metric for count in counts for plural in ("", "s")
                }
            said |= dict.fromkeys((f"{head} {past}{year} year" for year in ("one", "1", "a")), "return_1y")
        for past in ("the past", "the last", "past", "last"):
            said |= {f"{head} {past} month": "return_1m", f"{head} {past} year": "return_1y"}
            said |= {f"{head} {past} quarter": "return_3m", f"{head} {past} day": "return_1d"}
            said[f"{head} {past} session"] = "return_1d"
    said |= {"the last month": "return_1m", "the past month": "return_1m", "the past year": "return_1y"}
    for metric, counts in _MONTHS.items():
        spans = [f"{count}-month" for count in counts if count != "a"]
        spans += ["one-year", "1-year"] if metric == "return_1y" else []
        said |= {f"{span} {noun}": metric for span in spans for noun in _MOVES}
    for head in _ZH_HEADS:
        for metric, counts in _MONTHS.items():
            said |= {f"{head}{count}{unit}": metric for count in counts for unit in ("个月", "月")}
        said |= {f"{head}{count}年": "return_1y" for count in ("一", "1")}
    return said


_AVERAGE_NAMES = _words("""
{0}-day; {0}d ma; {0}dma; {0}-dma; ma{0}; ma({0}); {0}日线; {0}日移动平均线; {0}日移动均线; {0}-day ma;
{0}-day simple moving average; {0}-period sma; {0}日简单移动均线
""")


_AGAINST = _words(
    "vs; vs.; versus; distance from; distance to; distance from the; distance to the; relative to"
)
_AGAINST_NAMES = _words("""
{0}-day moving average; {0}-day average; {0}-day; {0}-day sma; {0}-day ma; sma({0}); sma{0}; {0}dma; {0}d
""")


def _names() -> dict[str, Meaning]:
    """Give the names of the metrics themselves."""
    said: dict[str, Meaning] = {}
    for days in ("20", "50", "200"):
        said |= {name.format(days): ("metric", (f"sma_{days}",)) for name in _AVERAGE_NAMES}
    for days in ("50", "200"):
        said |= {
            f"{head} {name.format(days)}": ("metric", (f"vs_sma_{days}",))
            for head in _AGAINST
            for name in _AGAINST_NAMES
        }
    # Of volumes there are means of 20 days as well.
    said |= {f"{days}-day mean": ("metric", (f"sma_{days}",)) for days in ("50", "200")}
    for metric in METRICS.values():
        names = (metric.en, metric.zh, *metric.aliases, *_MORE.get(metric.name, ()))
        said |= {name.lower(): ("metric", (metric.name,)) for name in names if name not in _GRAMMAR}
    return said


def _build() -> dict[str, Meaning]:
    """Map every way to say something to its kind and the metrics that it may mean."""
    said: dict[str, Meaning] = dict.fromkeys(_NOISE, ("noise", ()))
    said |= dict.fromkeys(_FOREIGN, ("foreign", ()))
    said |= {word: ("window", (metric,)) for word, metric in _windows().items()}
    said |= _names()
    said |= {word: ("joint", tuple(keys.split())) for keys, words in _JOINT.items() for word in words}
    said |= {word: ("turned", (key,)) for key, words in _TURNED.items() for word in words}
    said |= {word.replace("annualised", "annualized"): meaning for word, meaning in said.items()}
    return said


SAID = _build()

# Distances from a level that are metrics of their own.
DISTANCES = _table("""
high_52w: from_high_52w
low_52w: from_low_52w
sma_50: vs_sma_50
sma_200: vs_sma_200
peak: drawdown; from_high_52w
""")
DISTANCE_OF = {gap: level for level, gaps in DISTANCES.items() if level != "peak" for gap in gaps}
# Told without a sign: the name says which side the value lies on.
UNSIGNED = frozenset({"drawdown", "max_drawdown_1y", "from_high_52w"})
LEVELS = frozenset(
    _words("""
high_52w; low_52w; sma_20; sma_50; sma_200; ema_20; bollinger_upper; bollinger_lower; swing_high; swing_low;
support; resistance; previous_close; fib_23.6; fib_38.2; fib_50; fib_61.8; fib_78.6; fib_127.2; fib_161.8;
pivot_high; pivot_high_prior; pivot_low; pivot_low_prior; break_up; break_down
""")
)
# Extremes carry the date on which they were reached, which need not be the date of the fact.
UNDATED = LEVELS - {"sma_20", "sma_50", "sma_200", "ema_20"}
# Values that an oscillator is conventionally read against.
THRESHOLDS = _table("""
rsi_14: 20; 30; 40; 50; 60; 70; 80
stoch_k: 20; 50; 80
stoch_d: 20; 50; 80
adx_14: 20; 25; 30; 40; 50
macd: 0
macd_signal: 0
macd_histogram: 0
volume_ratio: 1; 1.0; 1.5; 2; 2.0
""")
