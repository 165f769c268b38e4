"""Companies that people name without a ticker: the listings that a name stands for, in English and Chinese.

A name found here is only a candidate: whether a symbol exists is for the configured providers to say. Names
with several listings stand for all of them, so that the reader is asked rather than one of them guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Listings, then names: the first English one, the first Chinese one and further ones, separated by commas.
_TABLE = """
AAPL | Apple | 苹果 | 苹果公司
MSFT | Microsoft | 微软 | 微软公司
IBM | International Business Machines | 国际商业机器 |
GOOGL | Alphabet | 谷歌 | Google
META | Meta Platforms | 脸书 | Meta, Facebook, 脸谱
AMZN | Amazon | 亚马逊 |
NVDA | Nvidia | 英伟达 | 辉达
TSLA | Tesla | 特斯拉 |
NFLX | Netflix | 奈飞 | 网飞
AMD | Advanced Micro Devices | 超威半导体 | 超微半导体
INTC | Intel | 英特尔 |
QCOM | Qualcomm | 高通 |
AVGO | Broadcom | 博通 |
ORCL | Oracle | 甲骨文 |
ADBE | Adobe | 奥多比 |
CRM | Salesforce | 赛富时 |
CSCO | Cisco | 思科 |
TXN | Texas Instruments | 德州仪器 |
MU | Micron | 美光 | 美光科技
PLTR | Palantir | 帕兰提尔 |
UBER | Uber | 优步 |
ABNB | Airbnb | 爱彼迎 |
COIN | Coinbase | |
PYPL | PayPal | 贝宝 |
SHOP | Shopify | |
SPOT | Spotify | |
DIS | Disney | 迪士尼 | Walt Disney
MCD | McDonald's | 麦当劳 | McDonalds
SBUX | Starbucks | 星巴克 |
NKE | Nike | 耐克 |
KO | Coca-Cola | 可口可乐 | Coca Cola
PEP | PepsiCo | 百事 | Pepsi, 百事可乐
PG | Procter & Gamble | 宝洁 |
WMT | Walmart | 沃尔玛 |
COST | Costco | 开市客 | 好市多
HD | Home Depot | 家得宝 |
JNJ | Johnson & Johnson | 强生 |
PFE | Pfizer | 辉瑞 |
LLY | Eli Lilly | 礼来 |
MRK | Merck | 默沙东 |
UNH | UnitedHealth | 联合健康 |
JPM | JPMorgan | 摩根大通 | JP Morgan, JPMorgan Chase, 小摩
BAC | Bank of America | 美国银行 |
GS | Goldman Sachs | 高盛 |
MS | Morgan Stanley | 摩根士丹利 | 大摩
C | Citigroup | 花旗 | Citi, 花旗集团
WFC | Wells Fargo | 富国银行 |
V | Visa Inc | 维萨 |
MA | Mastercard | 万事达 |
BRK-B | Berkshire Hathaway | 伯克希尔 | Berkshire, 伯克希尔哈撒韦
BLK | BlackRock | 贝莱德 |
XOM | Exxon Mobil | 埃克森美孚 | Exxon, ExxonMobil
CVX | Chevron | 雪佛龙 |
BA | Boeing | 波音 |
CAT | Caterpillar | 卡特彼勒 |
GE | General Electric | 通用电气 |
F | Ford Motor | 福特 | 福特汽车
GM | General Motors | 通用汽车 |
T | AT&T | 美国电话电报 |
VZ | Verizon | 威瑞森 |
TSM 2330.TW | TSMC | 台积电 | Taiwan Semiconductor
ASML ASML.AS | ASML | 阿斯麦 |
NVO | Novo Nordisk | 诺和诺德 |
SAP SAP.DE | SAP | 思爱普 |
TM 7203.T | Toyota | 丰田 | 丰田汽车
SONY 6758.T | Sony | 索尼 |
7974.T | Nintendo | 任天堂 |
005930.KS | Samsung | 三星 | Samsung Electronics, 三星电子
BABA 9988.HK | Alibaba | 阿里巴巴 | 阿里
JD 9618.HK | JD.com | 京东 |
BIDU 9888.HK | Baidu | 百度 |
NTES 9999.HK | NetEase | 网易 |
TCOM 9961.HK | Trip.com | 携程 |
NIO 9866.HK | NIO Inc | 蔚来 |
LI 2015.HK | Li Auto | 理想汽车 |
XPEV 9868.HK | XPeng | 小鹏汽车 | 小鹏
BILI 9626.HK | Bilibili | 哔哩哔哩 | B站
PDD | Pinduoduo | 拼多多 | PDD Holdings
0700.HK | Tencent | 腾讯 | 腾讯控股
3690.HK | Meituan | 美团 |
1810.HK | Xiaomi | 小米 | 小米集团
1024.HK | Kuaishou | 快手 |
0388.HK | Hong Kong Exchanges | 港交所 | 香港交易所
HSBC 0005.HK HSBA.L | HSBC | 汇丰 | 汇丰控股
1299.HK | AIA Group | 友邦保险 | 友邦
1211.HK 002594.SZ | BYD | 比亚迪 |
0941.HK 600941.SS | China Mobile | 中国移动 |
601857.SS 0857.HK | PetroChina | 中国石油 | 中石油
600028.SS 0386.HK | Sinopec | 中国石化 | 中石化
601398.SS 1398.HK | ICBC | 工商银行 |
601939.SS 0939.HK | China Construction Bank | 建设银行 |
601988.SS 3988.HK | Bank of China | 中国银行 |
600036.SS 3968.HK | China Merchants Bank | 招商银行 |
601318.SS 2318.HK | Ping An Insurance | 中国平安 |
000001.SZ | Ping An Bank | 平安银行 |
601318.SS 2318.HK 000001.SZ | Ping An | 平安 |
000001.SS | SSE Composite | 上证指数 | 上证综指
600519.SS | Kweichow Moutai | 贵州茅台 | 茅台, Moutai
000858.SZ | Wuliangye | 五粮液 |
300750.SZ 3750.HK | CATL | 宁德时代 | Contemporary Amperex
600900.SS | China Yangtze Power | 长江电力 |
000333.SZ 0300.HK | Midea | 美的集团 |
000651.SZ | Gree Electric | 格力电器 | 格力
601012.SS | LONGi | 隆基绿能 |
688981.SS 0981.HK | SMIC | 中芯国际 |
300059.SZ | East Money | 东方财富 |
BTC-USD | Bitcoin | 比特币 |
ETH-USD | Ethereum | 以太坊 | Ether
^GSPC | S&P 500 | 标普500 |
^IXIC | Nasdaq Composite | 纳斯达克指数 | 纳指
^DJI | Dow Jones | 道琼斯 | 道指
^HSI | Hang Seng Index | 恒生指数 | 恒指, Hang Seng
"""


@dataclass(frozen=True)
class Company:
    """A name's listings, the most traded first, and all the names that stand for them."""

    symbols: tuple[str, ...]
    names: tuple[str, ...]


def _read(table: str) -> tuple[Company, ...]:
    found = []
    for line in table.strip().splitlines():
        symbols, english, chinese, more = (part.strip() for part in line.split("|"))
        names = (english, chinese, *(part.strip() for part in more.split(",")))
        found.append(Company(tuple(symbols.split()), tuple(name for name in names if name)))
    return tuple(found)


COMPANIES = _read(_TABLE)

#: Bare numbers that are the code of more than one thing.
SHARED_CODES = {"000001": ("000001.SZ", "000001.SS")}

_MARKETS = (
    (("hong kong", "h-share", "h share", "港股", "h股", "香港", "hk"), (".HK",)),
    (("a-share", "a share", "a股", "沪", "深市", "上海", "深圳", "shanghai", "shenzhen"), (".SS", ".SZ")),
    (("adr", "美股", "nyse", "nasdaq", "纽约", "us-listed", "us listing", "us-listing", "new york"), ("",)),
    (("taiwan", "台股", "台湾"), (".TW",)),
    (("tokyo", "日股", "东京"), (".T",)),
    (("london", "伦敦"), (".L",)),
)


def names_of(symbol: str) -> tuple[str, ...]:
    """Give the names of the company of a listing; none for one that is not in the table."""
    return next((company.names for company in COMPANIES if symbol in company.symbols), ())


def prefer(symbols: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Keep the listings on the market that a text names; all of them when it names none."""
    lowered = text.lower()
    for words, suffixes in _MARKETS:
        named = any(
            re.search(rf"(?<![a-z0-9.]){re.escape(word)}(?![a-z0-9])", lowered)
            if word.isascii()
            else word in lowered
            for word in words
        )
        kept = tuple(symbol for symbol in symbols if _suffix(symbol) in suffixes)
        if named and kept:
            return kept
    return symbols


def _suffix(symbol: str) -> str:
    return symbol[symbol.rindex(".") :] if "." in symbol else ""
