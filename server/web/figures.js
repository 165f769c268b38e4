// Figures in the text: where they stand, what the check found of each, and how it is marked.

import { h } from "./dom.js";
import { amount } from "./format.js";
import { t } from "./i18n.js";

/** @typedef {import("./reduce.js").Figure} Figure */
/** @typedef {{id: string, start: number, end: number, figure: Figure | null}} Span */

/** The claims' states, by the server's names of them. @type {Record<string, {key: string, glyph: string}>} */
export const STATES = Object.assign(Object.create(null), {
  supported: { key: "verified", glyph: "✓" },
  derived: { key: "computed", glyph: "ƒ" },
  unsupported: { key: "unsupported", glyph: "?" },
  contradicted: { key: "contradicted", glyph: "≠" },
});

// What will be checked: amounts, percentages, multiples and decimals; no date, year, or number of a list.
const LIKELY = /(?<![\w.,:/-])(?:[$€£¥]|HK\$)?[+−-]?\d(?:[\d,]*\d)?(?:\.\d+)?(?:%|x|×|[BMKT](?!\w)|亿|万| ?(?:billion|million|trillion))?(?![\w/-]|[.,:]\d)/g;

/** @param {string} raw @returns {Span[]} */
export function likely(raw) {
  const found = [];
  for (const match of raw.matchAll(LIKELY)) {
    const text = match[0];
    if (!/[$€£¥%.,x×BMKT亿万a-z]/.test(text) || match.index === undefined) continue;
    found.push({ id: "", start: match.index, end: match.index + text.length, figure: null });
  }
  return found;
}

/**
 * Place a section's figures in its text: in order, none over another. A figure whose text is not what stands
 * there is refused. Before the section was checked, what looks like a figure is marked as waiting.
 * @param {string} raw
 * @param {Iterable<Figure>} figures
 * @param {boolean} checked
 * @returns {{spans: Span[], refused: number}}
 */
export function place(raw, figures, checked) {
  const all = [...figures].sort((a, b) => a.start - b.start || b.end - a.end);
  const fitting = all.filter((figure) => figure.end > figure.start && raw.slice(figure.start, figure.end) === figure.text);
  /** @type {Span[]} */
  const spans = [];
  for (const figure of fitting)
    if (figure.start >= (spans.at(-1)?.end ?? 0)) spans.push({ id: figure.id, start: figure.start, end: figure.end, figure });
  const refused = all.length - spans.length;
  if (checked) return { spans, refused };
  const taken = [...spans];
  const waiting = likely(raw).filter((guess) => !taken.some((span) => guess.start < span.end && span.start < guess.end));
  return { spans: [...spans, ...waiting].sort((a, b) => a.start - b.start), refused };
}

/**
 * Draw a piece of a figure; the first piece is the one that is focused and carries the glyph.
 * @param {Span} span
 * @param {string} text
 * @param {boolean} first
 * @returns {Node}
 */
export function drawMark(span, text, first) {
  const node = h("span.fig", null, text);
  if (!span.figure) {
    node.classList.add("checking");
    return node;
  }
  node.dataset.figure = span.id;
  if (!first) node.classList.add("rest");
  const fragment = document.createDocumentFragment();
  fragment.append(node);
  setStatus(node, span.figure);
  return fragment;
}

/**
 * Give a mark the state of its figure, also when it changes later: the node stays the same.
 * @param {HTMLElement} node
 * @param {Figure} figure
 */
export function setStatus(node, figure) {
  const state = STATES[figure.status];
  node.classList.remove("context", ...Object.keys(STATES));
  node.classList.add(state ? figure.status : "context");
  if (!node.classList.contains("rest")) {
    if (state) {
      node.setAttribute("role", "button");
      node.setAttribute("aria-describedby", `state-${state.key}`);
      if (!node.hasAttribute("tabindex")) node.setAttribute("tabindex", "-1");
    } else for (const name of ["role", "aria-describedby", "tabindex"]) node.removeAttribute(name);
  }
  const next = node.nextElementSibling;
  const fix = next?.classList.contains("fig-fix") && node.nextSibling === next ? next : null;
  const right = figure.status === "contradicted" && !node.classList.contains("rest") ? correction(figure) : "";
  if (!right) fix?.remove();
  else if (fix) fix.textContent = right;
  else node.after(h("span.fig-fix", null, right));
}

/** The value that the data gives, as it stands beside a contradicted figure. @param {Figure} figure */
export function correction(figure) {
  return figure.expected === undefined ? "" : `→ ${expectedText(figure)}`;
}

/** @param {Figure} figure */
export function expectedText(figure) {
  const unit = figure.unit === "money" && Math.abs(Number(figure.expected)) < 1e5 ? "price" : figure.unit;
  return amount(figure.expected ?? "", unit, /[€]/.test(figure.text) ? "EUR" : /[¥￥]/.test(figure.text) ? "CNY" : "USD");
}

/** Sum up a check for a reader who hears it. @param {Record<string, number>} counts */
export function summary(counts) {
  const held = counts.supported + counts.derived;
  const attention = counts.unsupported + counts.contradicted;
  if (!held && !attention) return t("announce.plain");
  return t("announce.done", { verified: t("figures.verified", { n: held }), attention: t("figures.attention", { n: attention }) });
}
