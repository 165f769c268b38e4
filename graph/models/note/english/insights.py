"""Insights and action in English: what the evidence means for whom, and what would overturn it."""

from __future__ import annotations

from collections.abc import Sequence

from graph.models.note.english.words import bullet, listed, marks, other_side, swing
from graph.models.note.pen import GROWTHS, Pen

TITLES = {
    "holders": "Long-term holders",
    "traders": "Traders",
    "levels": "Levels to watch",
    "change": "What would change the verdict",
}
NO_TRIGGER = "This sheet is too thin to name a trigger."


def unchanged(titles: Sequence[str]) -> str:
    """Name the points of an earlier answer that still stand."""
    told = listed([title.lower() for title in titles])
    return bullet("Unchanged", f"What the earlier answer says stands for: {told}.")


def holders(pen: Pen, stance: str, backing: str) -> str:
    """Advise holders: the stance, and what the business adds to it."""
    text = {
        "abstain": "Prices say how the market feels, not whether the business earns its price: "
        "no change of a holding should rest on this",
        "buy": "The case stands: hold, and add on weakness rather than on strength",
        "build": "The case stands: hold, and build the position in stages from here",
        "hold": "Keep what you own and add nothing until one side of the evidence gives way",
        "sell": "Reduce into strength; the burden of proof lies with whoever wants to stay",
    }[stance]
    match backing:
        case "priced":
            price = f"price/earnings at {pen.say('pe')} on {pen.on('pe')}"
            if pen.has("pe_vs_median") and pen.sign("pe_vs_median") > 0:
                price = f"a premium to the median price/earnings of {pen.say('pe_vs_median')}"
            text += (
                f". With {price} and {_growth(pen)}, {pen.symbol} has to earn its multiple: "
                "the next annual report matters more than the next chart"
            )
        case "backed":
            text += f". The business backs the price, with {_growth(pen)} for {pen.symbol}"
        case "price_only":
            text += f". This rests on price alone: no fundamentals of {pen.symbol} are on the sheet"
    return f"{text}."


def _growth(pen: Pen) -> str:
    metric = pen.known(*GROWTHS)[0]
    return f"{pen.name(metric)} of {pen.say(metric)} in {pen.period(metric)}"


def traders(pen: Pen, tactic: str, brake: str) -> str:
    """Advise traders: the tactic, and what holds it back."""
    force = " without force" if pen.has("adx_14") else ""
    text = {
        "wait": "No trend can be read from the sheet: wait for one",
        "with_up": "Trade with the trend: dips that hold are worth more than breakouts that are chased",
        "with_down": "Trade with the trend: rallies that fail are worth more than lows that are chased",
        "drift_up": f"The drift is up{force}, so buy near support and take profits near resistance",
        "drift_down": f"The drift is down{force}, so wait for a level to hold before acting",
    }[tactic]
    text += {
        "overbought": ", and open no longs while RSI(14) is overbought",
        "oversold": ", and open no shorts while RSI(14) is oversold",
        "falling": ", with less haste while the MACD(12,26,9) line lies below its signal line",
    }.get(brake, "")
    if pen.has("atr_14") and "volatility" not in pen.plan.topics:
        gloss = pen.once("ATR", " (the average span of a trading day)")
        text += f". Size a position so that one ATR(14){gloss}, {pen.say('atr_14')} for {pen.symbol} on "
        text += f"{pen.on('atr_14')}, is an ordinary loss"
    return text + "."


def levels(pen: Pen) -> str:
    """Name the levels to watch."""
    told = "levels" in pen.plan.topics
    sentences = []
    if pen.has("swing_low", "swing_high", "fib_38.2", "fib_50", "fib_61.8"):
        gloss = pen.once("Fibonacci", " (fractions of a swing at which countermoves often pause)")
        what = "pullback" if pen.view.swing_is_up else "rebound"
        of = f"{pen.symbol}'s swing named above" if told else f"{pen.symbol}'s swing from {swing(pen)}"
        sentences.append(
            f"For {of}, the {what} zone{gloss} lies between the 38.2% Fibonacci retracement at "
            f"{pen.say('fib_38.2')} and the 61.8% Fibonacci retracement at {pen.say('fib_61.8')}"
        )
        if told:
            middle = f"{pen.say('fib_50')} on {pen.on('fib_50')}"
            sentences.append(f"The 50% Fibonacci retracement at {middle} is its middle")
        if not pen.plan.brief and pen.view.swing_is_up and pen.has("fib_127.2") and not pen.has("resistance"):
            sentences.append(
                "Beyond the swing high, the 127.2% Fibonacci extension at "
                f"{pen.say('fib_127.2')} is the next zone"
            )
    if not told and pen.marks():
        where = marks(pen, ceiling="range" not in pen.plan.topics)
        sentences.append(f"For {pen.symbol} on {pen.on()} {where}")
    if not sentences:
        return f"The bars are too few for levels of {pen.symbol}."
    return ". ".join(sentences) + ". These are zones to watch, not targets."


def no_rating_yet(pen: Pen) -> str:
    """Say which data would allow a rating."""
    if pen.plan.unanswerable:
        return f"Revenue, margins and a multiple of {pen.symbol}: with these a rating can be given."
    return f"More daily prices of {pen.symbol}: trend, momentum and range need them."


def trend_trigger(pen: Pen) -> str:
    """Name the moving average whose loss or recovery changes the verdict."""
    metric = pen.average
    effect = "take the trend out of the case" if pen.above(metric) else "call off the downtrend"
    return (
        f"a run of closes {other_side(pen, metric)} {pen.symbol}'s {pen.name(metric)}, "
        f"{pen.say(metric)} on {pen.on(metric)}, would {effect}"
    )


def level_trigger(pen: Pen, metric: str) -> str:
    """Name the level whose break changes the verdict."""
    what, effect = {
        "support": ("a break of the nearest support at", "be the first warning"),
        "resistance": ("a break of the nearest resistance at", "argue for the upside"),
        "high_52w": ("a new 52-week high above", "argue for a buy"),
    }[metric]
    return f"{what} {pen.say(metric)} would {effect}"


def growth_trigger(pen: Pen, *, weak: bool) -> str:
    """Name the growth that changes the conviction."""
    than, effect = ("more", "raise") if weak else ("less", "lower")
    return f"a year with {than} than the {_growth(pen)} would {effect} the conviction"
