// What a chart shows beside the bars: the averages and levels that an answer names. Pure.

/** @typedef {import("./reduce.js").Fact} Fact */
/** @typedef {import("./reduce.js").Turn} Turn */
/** `name` is the metric, such as `sma_50`; `group` is what one chip of the legend switches. */
/** @typedef {{kind: "average" | "level", name: string, group: string, fact: string, label: string, value: number, date: string | null}} Overlay */

const LEVEL = /^(fib_[\d.]+|swing_high|swing_low|high_52w|low_52w|support|resistance)$/;
const SYMBOL = /^[A-Za-z0-9^][A-Za-z0-9.^=-]{0,15}$/;
const AVERAGE = /^[se]ma_\d+$/;

/** @param {string} name */
export function groupOf(name) {
  if (name.startsWith("fib_")) return "fib";
  if (name.endsWith("_52w")) return "year";
  return name.startsWith("swing_") ? "swing" : name;
}

/**
 * Give the overlays of a symbol: those of the run's chart, else those that the answer's facts hold.
 * @param {Turn} turn
 * @param {string} symbol
 * @returns {Overlay[]}
 */
export function overlaysOf(turn, symbol) {
  const named = turn.chart?.symbol === symbol ? turn.chart.overlays ?? [] : [];
  const found = named.map((/** @type {any} */ item) => made(item.kind, metricOf(turn, item.fact), item.fact, item.label, item.value, item.date));
  if (!found.length)
    for (const fact of turn.facts.values()) {
      const metric = fact.metric ?? "";
      if (fact.entity !== symbol || !(LEVEL.test(metric) || AVERAGE.test(metric)) || fact.id.includes("@")) continue;
      found.push(made(AVERAGE.test(metric) ? "average" : "level", metric, fact.id, fact.label, Number(fact.value), fact.as_of));
    }
  return found.filter((/** @type {Overlay} */ { kind, name, value }) => Number.isFinite(value) && (kind === "level" || (AVERAGE.test(name) && !/_20$/.test(name))));
}

/** @param {Turn} turn @param {string} id */
function metricOf(turn, id) {
  return turn.facts.get(id)?.metric ?? String(id).slice(String(id).indexOf(".") + 1).replace(/@.*/, "");
}

/** @param {any} kind @param {string} name @param {string} fact @param {string} label @param {any} value @param {any} date @returns {Overlay} */
function made(kind, name, fact, label, value, date) {
  return { kind: kind === "average" ? "average" : "level", name, group: groupOf(name), fact, label, value: Number(value), date: date ?? null };
}

/** The symbols that an answer is about, the charted one first. @param {Turn} turn @returns {string[]} */
export function symbolsOf(turn) {
  const found = new Set(turn.chart?.symbol ? [turn.chart.symbol] : []);
  for (const symbol of turn.report?.symbols ?? []) found.add(symbol);
  for (const fact of turn.facts.values()) if (fact.entity && found.size < 6) found.add(fact.entity);
  return [...found].filter((symbol) => SYMBOL.test(symbol));
}

/** @param {Fact} fact */
export const isPrice = (fact) => fact.unit === "price" && Number(fact.value) > 0 && !/atr|macd/.test(fact.metric ?? "");

/** Name the colour of a line. @param {string} name */
export const lineToken = (name) => ({ sma_50: "ma50", sma_200: "ma200", ema_20: "derived" })[name] ?? (name.startsWith("fib_") ? "fib" : "text-3");

/**
 * Which overlay lies under a point: the nearest whose line is at most `reach` pixels away.
 * @param {{fact: string, y: number | null}[]} lines
 * @param {number} y
 * @param {number} [reach]
 */
export function nearest(lines, y, reach = 5) {
  let best = null;
  for (const line of lines) {
    const far = line.y === null ? Infinity : Math.abs(line.y - y);
    if (far <= reach) [best, reach] = [line.fact, far];
  }
  return best;
}
