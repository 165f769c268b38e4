"""More true sentences of analysts, in the notation of `test_figures_texts`: longer notes, lists and tables."""

# ruff: noqa: E501 (one sentence a line is one case)

SENTENCES = """
Valuation looks full: the stock changes hands at <pe|1>x earnings and <ps|1>x sales while earnings per share edged down <eps_growth@24|1>% last year.
Top-line growth of <revenue_growth@24|1>% did not reach the bottom line; net income came in at $<net_income@24|1b>B versus $<net_income@23|1b>B in FY2023.
The company generated $<free_cash_flow@24|1b>B of free cash flow on $<revenue@24|1b>B of revenue.
With $<cash@24|1b> billion of cash against $<debt@24|1b> billion of debt, the balance sheet carries $<net_debt|1b> billion of net debt.
EPS (diluted) was $<eps_diluted@24|2> in FY2024 compared with $<eps_diluted@23|2> in FY2023, a <eps_growth@24|1>% decline.
Gross margin hit <gross_margin@24|1>% (FY2023: <gross_margin@23|1>%), and operating margin <operating_margin@24|1>% (FY2023: <operating_margin@23|1>%).
Margins tell the story: gross margin <gross_margin@24|1>%, operating margin <operating_margin@24|1>%, net margin <net_margin@24|1>%.
Since FY2022 gross margin has gained <gross_margin@24-gross_margin@22|1> percentage points, from <gross_margin@22|1>% to <gross_margin@24|1>%.
Operating income of $<operating_income@24|2b>B (+<operating_income@24%operating_income@23|1>%) outpaced revenue growth of <revenue_growth@24|1>%.
Debt was cut to $<debt@24|1b>B from $<debt@23|1b>B.
Shares outstanding shrank to <shares_diluted@24|2b> billion from <shares_diluted@23|2b> billion, cushioning EPS.
The 50-day moving average ($<sma_50|2>) sits well above the 200-day ($<sma_200|2>), a bullish alignment.
Immediate support is $<support|2>, followed by the 50-day average at $<sma_50|2> and the 38.2% retracement at $<fib_38.2|2>.
A move back to the 52-week high of $<high_52w|2> would be a gain of <high_52w%close|1>% from the current price of $<close|2>.
The stock is trading <vs_sma_50|1>% above its 50-day moving average ($<sma_50|2>), <vs_sma_200|1>% above its 200-day moving average ($<sma_200|2>) and <from_high_52w|1>% below its 52-week high ($<high_52w|2>).
Downside to the nearest support ($<support|2>) is about <support%close|1>%.
RSI(14) = <rsi_14|1>, MACD = <macd|2>, signal = <macd_signal|2>, histogram = <macd_histogram|+2>.
Momentum: RSI <rsi_14|1> (neutral), stochastic %K <stoch_k|1> / %D <stoch_d|1>.
The trend is strong (ADX <adx_14|1>), volatility is contained (20-day annualised <volatility_20d|1>%), and volume is light at <volume_ratio|2>x average.
The stock fell <return_1d|1>% in the last session to $<close|2>, from $<previous_close|2>.
Returns: <return_1m|+1>% over one month, <return_3m|+1>% over three months, <return_6m|+1>% over six months and <return_1y|+1>% over one year.
The shares have gained <return_1y|1>% over the past twelve months and trade just <from_high_52w|1>% shy of their 52-week high.
A swing from $<swing_low|2> to $<swing_high|2> puts the 23.6%, 38.2% and 50% retracements at $<fib_23.6|2>, $<fib_38.2|2> and $<fib_50|2>.
Buyers should wait for a pullback to $<support|2> (nearest support) or $<sma_50|2> (50-day average).
A stop below $<fib_38.2|2>, the 38.2% retracement, keeps the loss near <fib_38.2%close|1>%.
Bollinger bands (20,2): upper $<bollinger_upper|2>, lower $<bollinger_lower|2>.
The upper Bollinger band at $<bollinger_upper|2> caps the upside; the lower band at $<bollinger_lower|2> marks the downside.
ATR(14) is $<atr_14|2>, so a typical day moves the price by <atr_pct|1>%.
The worst peak-to-trough loss of the past year was <max_drawdown_1y|1>%, i.e. the maximum drawdown over 1 year; today the drawdown is <drawdown|1>%.
At a market cap of $<market_cap|2t>T, investors pay <pe|1> times trailing earnings.
The free-cash-flow yield, at <fcf_yield|1>%, is thin.
In FY2021 revenue jumped <revenue_growth@21|1>% to $<revenue@21|1b>B; in FY2023 it fell <revenue_growth@23|1>% to $<revenue@23|1b>B.
FY2024: revenue $<revenue@24|1b>B, net income $<net_income@24|1b>B, EPS $<eps_diluted@24|2>.
Revenue, at $<revenue@24|1b> billion, was still below the FY2022 record of $<revenue@22|1b> billion.
Net income has declined for two straight years, from $<net_income@22|1b>B in FY2022 to $<net_income@23|1b>B in FY2023 and $<net_income@24|1b>B in FY2024.
Apple's operating margin rose from <operating_margin@22|1>% (FY2022) to <operating_margin@24|1>% (FY2024), +<operating_margin@24-operating_margin@22|1>pp.
Because net income (the profit that is left after tax) fell to $<net_income@24|1b> billion, the net margin slipped to <net_margin@24|1>%.
The average of gross margins aside, FY2024's gross margin of <gross_margin@24|1>% is the highest since FY2019's <gross_margin@19|1>%.
Price is above its 200-day average, which stands at $<sma_200|2>, and its 50-day average, which stands at $<sma_50|2>.
The closing price of $<close|2> is $<close-sma_50|2> above the 50-day average.
Apple closed at $<close|2>; Microsoft closed at $<MSFT.close|2>.
Apple (RSI <rsi_14|1>) has more momentum than Microsoft (RSI <MSFT.rsi_14|1>).
While Apple trades <vs_sma_50|1>% above its 50-day average, Microsoft trades only <MSFT.vs_sma_50|1>% above its 50-day average.
Over six months Apple gained <return_6m|1>%, Microsoft lost <MSFT.return_6m|1>%.
IBM returned <IBM.return_3m|1>% over three months; FB lost <FB.return_3m|1>%.
Between the two, IBM has the lower ATR(14) as a share of the close (<IBM.atr_pct|1>% vs. <FB.atr_pct|1>%).
FB: close $<FB.close|2>, RSI <FB.rsi_14|1>, <FB.vs_sma_50|1>% below the 50-day average. IBM: close $<IBM.close|2>, RSI <IBM.rsi_14|1>, <IBM.vs_sma_50|1>% above the 50-day average.
For Microsoft, the RSI reads <MSFT.rsi_14|1> and the stochastic %K <MSFT.stoch_k|1>; Apple's RSI reads <rsi_14|1>.
Microsoft is down <MSFT.return_1y|1>% over one year. It trades at $<MSFT.close|2>, below its 200-day average of $<MSFT.sma_200|2>. The nearest resistance is $<MSFT.resistance|2>.
苹果2024财年营收<revenue@24|1y>亿美元，较2023财年的<revenue@23|1y>亿美元增长<revenue_growth@24|1>%。
净利润从<net_income@23|1y>亿美元降至<net_income@24|1y>亿美元，降幅<net_income_growth@24|1>%。
毛利率为<gross_margin@24|1>%，同比提升<gross_margin@24-gross_margin@23|1>个百分点；净利率为<net_margin@24|1>%，同比下降<net_margin@23-net_margin@24|1>个百分点。
毛利率、营业利润率和净利率分别为<gross_margin@24|1>%、<operating_margin@24|1>%和<net_margin@24|1>%。
当前股价$<close|2>，较50日均线（$<sma_50|2>）高<vs_sma_50|1>%，较200日均线（$<sma_200|2>）高<vs_sma_200|1>%。
股价距离52周高点$<high_52w|2>仅差<from_high_52w|1>%。
RSI（14）读数为<rsi_14|1>，尚未进入70以上的超买区；ADX（14）为<adx_14|1>，趋势较强。
MACD快线<macd|2>，信号线<macd_signal|2>，柱状图<macd_histogram|+2>，动能趋弱。
以$<close|2>计算，市盈率约为<pe|1>倍，市销率约为<ps|1>倍。
若回落至50日均线$<sma_50|2>附近，可考虑分批买入；若跌破200日均线$<sma_200|2>，则应止损。
上方阻力看52周高点$<high_52w|2>，下方支撑看$<support|2>。
支撑位：$<support|2>；38.2%回撤位：$<fib_38.2|2>；200日均线：$<sma_200|2>。
股价自波段低点$<swing_low|2>上涨至波段高点$<swing_high|2>，38.2%斐波那契回撤位为$<fib_38.2|2>。
近一个月上涨<return_1m|1>%，近三个月上涨<return_3m|1>%，近一年上涨<return_1y|1>%。
1年年化波动率为<volatility_1y|1>%，高于20日年化波动率的<volatility_20d|1>%。
成交量为<volume|0w>万股，仅为20日均量<volume_avg_20|0w>万股的<volume_ratio|2>倍。
每股收益由$<eps_diluted@23|2>降至$<eps_diluted@24|2>，同比下降<eps_growth@24|1>%。
自由现金流<free_cash_flow@24|1y>亿美元，高于净利润<net_income@24|1y>亿美元。
苹果收于$<close|2>，RSI为<rsi_14|1>；微软收于$<MSFT.close|2>，RSI为<MSFT.rsi_14|1>。
与微软（RSI <MSFT.rsi_14|1>）相比，苹果（RSI <rsi_14|1>）动能更强。
IBM近三个月上涨<IBM.return_3m|1>%，而FB同期下跌<FB.return_3m|1>%。
"""

OTHERS = """
Apple's FY2024 net income of $<net_income@24|1b> billion was $<net_income@23-net_income@24|1b> billion lower than in FY2023.
The stock's <return_1y|1>% one-year gain has lifted the price/earnings ratio to <pe|1>x.
A <fcf_yield|1>% free cash flow yield and a <net_margin@24|1>% net margin point to a mature, profitable business.
Price has slipped below the 20-day average ($<sma_20|2>) intraday but closed at $<close|2>, still above it.
Gross margin has risen every year since FY2019, from <gross_margin@19|1>% to <gross_margin@24|1>%.
EPS growth of <eps_growth@24|+1>% lagged revenue growth of <revenue_growth@24|+1>% for the year.
The MACD histogram (<macd_histogram|+2>) is essentially flat, and %K at <stoch_k|1> has fallen beneath %D at <stoch_d|1>.
Key risk: a close under $<sma_50|2> (50-day SMA) or, worse, $<sma_200|2> (200-day SMA).
Resistance is the 52-week high at $<high_52w|2>, <high_52w%close|1>% above the close.
Operating margin: <operating_margin@24|1>% in FY2024, <operating_margin@23|1>% in FY2023, <operating_margin@22|1>% in FY2022.
Total debt fell by $<debt@23-debt@24|1b> billion to $<debt@24|1b> billion.
Since the low of $<low_52w|2> on 2024-04-19 the shares have risen <from_low_52w|1>%.
With the close at $<close|2> and ATR(14) at $<atr_14|2>, a two-ATR stop would sit near the 23.6% retracement ($<fib_23.6|2>).
Net income/revenue = <net_margin@24|1>%; gross profit/revenue = <gross_margin@24|1>%.
The market is paying <pe|1>x earnings for a company whose EPS fell to $<eps_diluted@24|2> from $<eps_diluted@23|2>.
Trading volume of <volume|1m>M shares was below the <volume_avg_20|1m>M 20-day average.
Trend: bullish. The close ($<close|2>) is above the 50-day ($<sma_50|2>) and 200-day ($<sma_200|2>) averages.
Although revenue climbed from $<revenue@23|1b>B to $<revenue@24|1b>B, net income dropped from $<net_income@23|1b>B to $<net_income@24|1b>B.
In the most recent fiscal year (FY2024), revenue was $<revenue@24|1b>B and diluted EPS was $<eps_diluted@24|2>.
The 1-month return is <return_1m|+1>%, the 3-month return <return_3m|+1>% and the 6-month return <return_6m|+1>%.
Stock price: $<close|2> (as of 2024-12-30); 52-week range: $<low_52w|2> - $<high_52w|2>.
Microsoft's ADX of <MSFT.adx_14|1> signals no trend, unlike Apple's <adx_14|1>.
Apple's RSI is <rsi_14|1> versus <MSFT.rsi_14|1> at Microsoft.
Compared with Microsoft's <MSFT.volatility_1y|1>%, Apple's one-year volatility of <volatility_1y|1>% is only slightly higher.
IBM is <IBM.from_high_52w|1>% below its 52-week high. Its 50-day average of $<IBM.sma_50|2> is rising. FB, by contrast, trades <FB.vs_sma_50|1>% below its 50-day average.
Both stocks are above support: IBM at $<IBM.close|2> (support $<IBM.support|2>) and FB at $<FB.close|2> (support $<FB.support|2>).
IBM closed <IBM.return_1d|1>% higher at $<IBM.close|2>, and FB gained <FB.return_1d|1>% to $<FB.close|2>.
AAPL has the higher RSI: <rsi_14|1> against MSFT's <MSFT.rsi_14|1>.
苹果的毛利率从2022财年的<gross_margin@22|1>%升至2024财年的<gross_margin@24|1>%。
公司2024财年自由现金流为<free_cash_flow@24|1y>亿美元，净债务为<net_debt|1y>亿美元。
目前价格为$<close|2>，52周区间为$<low_52w|2>–$<high_52w|2>。
股价在200日均线$<sma_200|2>之上，在布林带上轨$<bollinger_upper|2>之下。
估值方面，市盈率<pe|1>倍，市销率<ps|1>倍，自由现金流收益率仅<fcf_yield|1>%。
随机指标%K（<stoch_k|1>）下穿%D（<stoch_d|1>）。
净利润<net_income@24|1y>亿美元，较上年<net_income@23|1y>亿美元减少<net_income_growth@24|1>%。
最大回撤<max_drawdown_1y|1>%，当前回撤<drawdown|1>%，1年年化波动率<volatility_1y|1>%。
若收盘跌破$<support|2>的支撑位，下一目标是$<fib_38.2|2>的38.2%回撤位。
苹果近一年上涨<return_1y|1>%，微软近一年下跌<MSFT.return_1y|1>%。
微软股价$<MSFT.close|2>，低于200日均线$<MSFT.sma_200|2>；苹果股价$<close|2>，高于200日均线$<sma_200|2>。
股价较52周低点$<low_52w|2>上涨<from_low_52w|1>%。
毛利率同比上升<gross_margin@24-gross_margin@23|0h>个基点至<gross_margin@24|1>%。
"""

BLOCKS = """
**Bull case**
- Revenue growth returned to <revenue_growth@24|+1>% after <revenue_growth@23|+1>% in FY2023
- Gross margin at <gross_margin@24|1>% vs <gross_margin@23|1>% a year ago
- FCF of $<free_cash_flow@24|1b>B covers net debt of $<net_debt|1b>B
**Bear case**
- P/E of <pe|1>x on EPS that shrank <eps_growth@24|1>%
- Price only <from_high_52w|1>% below the 52-week high
===
| Indicator | Reading | Signal |
|---|---|---|
| Price vs 50-day SMA | $<close|2> vs $<sma_50|2> | Bullish |
| Price vs 200-day SMA | $<close|2> vs $<sma_200|2> | Bullish |
| RSI(14) | <rsi_14|1> | Neutral |
| MACD / Signal | <macd|2> / <macd_signal|2> | Flat |
| ADX(14) | <adx_14|1> | Strong trend |
===
| Metric | FY2024 | FY2023 | YoY |
|---|---|---|---|
| Revenue | $<revenue@24|2b>B | $<revenue@23|2b>B | <revenue_growth@24|+1>% |
| Net income | $<net_income@24|2b>B | $<net_income@23|2b>B | <net_income_growth@24|+1>% |
| Gross margin | <gross_margin@24|1>% | <gross_margin@23|1>% | <gross_margin@24-gross_margin@23|+1> pp |
| Diluted EPS | $<eps_diluted@24|2> | $<eps_diluted@23|2> | <eps_growth@24|+1>% |
===
| 财年 | 营收（亿美元） | 净利润（亿美元） | 毛利率 |
|---|---|---|---|
| FY2022 | <revenue@22|1y>亿美元 | <net_income@22|1y>亿美元 | <gross_margin@22|1>% |
| FY2023 | <revenue@23|1y>亿美元 | <net_income@23|1y>亿美元 | <gross_margin@23|1>% |
| FY2024 | <revenue@24|1y>亿美元 | <net_income@24|1y>亿美元 | <gross_margin@24|1>% |
===
### IBM
- Close: $<IBM.close|2>
- Trend: <IBM.vs_sma_200|1>% above the 200-day average
- RSI(14): <IBM.rsi_14|1>
### FB
- Close: $<FB.close|2>
- Trend: <FB.vs_sma_50|1>% below the 50-day average
- RSI(14): <FB.rsi_14|1>
===
| Level | Price | Distance |
|---|---|---|
| 52-week high | $<high_52w|2> | <high_52w%close|+1>% |
| Nearest support | $<support|2> | <support%close|+1>% |
| 200-day average | $<sma_200|2> | <sma_200%close|+1>% |
===
| 公司 | 收盘价 | RSI(14) | 最大回撤 |
|---|---|---|---|
| 苹果 | $<close|2> | <rsi_14|1> | <max_drawdown_1y|1>% |
| 微软 | $<MSFT.close|2> | <MSFT.rsi_14|1> | <MSFT.max_drawdown_1y|1>% |
"""

MORE = [
    *SENTENCES.strip().splitlines(),
    *OTHERS.strip().splitlines(),
    *BLOCKS.strip().split("\n===\n"),
]
