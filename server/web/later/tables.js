// The panel's other views: the bars as a table, and the facts by source.

import { $, h } from "../dom.js";
import { compact, date, number } from "../format.js";
import { t } from "../i18n.js";
import { factName, factValue } from "./facts.js";
import "./words.js";

/** @typedef {import("../panel.js").Panel} Panel */
/** @typedef {import("../reduce.js").Fact} Fact */

const ROWS = 300;

/** The bars as a table. @param {Panel} panel */
export function drawTable(panel) {
  const { bars } = panel;
  if (!bars) return $("panel-table").replaceChildren(h("p.quiet-line", null, t("table.none")));
  const last = bars.time.length;
  const rows = [];
  for (let n = last - 1; n >= Math.max(0, last - ROWS); n--)
    rows.push(h("tr", null, h("th", { scope: "row" }, date(bars.time[n])),
      ...["open", "high", "low", "close"].map((name) => h("td", null, number(bars[name][n], 2, 2))), h("td", null, compact(bars.volume[n]))));
  const head = ["date", "open", "high", "low", "close", "volume"].map((name) => h("th", { scope: "col" }, t(`bar.${name}`)));
  const note = last > ROWS && h("p.quiet-line", null, t("table.latest", { shown: ROWS, all: last }));
  $("panel-table").replaceChildren(...[note, h("table", null, h("caption.sr", null, panel.summary()), h("thead", null, h("tr", null, ...head)), h("tbody", null, ...rows))].filter((node) => node instanceof Node));
}

/** The facts behind the figures, by source. @param {Panel} panel */
export function drawSources(panel) {
  const { turn } = panel;
  const used = new Set([...(turn?.figures.values() ?? [])].flatMap(({ facts }) => facts ?? []));
  const facts = [...(turn?.facts.values() ?? [])].filter(({ id }) => used.has(id) || panel.on.has("all facts"));
  const all = h("button.quiet", { type: "button", "aria-pressed": String(panel.on.has("all facts")), onclick: () => (panel.switch("all facts", () => {}), drawSources(panel)) }, t("sources.all", { n: turn?.facts.size ?? 0 }));
  /** @type {Map<string, Fact[]>} */
  const groups = new Map();
  for (const fact of facts) groups.set(fact.source ?? "", [...(groups.get(fact.source ?? "") ?? []), fact]);
  const lists = [...groups].map(([source, found], n) => h("section.source", null,
    h("h3", null, h("span.cite", null, `[${n + 1}]`), source || t("sources.unnamed")),
    h("ul", null, ...found.map((fact) => h("li", { "data-fact": fact.id, tabindex: "-1" }, h("span", null, factName(fact), fact.as_of && !source.endsWith(fact.as_of) && fact.as_of !== fact.period ? h("small", null, date(fact.as_of)) : null), h("b", null, factValue(fact)))))));
  $("panel-sources").replaceChildren(...(lists.length ? lists : [h("p.quiet-line", null, t("sources.none"))]), ...(turn?.facts.size ? [all] : []));
}
