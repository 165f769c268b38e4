"""The closed vocabulary of metrics: what a fact can measure, in English and Chinese.

The names are what `Fact.metric` holds; the labels are how an answer says them; the aliases are how people
say them, longest first where one holds another. Definitions that differ between libraries carry their
parameters in the name, as `stoch(14,3,3)` does.
"""

from __future__ import annotations

from dataclasses import dataclass

from graph.facts import Unit


@dataclass(frozen=True)
class Metric:
    """One thing that can be measured.

    `unit` is the unit of its facts; `en` and `zh` are its labels; `aliases` are other ways to say it,
    lower case, in both languages.
    """

    name: str
    unit: Unit
    en: str
    zh: str
    aliases: tuple[str, ...] = ()


# fmt: off
METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        # Price and return
        Metric("close", "price", "close", "收盘价", ("closing price", "last price", "share price", "closed at", "price", "股价", "收盘", "收于")),
        Metric("previous_close", "price", "previous close", "前收盘价", ("prior close", "昨收", "前收盘")),
        Metric("quote", "price", "latest quote", "最新报价", ()),
        Metric("quote_change", "percent", "change since the previous close", "较前收盘价变动", ()),
        Metric("adjusted_close", "price", "dividend-adjusted close", "复权收盘价", ("adjusted close", "adj close", "复权价")),
        Metric("return_1d", "percent", "1-day return", "单日涨跌幅", ("on the day", "daily change", "当日涨跌")),
        Metric("return_1m", "percent", "1-month return", "近1个月涨跌幅", ("over one month", "over the past month", "一个月")),
        Metric("return_3m", "percent", "3-month return", "近3个月涨跌幅", ("over three months", "三个月")),
        Metric("return_6m", "percent", "6-month return", "近6个月涨跌幅", ("over six months", "六个月")),
        Metric("return_1y", "percent", "1-year return", "近1年涨跌幅", ("over one year", "over the past year", "一年")),
        Metric("return_ytd", "percent", "year-to-date return", "年初至今涨跌幅", ("ytd return", "return ytd", "year to date", "今年以来涨跌幅", "年初至今")),
        Metric("high_52w", "price", "52-week high", "52周最高价", ("52 week high", "year high", "52周高点", "one-year high", "12-month high", "high of the year", "52-week peak", "年内高点")),
        Metric("low_52w", "price", "52-week low", "52周最低价", ("52 week low", "year low", "52周低点")),
        Metric("from_high_52w", "percent", "distance from the 52-week high", "距52周最高价", ("below the 52-week high", "off its high", "距52周高点", "距高点")),
        Metric("from_low_52w", "percent", "distance from the 52-week low", "距52周最低价", ("above the 52-week low", "距52周低点", "距低点")),
        # Trend
        Metric("sma_20", "price", "20-day moving average", "20日均线", ("20-day average", "20-day sma", "sma(20)", "sma20")),
        Metric("sma_50", "price", "50-day moving average", "50日均线", ("50-day average", "50-day sma", "sma(50)", "sma50")),
        Metric("sma_200", "price", "200-day moving average", "200日均线", ("200-day average", "200-day sma", "sma(200)", "sma200")),
        Metric("ema_20", "price", "20-day exponential moving average", "20日指数均线", ("20-day ema", "ema(20)", "ema20")),
        Metric("vs_sma_50", "percent", "distance from the 50-day moving average", "相对50日均线", ("above its 50-day", "below its 50-day")),
        Metric("vs_sma_200", "percent", "distance from the 200-day moving average", "相对200日均线", ("above its 200-day", "below its 200-day")),
        Metric("adx_14", "index", "ADX(14)", "ADX(14)", ("average directional index", "adx", "趋向指标")),
        # Momentum
        Metric("rsi_14", "index", "RSI(14)", "RSI(14)", ("relative strength index", "rsi", "相对强弱指标")),
        Metric("macd", "index", "MACD(12,26,9) line", "MACD(12,26,9)快线", ("macd line", "macd", "快线")),
        Metric("macd_signal", "index", "MACD(12,26,9) signal", "MACD(12,26,9)信号线", ("signal line", "macd signal", "信号线")),
        Metric("macd_histogram", "index", "MACD(12,26,9) histogram", "MACD(12,26,9)柱", ("macd histogram", "histogram", "柱状图")),
        Metric("stoch_k", "index", "stochastic(14,3,3) %K", "随机指标(14,3,3) %K", ("%k", "stochastic", "kd指标", "随机指标")),
        Metric("stoch_d", "index", "stochastic(14,3,3) %D", "随机指标(14,3,3) %D", ("%d",)),
        # Volatility and risk
        Metric("atr_14", "price", "ATR(14)", "ATR(14)", ("average true range", "atr", "真实波幅")),
        Metric("atr_pct", "percent", "ATR(14) as a share of the close", "ATR(14)占收盘价", ("atr percent",)),
        Metric("bollinger_upper", "price", "upper Bollinger band(20,2)", "布林带(20,2)上轨", ("upper band", "upper bollinger", "上轨", "upper edge", "upper bollinger edge")),
        Metric("bollinger_lower", "price", "lower Bollinger band(20,2)", "布林带(20,2)下轨", ("lower band", "lower bollinger", "下轨", "lower edge", "lower bollinger edge")),
        Metric("volatility_20d", "percent", "20-day annualised volatility", "20日年化波动率", ("20-day volatility", "recent volatility")),
        Metric("volatility_1y", "percent", "1-year annualised volatility", "1年年化波动率", ("annualised volatility", "annualized volatility", "volatility", "波动率")),
        Metric("drawdown", "percent", "drawdown from the 1-year peak", "较近1年峰值回撤", ("current drawdown", "drawdown", "当前回撤", "回撤")),
        Metric("max_drawdown_1y", "percent", "maximum drawdown over 1 year", "近1年最大回撤", ("max drawdown", "maximum drawdown", "最大回撤", "worst drawdown", "deepest drawdown", "one-year drawdown")),
        # Levels
        Metric("swing_high", "price", "swing high", "波段高点", ("recent swing high", "波段高位")),
        Metric("swing_low", "price", "swing low", "波段低点", ("recent swing low", "波段低位")),
        Metric("fib_23.6", "price", "23.6% Fibonacci retracement", "23.6%斐波那契回撤位", ("23.6% retracement", "23.6%回撤", "23.6% level", "23.6% line")),
        Metric("fib_38.2", "price", "38.2% Fibonacci retracement", "38.2%斐波那契回撤位", ("38.2% retracement", "38.2%回撤", "38.2% level", "38.2% line")),
        Metric("fib_50", "price", "50% Fibonacci retracement", "50%斐波那契回撤位", ("50% retracement", "50%回撤", "50% level", "50% line")),
        Metric("fib_61.8", "price", "61.8% Fibonacci retracement", "61.8%斐波那契回撤位", ("61.8% retracement", "61.8%回撤", "61.8% level", "61.8% line")),
        Metric("fib_78.6", "price", "78.6% Fibonacci retracement", "78.6%斐波那契回撤位", ("78.6% retracement", "78.6%回撤", "78.6% level", "78.6% line")),
        Metric("support", "price", "nearest support", "最近支撑位", ("support", "支撑位", "支撑")),
        Metric("resistance", "price", "nearest resistance", "最近阻力位", ("resistance", "阻力位", "阻力", "压力位")),
        Metric("fib_127.2", "price", "127.2% Fibonacci extension", "127.2%斐波那契扩展位", ("127.2% extension", "127.2%扩展")),
        Metric("fib_161.8", "price", "161.8% Fibonacci extension", "161.8%斐波那契扩展位", ("161.8% extension", "161.8%扩展")),
        # Structure: the last two confirmed swing highs and lows, and the pivot that a close broke last
        Metric("pivot_high", "price", "last confirmed swing high", "最近确认的波段高点", ("latest confirmed swing high",)),
        Metric("pivot_high_prior", "price", "swing high before it", "前一个波段高点", ("prior swing high", "previous swing high")),
        Metric("pivot_low", "price", "last confirmed swing low", "最近确认的波段低点", ("latest confirmed swing low",)),
        Metric("pivot_low_prior", "price", "swing low before it", "前一个波段低点", ("prior swing low", "previous swing low")),
        Metric("break_up", "price", "swing high broken last", "最近向上突破的波段高点", ("broken swing high",)),
        Metric("break_down", "price", "swing low broken last", "最近跌破的波段低点", ("broken swing low",)),
        # Against others
        Metric("relative_3m", "pp", "3-month return against the benchmark", "近3个月相对基准的超额收益", ("3-month relative return",)),
        Metric("relative_1y", "pp", "1-year return against the benchmark", "近1年相对基准的超额收益", ("1-year relative return",)),
        Metric("beta_1y", "index", "1-year beta against the benchmark", "近1年相对基准的贝塔", ("1-year beta",)),
        Metric("correlation_1y", "index", "1-year correlation of daily returns", "近1年日收益相关系数", ("1-year correlation", "correlation", "相关系数")),
        # Volume
        Metric("volume", "count", "volume", "成交量", ("shares traded", "trading volume")),
        Metric("volume_avg_20", "count", "20-day average volume", "20日均量", ("average volume", "平均成交量", "20-day mean", "20-day mean volume")),
        Metric("volume_ratio", "multiple", "volume against its 20-day average", "量比(20日)", ("volume ratio", "量比")),
        Metric("up_volume_20", "percent", "share of 20-day volume on rising days", "近20日上涨日成交量占比", ("up-day volume share",)),
        # Fundamentals
        Metric("revenue", "money", "revenue", "营收", ("net sales", "total net sales", "sales", "营业收入", "收入")),
        Metric("gross_profit", "money", "gross profit", "毛利润", ("gross margin dollars", "毛利")),
        Metric("operating_income", "money", "operating income", "营业利润", ("operating profit", "ebit", "经营利润")),
        Metric("net_income", "money", "net income", "净利润", ("net profit", "earnings", "净利", "归母净利润")),
        Metric("free_cash_flow", "money", "free cash flow", "自由现金流", ("fcf",)),
        Metric("cash", "money", "cash and cash equivalents", "现金及现金等价物", ("cash", "现金")),
        Metric("debt", "money", "total debt", "总债务", ("debt", "borrowings", "有息负债", "债务")),
        Metric("net_debt", "money", "net debt", "净债务", ()),
        Metric("eps_diluted", "per_share", "diluted EPS", "稀释每股收益", ("diluted earnings per share", "earnings per share", "eps", "每股收益")),
        Metric("shares_diluted", "count", "diluted shares", "稀释股数", ("diluted share count", "share count", "股本")),
        Metric("revenue_growth", "percent", "revenue growth", "营收同比增长", ("sales growth", "营收增速", "营收增长")),
        Metric("net_income_growth", "percent", "net income growth", "净利润同比增长", ("earnings growth", "净利润增速", "净利润增长")),
        Metric("eps_growth", "percent", "diluted EPS growth", "每股收益同比增长", ("eps growth",)),
        Metric("gross_margin", "percent", "gross margin", "毛利率", ()),
        Metric("operating_margin", "percent", "operating margin", "营业利润率", ("经营利润率",)),
        Metric("net_margin", "percent", "net margin", "净利率", ("profit margin", "净利润率")),
        Metric("fcf_margin", "percent", "free cash flow margin", "自由现金流利润率", ("fcf margin",)),
        Metric("gross_margin_change", "pp", "change in gross margin", "毛利率变动", ("gross margin change",)),
        Metric("operating_margin_change", "pp", "change in operating margin", "营业利润率变动", ("operating margin change",)),
        Metric("fcf_growth", "percent", "free cash flow growth", "自由现金流同比增长", ("fcf growth",)),
        Metric("shares_growth", "percent", "change in diluted shares", "稀释股数变动", ("share count change",)),
        Metric("revenue_cagr", "percent", "compound annual revenue growth", "营收复合年增长率", ("revenue cagr",)),
        Metric("eps_cagr", "percent", "compound annual growth of diluted EPS", "每股收益复合年增长率", ("eps cagr",)),
        Metric("fcf_per_share", "per_share", "free cash flow per share", "每股自由现金流", ("fcf per share",)),
        # Valuation
        Metric("market_cap", "money", "market value", "市值", ("market capitalisation", "market capitalization", "market cap", "总市值")),
        Metric("pe", "multiple", "price/earnings", "市盈率", ("p/e", "pe ratio", "price to earnings", "times earnings")),
        Metric("ps", "multiple", "price/sales", "市销率", ("p/s", "price to sales", "times sales")),
        Metric("pe_median", "multiple", "median price/earnings after earlier annual reports", "历次年报后市盈率的中位数", ("median p/e", "median price/earnings", "historical median p/e", "市盈率中位数")),
        Metric("pe_vs_median", "percent", "premium to the median price/earnings", "相对市盈率中位数的溢价", ("premium to its median p/e",)),
        # As the provider computes them
        Metric("forward_pe", "multiple", "forward price/earnings", "预测市盈率", ("forward p/e", "forward pe")),
        Metric("pb", "multiple", "price/book", "市净率", ("p/b", "price to book", "price-to-book")),
        Metric("dividend_yield", "percent", "dividend yield", "股息率", ()),
        Metric("payout_ratio", "percent", "payout ratio", "派息率", ("分红率",)),
        Metric("roe", "percent", "return on equity", "净资产收益率", ("roe",)),
        Metric("beta", "index", "beta", "贝塔系数", ()),
        Metric("fcf_yield", "percent", "free cash flow yield", "自由现金流收益率", ("fcf yield",)),
    )
}
