"""Evidence from prices in English: one text for each topic, figures first, meaning behind the colon."""

from __future__ import annotations

from graph.models.note.english.words import listed, marks, side, swing
from graph.models.note.pen import SPANS, Pen
from graph.models.note.signals import ADX_STRONG, RSI_HIGH, RSI_LOW
from graph.models.note.words import Texts

_ORDERS = {
    "up": ", with the shorter average above the longer: buyers have set the pace for months, not days.",
    "up_wide": ", with the shorter average above the longer: buyers have set the pace for months, and even a "
    "deep pullback would leave the trend standing.",
    "up_thin": ", with the shorter average above the longer, but by so little that one bad week would put "
    "the trend in question.",
    "down_wide": ", with the shorter average below the longer: sellers have set the pace for months, and a "
    "rally would have to be large before it counts.",
    "down_thin": ", with the shorter average below the longer, but by so little that one good week could end "
    "the decline.",
    "turning_up": ", while the averages have yet to cross: an early turn, not a proven trend.",
    "pullback": ": the longer trend is intact while the shorter one gives ground.",
    "bounce": ", with the averages still in the order of a downtrend: the burden of proof is on buyers.",
    "breaking": ", with the averages still in the order of an uptrend that the price no longer respects.",
    "down": ", with the shorter average below the longer: sellers have set the pace for months, not days.",
}


def trend(pen: Pen) -> str:
    """Set the close against its averages, and the strength of the move beside it."""
    averages = pen.known("sma_50", "sma_200")
    sides = [f"{side(pen, metric)} its {pen.name(metric)} of {pen.say(metric)}" for metric in averages]
    gloss = pen.once("moving average", " (the mean close of that many sessions)")
    text = f"{pen.symbol} closed at {pen.say('close')} on {pen.on()}, {' and '.join(sides)}{gloss}"
    state = pen.plan.state("trend")
    text += _ORDERS.get(f"{state}_{pen.cushion}", _ORDERS.get(state, "."))
    if pen.has("adx_14"):
        gloss = pen.once("ADX", ", the strength of a move whatever its direction,")
        text += f" ADX(14){gloss} reads {pen.say('adx_14')}, " + (
            f"above the threshold of {ADX_STRONG}: the move has force."
            if pen.trend_is_strong
            else f"below the threshold of {ADX_STRONG} for a strong trend: direction without force."
        )
    return text + _structure(pen)


def _structure(pen: Pen) -> str:
    """Name the last two swing lows of a rise, or highs of a decline, where highs and lows agree."""
    if not pen.tells_structure:
        return ""
    kind, where = ("low", "above") if pen.structure == "rising" else ("high", "below")
    last, prior = f"pivot_{kind}", f"pivot_{kind}_prior"
    return (
        f" The structure fits: {pen.symbol}'s last confirmed swing {kind} of {pen.say(last)} "
        f"({pen.on(last)}) lies {where} the prior swing {kind} of {pen.say(prior)} ({pen.on(prior)})."
    )


def returns(pen: Pen) -> str:
    """Give the returns over each period."""
    known = pen.known(*SPANS)
    parts = [f"a {pen.name(metric)} of {pen.say(metric)}" for metric in known]
    meaning = {
        "gaining": "strength at every length is what draws others in.",
        "losing": "weakness at every length says that rallies were sold.",
        "turned_up": "the shorter periods improve first when a decline ends: a start, not a proof.",
        "turned_down": "the longer gain is intact, but the newest money is losing.",
        "mixed": "there is no steady pull in either direction.",
    }[pen.plan.state("returns")]
    text = f"To {pen.on(known[0])} {pen.symbol} shows {listed(parts)}"
    if pen.has("relative_1y"):
        text += f", with a 1-year return against the benchmark of {pen.say('relative_1y')}"
    paces = {
        "faster": " The last three months ran ahead of the year's own pace.",
        "slower": " The last three months fell well behind the year's own pace.",
    }
    return f"{text}: {meaning}{paces.get(pen.pace, '')}"


def momentum(pen: Pen) -> str:
    """Read RSI and, where momentum was asked for, the stochastic."""
    gloss = pen.once("RSI", ", recent gains set against recent losses,")
    high = f"the threshold of {RSI_HIGH} that marks an overbought market"
    low = f"the threshold of {RSI_LOW} that marks an oversold market"
    text = f"RSI(14){gloss} reads {pen.say('rsi_14')} for {pen.symbol} on {pen.on('rsi_14')}, "
    text += {
        "overbought": f"above {high}: good news is in the price, and pullbacks are common from here",
        "oversold": f"below {low}: rebounds are common from here, lasting turns are not",
        "firm": f"below {high}: buyers lead and are not yet spent",
        "soft": f"above {low}: sellers lead and are not yet spent",
        "neutral": "near the middle of its scale: neither side is pressing",
    }[pen.plan.state("momentum")]
    if pen.plan.intent == "momentum" and pen.has("stoch_k", "stoch_d"):
        gloss = pen.once("stochastic", ", the place within the recent range,")
        above = pen.exceeds("stoch_k", "stoch_d")
        text += (
            f". The stochastic(14,3,3) %K{gloss} reads {pen.say('stoch_k')} for {pen.symbol} on "
            f"{pen.on('stoch_k')}, {'above' if above else 'below'} its %D of {pen.say('stoch_d')}: "
            f"the last push is {'gaining' if above else 'fading'}"
        )
    return text + "."


def macd(pen: Pen) -> str:
    """Set the MACD line against its signal line."""
    gloss = pen.once("MACD", ", the gap between a fast and a slow average,")
    state = pen.plan.state("macd")
    where = "above" if pen.exceeds("macd", "macd_signal") else "below"
    where = "level with" if state.startswith("level") else where
    meaning = {
        "level_above": "the rise no longer gathers pace, and the next turn decides",
        "level_below": "the decline no longer gathers pace, and the next turn decides",
        "rising_above": "the rise is gathering pace",
        "falling_above": "the rise goes on, but more slowly",
        "rising_below": "the decline is losing pace",
        "falling_below": "the decline is gathering pace",
    }[state]
    return (
        f"The MACD(12,26,9) line{gloss} is {pen.say('macd')} for {pen.symbol} on {pen.on('macd')}, "
        f"{where} its signal line of {pen.say('macd_signal')}: {meaning}."
    )


def range(pen: Pen) -> str:
    """Place the close in the range of the year."""
    where = "at" if pen.sign("from_high_52w") == 0 else f"{pen.size('from_high_52w')} below"
    text = f"On {pen.on()} {pen.symbol} stands {where} its 52-week high"
    if pen.has("high_52w"):
        text += f" of {pen.say('high_52w')} ({pen.on('high_52w')})"
    if pen.has("from_low_52w", "low_52w"):
        text += f" and {pen.size('from_low_52w')} above its 52-week low of {pen.say('low_52w')}"
        text += f" ({pen.on('low_52w')})"
    meaning = {
        "near_high": ": few holders sit on losses, so little supply waits overhead.",
        "upper": ": the year's advance is mostly kept, and the old high is the test.",
        "middle": ": many holders sit on losses, and rallies meet their selling.",
        "near_low": ": nearly every buyer of the year sits on a loss, and the low is the last line.",
    }[pen.plan.state("range")]
    return text + meaning


def volatility(pen: Pen) -> str:
    """Give the volatility and the usual span of a day."""
    parts: list[str] = []
    if pen.has("volatility_1y"):
        gloss = pen.once("annualised volatility", " (how widely a year's returns scatter)")
        parts.append(f"{pen.symbol}'s 1-year annualised volatility{gloss} is {pen.say('volatility_1y')}")
    if pen.has("volatility_20d"):
        owner = "its" if parts else f"{pen.symbol}'s"
        parts.append(f"{owner} 20-day annualised volatility is {pen.say('volatility_20d')}")
    text = f"As of {pen.on('volatility_1y')} {' and '.join(parts)}"
    if pen.is_calmer is not None:
        text += f": recent trading is {'calmer' if pen.is_calmer else 'rougher'} than the year"
    if pen.has("atr_14", "atr_pct"):
        gloss = pen.once("ATR", ", the average span of a trading day,")
        text += (
            f". ATR(14){gloss} is {pen.say('atr_14')} for {pen.symbol} on {pen.on('atr_14')}, and ATR(14) "
            f"as a share of the close is {pen.say('atr_pct')}: any stop inside that span is hit by noise"
        )
    return text + "."


def drawdown(pen: Pen) -> str:
    """Give the falls that holders had to sit through."""
    parts: list[str] = []
    if pen.has("drawdown"):
        gloss = pen.once("drawdown", " (the fall from the highest close)")
        parts.append(f"the drawdown from the 1-year peak{gloss} is {pen.size('drawdown')}")
    if pen.has("max_drawdown_1y"):
        parts.append(f"the maximum drawdown over 1 year was {pen.size('max_drawdown_1y')}")
    meaning = {
        "contained": "patience has not been expensive.",
        "under_water": "the loss must be earned back before there is any gain.",
        "recovered": "holders were tested hard, and paid for staying.",
        "deep": "position size, not conviction, decides who sits through that.",
    }[pen.plan.state("drawdown")]
    return f"As of {pen.on('close')} {' and '.join(parts)} for {pen.symbol}: {meaning}"


def levels(pen: Pen) -> str:
    """Name the last swing and where the close stands between support and resistance."""
    parts = []
    if pen.has("swing_low", "swing_high"):
        parts.append(f"{pen.symbol}'s last full swing ran from {swing(pen)}.")
    if pen.marks():
        gloss = pen.once("nearest support", " (prices at which the market turned before)")
        parts.append(
            f"Around {pen.symbol}'s close of {pen.say('close')} on {pen.on()}, {marks(pen)}{gloss}: "
            + {
                "on_support": "a buyer's risk is near and can be named.",
                "under_resistance": "a buyer pays up to the place where sellers have waited.",
                "between": "neither side has the edge of place.",
                "open_above": "above the close the chart offers no reason to sell.",
                "open_below": "beneath the close the chart offers no reason to buy.",
                "swing": "",
            }[pen.plan.state("levels")]
        )
    if pen.has("break_up"):
        broken = f"The swing high broken last, {pen.say('break_up')} of {pen.on('break_up')},"
        held = pen.above("break_up")
        parts.append(f"{broken} {'is what buyers now have to hold' if held else 'was lost again'}.")
    elif pen.has("break_down"):
        broken = f"The swing low broken last, {pen.say('break_down')} of {pen.on('break_down')},"
        lost = not pen.above("break_down")
        parts.append(f"{broken} {'is what buyers have to win back' if lost else 'has been won back'}.")
    return " ".join(parts)


def volume(pen: Pen) -> str:
    """Set the last session's volume against its average."""
    meaning = {
        "heavy": "many hands moved, which gives the session's direction weight.",
        "light": "few hands moved, so the session's direction says little.",
        "normal": "the session carries no message of its own.",
    }[pen.plan.state("volume")]
    text = (
        f"{pen.symbol}'s volume was {pen.say('volume')} shares on {pen.on('volume')} against a 20-day "
        f"average volume of {pen.say('volume_avg_20')} shares: {meaning}"
    )
    if pen.plan.intent == "momentum" and pen.has("up_volume_20"):
        text += f" The share of 20-day volume on rising days was {pen.say('up_volume_20')}."
    return text


TEXTS: Texts = {
    "trend": trend, "returns": returns, "momentum": momentum, "macd": macd, "range": range,
    "volatility": volatility, "drawdown": drawdown, "levels": levels, "volume": volume,
}  # fmt: skip
