"""Insights and action in English: what the evidence means for whom, and what would overturn it."""

from __future__ import annotations

from graph.models.note.english.focus import focus
from graph.models.note.english.words import GROWTHS, capital, listed, marks, side, swing
from graph.models.note.pen import Pen
from graph.models.note.signals import FUNDAMENTAL

_TITLES = {
    "holders": "Long-term holders",
    "traders": "Traders",
    "levels": "Levels to watch",
    "change": "What would change the verdict",
}


def insights(pen: Pen) -> str:
    """Write who should do what, the levels to watch and what would change the verdict."""
    writers = {"holders": _holders, "traders": _traders, "levels": _levels, "change": _change}
    blocks = {name: writers[name](pen) for name in pen.plan.action_order}
    own = focus(pen) if pen.plan.follow_up else ""
    # Without a point of its own, a follow-up repeats at least the one that it is about.
    kept = "" if own else pen.plan.central_action
    fresh = {name: text for name, text in blocks.items() if name == kept or not pen.was_told(text)}
    lines = [f"- {own}"] if own else []
    lines += [f"- **{_TITLES[name]}.** {text}" for name, text in fresh.items()]
    if told := [_TITLES[name].lower() for name in blocks if name not in fresh]:
        lines.append(f"- **Unchanged.** What the earlier answer says stands for: {listed(told)}.")
    return "\n".join(lines)


def _holders(pen: Pen) -> str:
    plan = pen.plan
    if plan.rating.direction == "abstain":
        return (
            "Prices say how the market feels, not whether the business earns its price: "
            "no change of a holding should rest on this."
        )
    text = {
        "buy": "The case stands: hold, and add on weakness rather than on strength",
        "hold": "Keep what you own and add nothing until one side of the evidence gives way",
        "sell": "Reduce into strength; the burden of proof lies with whoever wants to stay",
    }[plan.rating.direction]
    if plan.rating.direction == "buy" and not plan.is_extended:
        text = "The case stands: hold, and build the position in stages from here"
    if plan.is_priced_for_more:
        return (
            f"{text}. With price/earnings at {pen.say('pe')} on {pen.on('pe')} and {_growth(pen)}, "
            f"{pen.symbol} has to earn its multiple: the next annual report matters more than the next chart."
        )
    if plan.state("growth") in ("strong", "modest"):
        return f"{text}. The business backs the price, with {_growth(pen)} for {pen.symbol}."
    if not any(plan.state(topic) for topic in FUNDAMENTAL):
        return f"{text}. This rests on price alone: no fundamentals of {pen.symbol} are on the sheet."
    return f"{text}."


def _growth(pen: Pen) -> str:
    metric = next(metric for metric in GROWTHS if pen.has(metric))
    return f"{GROWTHS[metric]} of {pen.say(metric)} in {pen.period(metric)}"


def _traders(pen: Pen) -> str:
    plan = pen.plan
    force = " without force" if pen.has("adx_14") else ""
    if not plan.state("trend"):
        text = "No trend can be read from the sheet: wait for one"
    elif pen.trend_is_strong and plan.is_rising:
        text = "Trade with the trend: dips that hold are worth more than breakouts that are chased"
    elif pen.trend_is_strong:
        text = "Trade with the trend: rallies that fail are worth more than lows that are chased"
    elif plan.is_rising:
        text = f"The drift is up{force}, so buy near support and take profits near resistance"
    else:
        text = f"The drift is down{force}, so wait for a level to hold before acting"
    if plan.state("momentum") == "overbought":
        text += ", and open no longs while RSI(14) is overbought"
    elif plan.state("momentum") == "oversold":
        text += ", and open no shorts while RSI(14) is oversold"
    elif plan.is_rising and plan.state("macd").startswith("falling"):
        text += ", with less haste while the MACD(12,26,9) line lies below its signal line"
    if pen.has("atr_14"):
        gloss = pen.once("ATR", " (the average span of a trading day)")
        text += f". Size a position so that one ATR(14){gloss}, {pen.say('atr_14')} for {pen.symbol} on "
        text += f"{pen.on('atr_14')}, is an ordinary loss"
    return text + "."


def _levels(pen: Pen) -> str:
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
    if (found := marks(pen, ceiling="range" not in pen.plan.topics)) and not told:
        sentences.append(f"For {pen.symbol} on {pen.on()} {listed(found)}")
    if not sentences:
        return f"The bars are too few for levels of {pen.symbol}."
    return ". ".join(sentences) + ". These are zones to watch, not targets."


def _change(pen: Pen) -> str:
    if pen.plan.unanswerable:
        return f"Revenue, margins and a multiple of {pen.symbol}: with these a rating can be given."
    if pen.plan.rating.direction == "abstain":
        return f"More daily prices of {pen.symbol}: trend, momentum and range need them."
    conditions = [text for text in (_trend_trigger(pen), _level_trigger(pen), _growth_trigger(pen)) if text]
    return f"{capital('; '.join(conditions))}." if conditions else "This sheet is too thin to name a trigger."


def _trend_trigger(pen: Pen) -> str:
    metric = pen.average
    if not metric:
        return ""
    lost = side(pen, metric) == "above"
    effect = "take the trend out of the case" if lost else "call off the downtrend"
    return (
        f"a run of closes {'below' if lost else 'above'} {pen.symbol}'s {metric[4:]}-day moving average, "
        f"{pen.say(metric)} on {pen.on(metric)}, would {effect}"
    )


def _level_trigger(pen: Pen) -> str:
    if pen.plan.rating.direction == "buy":
        if not pen.has("support"):
            return ""
        return f"a break of the nearest support at {pen.say('support')} would be the first warning"
    if pen.has("resistance"):
        return f"a break of the nearest resistance at {pen.say('resistance')} would argue for the upside"
    return (
        f"a new 52-week high above {pen.say('high_52w')} would argue for a buy" if pen.has("high_52w") else ""
    )


def _growth_trigger(pen: Pen) -> str:
    state = pen.plan.state("growth")
    if not state:
        return ""
    if state in ("flat", "shrinking", "uneven"):
        return f"a year with more than the {_growth(pen)} would raise the conviction"
    return f"a year with less than the {_growth(pen)} would lower the conviction"
