"""A reading copy of the text: plain ASCII digits, signs and spaces at unchanged character offsets."""

from __future__ import annotations

import re
import unicodedata

# A full-width comma separates clauses; as an ASCII comma it could join two numbers into one.
_KEPT = frozenset("\n，。、—―·•")
_SPACES = frozenset("*\\")
# As many kinds of characters are replaced faster one by one.
_FEW = 12
# A list whose items were joined into one line, as in "* 2016: 5 * 2017: 6 * Change: 1".
_JOINED_ITEM = re.compile(r"(?<=\s)[*•](?=\s(?:[A-Za-z][\w ,.'&/()-]{1,60}|\d{4}):)")
# Traditional characters of reports, each with the simplified one by which it is read.
_SIMPLE = dict(
    zip(
        "萬億幣單額總淨營業務產資負債現價險預計約與從為達漲環幾歸屬東應銷貨間門戶輛臺際個點佔較減長虧損稅費潤"
        "動變報財發開關閉員數據項類權轉換購買賣實號處過這還進運輸電銀證帳賬儲備準興協議書簽訂聯續終結構採礦鋼"
        "鐵氣熱農藥醫療網絡設機場倉庫鋪積極優勢擴縮擬無線車輪體驗質衛廠園區陸華灣國內將於後當時複雜響圍繞則雖"
        "並級紅訊術綜層創歷紀錄獲張顯標題詳見註說歲齡職殘補償遞攤壞撥團傳觀護樓廣寬軟製絲織紡紗飲傢俱裝飾襪鐘"
        "錶寶愛爾蘭韓緬緊縣鄉鎮島嶼貸",
        "万亿币单额总净营业务产资负债现价险预计约与从为达涨环几归属东应销货间门户辆台际个点占较减长亏损税费润"
        "动变报财发开关闭员数据项类权转换购买卖实号处过这还进运输电银证账账储备准兴协议书签订联续终结构采矿钢"
        "铁气热农药医疗网络设机场仓库铺积极优势扩缩拟无线车轮体验质卫厂园区陆华湾国内将于后当时复杂响围绕则虽"
        "并级红讯术综层创历纪录获张显标题详见注说岁龄职残补偿递摊坏拨团传观护楼广宽软制丝织纺纱饮家具装饰袜钟"
        "表宝爱尔兰韩缅紧县乡镇岛屿贷",
        strict=True,
    )
)


def _plain(char: str) -> str:
    """Give the one character by which `char` is read."""
    if char in _KEPT:
        return char
    if char in _SIMPLE:
        return _SIMPLE[char]
    if char in _SPACES:
        return " "
    code = ord(char)
    if 0xFF01 <= code <= 0xFF5E:
        return chr(code - 0xFEE0)
    if char == "￥":
        return "¥"
    kind = unicodedata.category(char)
    if kind == "Nd":
        return str(unicodedata.decimal(char))
    if kind == "Pd" or char == "−":
        return "-"
    if kind[0] in "CZ":
        return " "
    return char if len(char.lower()) == 1 else "?"


def normalise(text: str) -> str:
    """Rewrite `text` for reading, character by character, so that every offset stays true."""
    if " * " in text or " • " in text:
        text = _JOINED_ITEM.sub("\n", text)
    odd = {char for char in set(text) if not " " <= char <= "~" or char in _SPACES}
    changed = {ord(char): plain for char in odd if (plain := _plain(char)) != char}
    if len(changed) > _FEW or not odd.isdisjoint(changed.values()):
        return text.translate(changed)
    for code, plain in changed.items():
        text = text.replace(chr(code), plain)
    return text
