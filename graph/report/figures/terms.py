"""How metrics are said in prose, beyond the names of the vocabulary."""

from __future__ import annotations

from graph.vocabulary import METRICS

# Said of a distance or of a move, where the grammar of the sentence decides; never a name by itself.
_GRAMMAR = frozenset(
    {"below the 52-week high", "off its high", "above the 52-week low", "above its 50-day", "below its 50-day", "above its 200-day",
     "below its 200-day", "on the day", "over one month", "over the past month", "over three months", "over six months", "over one year",
     "over the past year", "一个月", "三个月", "六个月", "一年", "快线"}
)  # fmt: skip

_MORE: dict[str, tuple[str, ...]] = {
    "close": (
        "closing level", "stock price", "current price", "spot price", "last close", "latest close", "latest price", "trades at", "trading at", "traded at",
        "trade at", "closes at", "close at", "stock at", "shares at", "last traded", "finished at", "ended at", "settled at", "finished", "quoted at", "最新价", "现价", "报收于", "报收", "收报", "价格", "当前价",
        "stands at", "changes hands at",
    ),
    "high_52w": ("52w high", "52-wk high", "52wk high", "1-year high", "one-year high", "12-month high", "its high", "yearly high", "52周高", "52周新高", "52周最高", "一年高点"),
    "low_52w": ("52w low", "52-wk low", "52wk low", "1-year low", "one-year low", "12-month low", "its low", "yearly low", "52周低", "52周新低", "52周最低"),
    "from_high_52w": ("from 52-week high", "distance from 52-week high", "distance to 52-week high", "distance to the 52-week high", "vs 52-week high", "vs. 52-week high", "距52周高", "距52周最高", "较52周高点", "较52周最高价"),
    "from_low_52w": ("from 52-week low", "distance from 52-week low", "distance to 52-week low", "distance to the 52-week low", "vs 52-week low", "vs. 52-week low", "距52周低", "距52周最低", "较52周低点", "较52周最低价"),
    "vs_sma_50": ("vs 50-day moving average", "vs. 50-day moving average", "vs 50-day", "distance from 50-day moving average", "distance from 50-day", "vs 50-day sma", "vs sma(50)", "较50日均线", "距50日均线"),
    "vs_sma_200": ("vs 200-day moving average", "vs. 200-day moving average", "vs 200-day", "distance from 200-day moving average", "distance from 200-day", "vs 200-day sma", "vs sma(200)", "较200日均线", "距200日均线"),
    "return_1d": ("1-day change", "one-day return", "daily return", "日涨跌幅", "当日涨跌幅"),
    "return_1m": ("one-month return", "1m return", "1 month return", "近一个月涨跌幅", "1个月涨跌幅"),
    "return_3m": ("three-month return", "3m return", "3 month return", "近三个月涨跌幅", "3个月涨跌幅"),
    "return_6m": ("six-month return", "6m return", "6 month return", "近六个月涨跌幅", "6个月涨跌幅"),
    "return_1y": ("one-year return", "1y return", "1 year return", "12-month return", "近一年涨跌幅", "1年涨跌幅"),
    "macd": ("macd(12,26,9)",),
    "macd_signal": ("macd signal line", "signal"),
    "drawdown": ("drawdown from peak", "drawdown from its 1-year peak", "drawdown from the peak", "自高点回撤"),
    "max_drawdown_1y": ("max. drawdown", "largest drawdown", "worst drawdown", "1-year max drawdown", "max drawdown (1y)"),
    "volatility_1y": ("1-year volatility", "one-year volatility", "annual volatility", "年化波动率"),
    "volatility_20d": ("20-day annualized volatility", "20日波动率", "20d volatility"),
    "atr_pct": ("atr %", "atr as % of close", "atr/close", "atr/price", "atr as a percentage of price", "atr(14) %"),
    "bollinger_upper": ("upper bollinger band", "bollinger upper band", "bollinger upper", "布林上轨", "布林带上轨"),
    "bollinger_lower": ("lower bollinger band", "bollinger lower band", "bollinger lower", "布林下轨", "布林带下轨"),
    "volume_avg_20": ("20-day average", "20-day average daily volume", "average daily volume", "20日平均成交量", "20日均成交量"),
    "volume_ratio": ("relative volume", "volume vs 20-day average", "volume vs. 20-day average"),
    "revenue": ("revenues", "total revenue", "turnover", "top line", "top-line", "总收入", "总营收", "营业总收入"),
    "operating_income": ("operating earnings", "income from operations", "营业收益"),
    "net_income": ("profit", "net earnings", "bottom line", "净收益", "归母净利"),
    "free_cash_flow": ("free cash flows",),
    "eps_diluted": ("diluted earnings", "earnings per diluted share", "摊薄每股收益", "稀释eps", "摊薄eps"),
    "shares_diluted": ("diluted shares outstanding", "diluted weighted-average shares", "shares outstanding", "稀释股份", "总股本"),
    "revenue_growth": ("growth in revenue", "revenue growth (yoy)", "revenue yoy", "revenue change", "top-line growth", "营收同比", "收入增速", "收入同比增长"),
    "net_income_growth": ("net income yoy", "profit growth", "growth in net income", "净利润同比", "净利增速"),
    "eps_growth": ("eps yoy", "growth in eps", "earnings per share growth", "eps增速", "每股收益增速"),
    "gross_margin": ("gross profit margin", "毛利润率"),
    "operating_margin": ("operating profit margin", "ebit margin", "营业利润率"),
    "net_margin": ("net profit margin", "net income margin", "销售净利率"),
    "market_cap": ("market capitalisation", "mkt cap", "equity value"),
    "pe": ("price-to-earnings", "price/earnings ratio", "price-earnings", "p/e ratio", "p/e multiple", "trailing p/e", "pe", "earnings multiple", "静态市盈率", "滚动市盈率"),
    "ps": ("price-to-sales", "price/sales ratio", "p/s ratio", "ps ratio", "sales multiple"),
    "fcf_yield": ("free-cash-flow yield", "fcf收益率"),
    "debt": ("gross debt", "total borrowings", "总负债额", "有息债务"),
    "cash": ("cash balance", "cash position", "现金储备"),
    "support": ("support level", "nearest support level", "first support", "支撑价"),
    "resistance": ("resistance level", "nearest resistance level", "first resistance", "阻力价"),
    "previous_close": ("previous close", "prior day's close"),
}  # fmt: skip

# Several metrics under one name; the value or the order says which is meant.
_JOINT: dict[str, tuple[str, ...]] = {
    "52-week range": ("low_52w", "high_52w"), "52w range": ("low_52w", "high_52w"), "52周区间": ("low_52w", "high_52w"), "52周波动区间": ("low_52w", "high_52w"),
    "bollinger bands": ("bollinger_lower", "bollinger_upper"), "bollinger band": ("bollinger_lower", "bollinger_upper"), "布林带": ("bollinger_lower", "bollinger_upper"),
    "swing": ("swing_low", "swing_high"), "swing range": ("swing_low", "swing_high"), "波段": ("swing_low", "swing_high"),
    "peak": ("peak",), "1-year peak": ("peak",), "one-year peak": ("peak",), "近1年峰值": ("peak",), "近一年高点": ("peak",), "峰值": ("peak",),
    "fcf margin": ("fcf_margin",), "free cash flow margin": ("fcf_margin",),
}  # fmt: skip

# The same amount with its sign turned.
_TURNED: dict[str, str] = {
    "net loss": "net_income", "net losses": "net_income", "净亏损": "net_income", "亏损": "net_income", "operating loss": "operating_income", "营业亏损": "operating_income",
    "net cash": "net_debt", "net cash position": "net_debt", "净现金": "net_debt",
}  # fmt: skip

# Names of what no fact of the vocabulary measures: a figure beside one is not the word inside it.
_FOREIGN = (
    "price target", "target price", "target", "stop-loss", "stop loss", "stop", "take profit", "entry", "cost of sales", "cost of revenue", "cost of goods sold", "total assets",
    "total equity", "shareholders' equity", "operating cash flow", "cash flow from operations", "cash flow", "dividend yield", "dividend per share", "dividend", "dividends",
    "capital expenditures", "capital expenditure", "capex", "ev/ebitda", "ev/sales", "peg ratio", "peg", "price/book", "price to book", "price-to-book", "p/b", "ebitda margin", "ebitda",
    "return on equity", "return on assets", "roe", "roa", "roic", "beta", "r&d", "research and development", "tax rate", "forward p/e", "forward pe", "forward price/earnings",
    "inventory", "inventories", "backlog", "order book", "debt to equity", "debt-to-equity", "d/e", "debt/equity", "interest coverage", "current ratio", "market share", "cost of debt", "short interest", "implied volatility",
    "目标价", "止损位", "止损", "止盈", "市净率", "总资产", "净资产收益率", "经营现金流", "经营活动现金流", "股息率", "股息", "分红", "研发费用", "预测市盈率", "资本开支", "市场份额", "资产负债率",
    "services revenue", "service revenue", "iphone revenue", "product revenue", "services gross margin", "cash conversion", "sharpe ratio", "sharpe", "earnings yield",
    "100-day moving average", "100-day", "10-day moving average", "10-day", "21-day", "100日均线", "10日均线", "5日均线", "60日均线", "120日均线", "250日均线", "sma(100)", "ema(50)", "50-day ema", "200-day ema",
    "50-day exponential moving average", "vwap", "position size", "all-time high", "历史高点",
)  # fmt: skip

# Words that hold the name of a metric without meaning one.
_NOISE = (
    "close to", "closely", "close attention", "fibonacci retracement", "fib retracement", "斐波那契回撤", "黄金分割回撤", "earnings report", "earnings call", "earnings season",
    "earnings release", "earnings date", "price action", "price data", "support the", "supports", "debt market", "cash in", "sales force", "pricing", "profit taking", "profit-taking",
    "high-volume", "low-volume", "in support of", "支撑了", "sales of", "price history", "price change", "signal that", "sell signal", "buy signal", "signals", "target the", "entry into",
    "stop the", "stop at nothing", "closed above", "closed below", "at the close", "into the close",
)  # fmt: skip

# Windows of a price return, as (metric, ways to say the window).
_MONTHLY = {"return_1m": ("one", "1", "a", "一"), "return_3m": ("three", "3", "三"), "return_6m": ("six", "6", "六"), "return_1y": ("twelve", "12", "十二")}


def _windows() -> dict[str, str]:
    """Give the ways to say the window of a price return."""
    said: dict[str, str] = {}
    for metric, counts in _MONTHLY.items():
        for count in counts:
            for head in ("over", "in", "during", "for"):
                for middle in ("", "the ", "the past ", "the last ", "past ", "last ", "the trailing ", "trailing "):
                    said |= {f"{head} {middle}{count} month{plural}": metric for plural in ("", "s")}
                    if metric == "return_1y":
                        said |= {f"{head} {middle}{year} year": metric for year in ("one", "1", "a")}
            said |= {f"{head}{count}{unit}": metric for head in ("近", "过去", "最近") for unit in ("个月", "月")}
    for head in ("over", "in", "during", "for"):
        for middle in ("the past", "the last", "past", "last"):
            said |= {f"{head} {middle} month": "return_1m", f"{head} {middle} year": "return_1y"}
            said |= {f"{head} {middle} quarter": "return_3m", f"{head} {middle} day": "return_1d", f"{head} {middle} session": "return_1d"}
    said |= {f"{head}{count}年": "return_1y" for head in ("近", "过去", "最近") for count in ("一", "1")}
    said |= dict.fromkeys(("on the day", "today", "当日", "单日", "日内", "in the latest session", "in the last session"), "return_1d")
    return said


def _build() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Map every way to say something to its kind and the metrics that it may mean."""
    said: dict[str, tuple[str, tuple[str, ...]]] = {}
    for word in _NOISE:
        said[word] = ("noise", ())
    for word in _FOREIGN:
        said[word] = ("foreign", ())
    for word, metric in _windows().items():
        said[word] = ("window", (metric,))
    for days in ("20", "50", "200"):
        names = (f"{days}-day", f"{days}d ma", f"{days}dma", f"{days}-dma", f"ma{days}", f"ma({days})", f"{days}日线", f"{days}日移动平均线", f"{days}日移动均线", f"{days}-day ma",
                 f"{days}-day simple moving average", f"{days} day moving average", f"{days}-period sma", f"{days}日简单移动均线")  # fmt: skip
        said |= dict.fromkeys(names, ("metric", (f"sma_{days}",)))
    for metric in METRICS.values():
        for word in (metric.en.lower(), metric.zh.lower(), *metric.aliases, *_MORE.get(metric.name, ())):
            if word not in _GRAMMAR:
                said[word.lower()] = ("metric", (metric.name,))
    said |= {word: ("joint", metrics) for word, metrics in _JOINT.items()}
    said |= {word: ("turned", (metric,)) for word, metric in _TURNED.items()}
    said["20-day average volume"] = ("metric", ("volume_avg_20",))
    for word, meaning in list(said.items()):
        if "annualised" in word:
            said[word.replace("annualised", "annualized")] = meaning
    return said


SAID = _build()

# Distances from a level that are metrics of their own.
DISTANCES = {
    "high_52w": ("from_high_52w",), "low_52w": ("from_low_52w",), "sma_50": ("vs_sma_50",), "sma_200": ("vs_sma_200",),
    "peak": ("drawdown", "from_high_52w"),
}  # fmt: skip
# Told without a sign: the name says which side the value lies on.
UNSIGNED = frozenset({"drawdown", "max_drawdown_1y", "from_high_52w"})
LEVELS = frozenset(
    {"high_52w", "low_52w", "sma_20", "sma_50", "sma_200", "ema_20", "bollinger_upper", "bollinger_lower", "swing_high", "swing_low", "support", "resistance",
     "previous_close", "fib_23.6", "fib_38.2", "fib_50", "fib_61.8", "fib_78.6"}
)  # fmt: skip
# Extremes carry the date on which they were reached, which need not be the date of the fact.
UNDATED = LEVELS - {"sma_20", "sma_50", "sma_200", "ema_20", "previous_close"}
# Values that an oscillator is conventionally read against.
THRESHOLDS = {
    "rsi_14": ("20", "30", "40", "50", "60", "70", "80"), "stoch_k": ("20", "50", "80"), "stoch_d": ("20", "50", "80"), "adx_14": ("20", "25", "30", "40", "50"),
    "macd": ("0",), "macd_signal": ("0",), "macd_histogram": ("0",), "volume_ratio": ("1", "1.0", "1.5", "2", "2.0"),
}  # fmt: skip
