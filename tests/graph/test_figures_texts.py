"""True sentences of analysts about the embedded sample, and the reader of the notation they are written in.

`<MSFT.revenue@24|2b>` stands for a fact shown with two decimals in billions; AAPL is the entity where none is
named, `a-b` a difference, `a%b` a change from b in percent, `a/b` a ratio; `+` before the decimals shows a sign.
"""

# ruff: noqa: E501 (one sentence a line is one case)

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

_TOKEN = re.compile(r"<([^|<>]+)\|(\+?)(\d)([bmythw]?)>")
_SCALES = {"": 0, "m": -6, "b": -9, "t": -12, "y": -8, "h": 2, "w": -4}
Shown = tuple[int, int, str, str]


def show(value: Decimal, decimals: int, scale: str, signed: bool) -> str:
    """Write a value with the decimals and at the scale of its notation."""
    scaled = value.scaleb(_SCALES[scale]).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{scaled if signed else abs(scaled):{'+' if signed else ''},}"


def render(template: str, value_of: Callable[[str], Decimal]) -> tuple[str, list[Shown]]:
    """Fill in the values; give the text and (start, end, expression, format) of every one."""
    text, shown, position = "", [], 0
    for match in _TOKEN.finditer(template):
        text += template[position : match.start()]
        digits = show(value_of(match[1]), int(match[3]), match[4], bool(match[2]))
        shown.append((len(text), len(text) + len(digits), match[1], match[2] + match[3] + match[4]))
        text += digits
        position = match.end()
    return text + template[position:], shown


ENGLISH = """
In FY2024 AAPL's revenue rose <revenue_growth@24|1>% to $<revenue@24|2b> billion, net income fell <net_income_growth@24|1>% to $<net_income@24|2b> billion.
AAPL closed at $<close|2>, above the 50-day moving average at $<sma_50|2> and the 200-day at $<sma_200|2>.
On price/earnings (the price in years of current profit) it stands at <pe|1>x, its price/sales is <ps|1>x.
AAPL's price/earnings (the price in years of current profit) is <pe|1>x, its price/sales <ps|1>x.
The MACD(12,26,9) line, the gap between a fast and a slow average of the price, is <macd|2>.
The stochastic(14,3,3) %K, the place of the close within its recent range, reads <stoch_k|1>.
AAPL's RSI(14) was <rsi_14|1> on 2024-12-30, while MSFT's RSI(14) was <MSFT.rsi_14|1> on 2013-03-01.
IBM closed at $<IBM.close|2>; for FB the price lies below its average: it stood <FB.vs_sma_50|1>% below its 50-day moving average.
Apple's revenue reached $<revenue@24|1b> billion in fiscal 2024, up <revenue_growth@24|1>% year over year, while operating income climbed to $<operating_income@24|1b> billion from $<operating_income@23|1b> billion.
Net income slipped to $<net_income@24|2b>B (<net_income_growth@24|+1>% YoY) even as gross margin expanded to <gross_margin@24|1>%.
Diluted EPS of $<eps_diluted@24|2>, down <eps_growth@24|1>% from $<eps_diluted@23|2>, shows that buybacks offset most of the profit decline.
Gross margin expanded from <gross_margin@23|1>% in FY2023 to <gross_margin@24|1>% in FY2024, a gain of roughly <gross_margin@24-gross_margin@23|1> percentage points.
Gross margin improved by <gross_margin@24-gross_margin@23|0h> basis points to <gross_margin@24|1>%, whereas net margin contracted to <net_margin@24|1>%.
Operating margin widened <operating_margin@24-operating_margin@23|1>pp to <operating_margin@24|1>% as operating income grew to $<operating_income@24|1b>B.
The stock trades at <pe|1>x trailing earnings and <ps|1>x sales, with a free cash flow yield of <fcf_yield|1>%.
At $<close|2>, the shares sit <from_high_52w|1>% below the 52-week high ($<high_52w|2>) and <from_low_52w|1>% above the 52-week low ($<low_52w|2>).
Price ($<close|2>) remains above both the 50-day SMA ($<sma_50|2>) and the 200-day SMA ($<sma_200|2>), confirming the uptrend.
Momentum is neutral-to-positive (RSI(14): <rsi_14|1>), though the MACD line (<macd|2>) has just dipped under its signal (<macd_signal|2>).
The MACD line at <macd|2> is fractionally below the signal line at <macd_signal|2>, leaving a histogram of <macd_histogram|+2>.
Stochastic %K (<stoch_k|1>) has crossed below %D (<stoch_d|1>), a short-term warning.
ADX(14) reads <adx_14|1>, well above the 25 threshold that marks a strong trend.
Volatility is moderate: the 20-day annualised figure is <volatility_20d|1>%, against <volatility_1y|1>% over one year.
The maximum drawdown over 1 year was <max_drawdown_1y|1>%, and the current drawdown is <drawdown|1>%.
Shares traded between $<low_52w|2> and $<high_52w|2> over the last 52 weeks.
The 52-week range runs from $<low_52w|2> to $<high_52w|2>.
The Bollinger bands span from $<bollinger_lower|2> to $<bollinger_upper|2>, and the close of $<close|2> lies near the upper one.
A pullback toward the 38.2% Fibonacci retracement ($<fib_38.2|2>) of the swing from $<swing_low|2> to $<swing_high|2> would be a better entry.
The 23.6% retracement at $<fib_23.6|2> coincides with nearest support at $<support|2>.
Nearest support sits at $<support|2>, about <support%close|1>% below the last close.
If price breaks below $<support|2>, the nearest support, the next stop is the 50% retracement at $<fib_50|2>.
A daily close below the 200-day moving average ($<sma_200|2>) would invalidate the thesis.
Volume came in at <volume|1m> million shares, <volume_ratio|2>x the 20-day average of <volume_avg_20|1m> million.
The market value stands at $<market_cap|2t> trillion, or <pe|1> times earnings.
Free cash flow was $<free_cash_flow@24|1b> billion in FY2024, up from $<free_cash_flow@23|1b> billion a year earlier.
Cash of $<cash@24|1b> billion compares with total debt of $<debt@24|1b> billion, leaving net debt of $<net_debt|1b> billion.
Revenue recovered from the FY2023 dip: $<revenue@22|1b>B in FY2022, $<revenue@23|1b>B in FY2023 and $<revenue@24|1b>B in FY2024.
FY2024 revenue of $<revenue@24|2b>B was <revenue_growth@24|1>% higher than FY2023's $<revenue@23|2b>B.
While revenue rose <revenue_growth@24|1>%, net income declined <net_income_growth@24|1>% and EPS slipped <eps_growth@24|1>%.
Net income fell <net_income_growth@24|1>% (from $<net_income@23|1b>B to $<net_income@24|1b>B), while revenue grew <revenue_growth@24|1>%.
Over the past year the stock has returned <return_1y|1>%, including <return_6m|1>% over six months and <return_1m|1>% over one month.
The shares lost <return_1d|1>% on the day but are still up <return_3m|1>% over three months.
AAPL's average true range, ATR(14), is $<atr_14|2>, or <atr_pct|1>% of the close.
With ATR(14) at $<atr_14|2> (<atr_pct|2>% of price), daily swings are modest.
The stock stands <vs_sma_50|1>% above its 50-day average and <vs_sma_200|1>% above its 200-day average.
At <vs_sma_200|1>% above the 200-day moving average of $<sma_200|2>, the price looks stretched.
The price has pulled back <drawdown|1>% from its 1-year peak, with the worst drawdown of the year at <max_drawdown_1y|1>%.
Profitability held up, with an operating margin of <operating_margin@24|1>% and a net margin of <net_margin@24|1>% on sales of $<revenue@24|0b> billion.
Revenue has grown at a compound annual rate of <CAGR|1>% from FY2019 to FY2024.
Between FY2019 and FY2024, revenue increased from $<revenue@19|1b> billion to $<revenue@24|1b> billion.
EPS rose from $<eps_diluted@19|2> in FY2019 to $<eps_diluted@24|2> in FY2024, helped by a share count that fell from <shares_diluted@19|1b> billion to <shares_diluted@24|1b> billion.
The business converts <net_margin@24|1>% of revenue into net income, down from <net_margin@23|1>% the year before.
Apple's net margin of <net_margin@24|1>% in FY2024 was lower than the <net_margin@23|1>% of FY2023.
AAPL closed at $<close|2> on 2024-12-30 versus $<previous_close|2> the day before (<return_1d|+1>%).
The RSI, at <rsi_14|1>, is below the overbought line of 70, and price holds above the 20-day average of $<sma_20|2>.
RSI(14) of <rsi_14|1> and an ADX of <adx_14|1> describe a healthy trend; the upper Bollinger band is $<bollinger_upper|2>.
Earnings fell, but cash generation did not: free cash flow of $<free_cash_flow@24|2b> billion exceeded net income of $<net_income@24|2b> billion.
Gross profit increased to $<gross_profit@24|1b> billion, equal to <gross_margin@24|1>% of revenue.
Microsoft closed at $<MSFT.close|2>, <MSFT.vs_sma_200|1>% below its 200-day average, whereas Apple trades <vs_sma_200|1>% above its own.
IBM's RSI(14) of <IBM.rsi_14|1> is higher than FB's <FB.rsi_14|1>.
IBM is the stronger chart: it is <IBM.vs_sma_200|1>% above its 200-day moving average, with an RSI of <IBM.rsi_14|1>. FB has lost <FB.return_1m|1>% over the past month and its RSI is <FB.rsi_14|1>.
FB is the more volatile of the two, with ATR(14) at <FB.atr_pct|1>% of the close against <IBM.atr_pct|1>% for IBM.
FB sits below its 50-day moving average ($<FB.close|2> vs. $<FB.sma_50|2>), while IBM ($<IBM.close|2>) is above its own ($<IBM.sma_50|2>).
Facebook's 20-day volatility of <FB.volatility_20d|1>% compares with <IBM.volatility_20d|1>% at IBM.
Apple's drawdown is <drawdown|1>% versus <MSFT.drawdown|1>% for Microsoft.
MSFT is <MSFT.from_high_52w|1>% off its 52-week high of $<MSFT.high_52w|2>. Its resistance lies at $<MSFT.resistance|2>, its support at $<MSFT.support|2>.
For IBM, support at $<IBM.support|2> is close; for FB, support lies at $<FB.support|2>.
"""

CHINESE = """
营收同比增长<revenue_growth@24|1>%至<revenue@24|1y>亿美元，净利润同比下降<net_income_growth@24|1>%至<net_income@24|1y>亿美元。
AAPL收于$<close|2>，高于50日均线$<sma_50|2>，也高于200日均线$<sma_200|2>。
若跌破最近支撑位$<support|2>，趋势即告破坏。
FY2024的毛利率为<gross_margin@24|1>%，FY2023的毛利率为<gross_margin@23|1>%。
无法对0700.HK评级，也不评600519.SS；AAPL的收盘价为$<close|2>。
截至2024-12-30，AAPL报收$<close|2>，较52周最高价$<high_52w|2>低<from_high_52w|1>%。
2024财年营收为<revenue@24|1y>亿美元，同比增长<revenue_growth@24|1>%；净利润为<net_income@24|1y>亿美元，同比下滑<net_income_growth@24|1>%。
毛利率由<gross_margin@23|1>%提升至<gross_margin@24|1>%，提升<gross_margin@24-gross_margin@23|1>个百分点。
营业利润率从FY2023的<operating_margin@23|1>%升至FY2024的<operating_margin@24|1>%。
稀释每股收益为$<eps_diluted@24|2>，较上年的$<eps_diluted@23|2>下降<eps_growth@24|1>%。
RSI(14)为<rsi_14|1>，处于中性偏强区间；MACD快线<macd|2>略低于信号线<macd_signal|2>。
随机指标(14,3,3) %K为<stoch_k|1>，低于%D的<stoch_d|1>，短线动能减弱。
股价高于50日均线<vs_sma_50|1>%，高于200日均线<vs_sma_200|1>%，上升趋势完好。
股价位于200日均线（$<sma_200|2>）上方<vs_sma_200|1>%。
市盈率（股价相当于多少年的利润）为<pe|1>倍，市销率为<ps|1>倍，估值偏高。
近一年最大回撤为<max_drawdown_1y|1>%，当前较峰值回撤<drawdown|1>%。
近一年上涨<return_1y|1>%，近六个月上涨<return_6m|1>%，当日下跌<return_1d|1>%。
38.2%斐波那契回撤位在$<fib_38.2|2>，61.8%回撤位在$<fib_61.8|2>。
波段低点$<swing_low|2>至波段高点$<swing_high|2>之间，50%回撤位为$<fib_50|2>。
成交量<volume|0w>万股，为20日均量的<volume_ratio|2>倍。
自由现金流从<free_cash_flow@23|1y>亿美元增至<free_cash_flow@24|1y>亿美元，自由现金流收益率为<fcf_yield|1>%。
现金<cash@24|1y>亿美元，总债务<debt@24|1y>亿美元，净债务<net_debt|1y>亿美元。
ATR(14)为$<atr_14|2>（占收盘价<atr_pct|1>%），20日年化波动率<volatility_20d|1>%。
布林带上轨$<bollinger_upper|2>，下轨$<bollinger_lower|2>，收盘价$<close|2>接近上轨。
苹果的RSI(14)为<rsi_14|1>，微软的RSI(14)为<MSFT.rsi_14|1>。
IBM收于$<IBM.close|2>，高于200日均线<IBM.vs_sma_200|1>%；FB收于$<FB.close|2>，低于50日均线<FB.vs_sma_50|1>%。
净利率为<net_margin@24|1>%，低于上年的<net_margin@23|1>%。
营收为<revenue@24|1y>亿美元（同比<revenue_growth@24|+1>%），毛利率<gross_margin@24|1>%，净利率<net_margin@24|1>%。
总市值约<market_cap|2t>万亿美元，对应市盈率<pe|1>倍、市销率<ps|1>倍。
若有效跌破$<sma_50|2>（50日均线），下一支撑看$<fib_23.6|2>（23.6%回撤位）。
距52周高点仅<from_high_52w|1>%，距52周低点$<low_52w|2>已上涨<from_low_52w|1>%。
ADX(14)为<adx_14|1>，高于25，说明趋势强劲。
"""

BLOCKS = """
- **Revenue:** $<revenue@24|2b>B (<revenue_growth@24|+1>% YoY)
- **Net income:** $<net_income@24|2b>B (<net_income_growth@24|+1>% YoY)
- **Diluted EPS:** $<eps_diluted@24|2> vs $<eps_diluted@23|2> in FY2023
- **Margins:** gross <gross_margin@24|1>%, operating <operating_margin@24|1>%, net <net_margin@24|1>%
===
- **Trend:** price $<close|2> > 50-day SMA $<sma_50|2> > 200-day SMA $<sma_200|2>
- **Momentum:** RSI(14) <rsi_14|1>; MACD histogram <macd_histogram|+2>
- **Support / resistance:** $<support|2> / n/a
===
### Key levels
1. Resistance: 52-week high, $<high_52w|2>
2. Support: $<support|2> (pivot cluster), then $<fib_38.2|2> (38.2% Fibonacci)
3. Trend line in the sand: 200-day average, $<sma_200|2>
===
| Metric | FY2022 | FY2023 | FY2024 |
|---|---|---|---|
| Revenue ($B) | $<revenue@22|1b>B | $<revenue@23|1b>B | $<revenue@24|1b>B |
| Revenue growth | <revenue_growth@22|+1>% | <revenue_growth@23|+1>% | <revenue_growth@24|+1>% |
| Gross margin | <gross_margin@22|1>% | <gross_margin@23|1>% | <gross_margin@24|1>% |
| Diluted EPS | $<eps_diluted@22|2> | $<eps_diluted@23|2> | $<eps_diluted@24|2> |
===
| | Apple | Microsoft |
|---|---|---|
| Close | $<close|2> | $<MSFT.close|2> |
| RSI(14) | <rsi_14|1> | <MSFT.rsi_14|1> |
| vs. 200-day average | <vs_sma_200|+1>% | <MSFT.vs_sma_200|+1>% |
| Max drawdown (1y) | <max_drawdown_1y|+1>% | <MSFT.max_drawdown_1y|+1>% |
===
| Ticker | Price | vs 50-day | RSI |
|---|---|---|---|
| IBM | $<IBM.close|2> | <IBM.vs_sma_50|+1>% | <IBM.rsi_14|1> |
| FB | $<FB.close|2> | <FB.vs_sma_50|+1>% | <FB.rsi_14|1> |
===
**Apple** remains in an uptrend. It closed at $<close|2>. Its RSI is <rsi_14|1>, and the 50-day average is $<sma_50|2>.

**Microsoft** is range-bound. It closed at $<MSFT.close|2>. Its RSI is <MSFT.rsi_14|1>, and the 50-day average is $<MSFT.sma_50|2>.
===
| 指标 | 数值 | 解读 |
|---|---|---|
| 收盘价 | $<close|2> | 高于50日均线 |
| RSI(14) | <rsi_14|1> | 中性 |
| 50日均线 | $<sma_50|2> | 股价高出<vs_sma_50|1>% |
| 市盈率 | <pe|1>倍 | 偏高 |
===
- **营收**：<revenue@24|1y>亿美元（<revenue_growth@24|+1>%）
- **净利润**：<net_income@24|1y>亿美元（<net_income_growth@24|+1>%）
- **毛利率**：<gross_margin@24|1>%，上年为<gross_margin@23|1>%
"""

TEMPLATES = [
    *(line for part in (ENGLISH, CHINESE) for line in part.strip().splitlines()),
    *BLOCKS.strip().split("\n===\n"),
]
