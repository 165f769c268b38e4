// What stands in the card of a figure, and how facts are named: stated, data, source, date and formula.

import { h, icon, iconButton } from "../dom.js";
import { amount, date, number } from "../format.js";
import { STATES, expectedText } from "../figures.js";
import { has, t } from "../i18n.js";
import { isPrice } from "../overlays.js";
import "./words.js";

/** @typedef {import("../card.js").Card} Card */
/** @typedef {import("../reduce.js").Turn} Turn */
/** @typedef {import("../reduce.js").Figure} Figure */
/** @typedef {import("../reduce.js").Fact} Fact */

/** @param {Card} card @param {Turn} turn @param {Figure} figure @returns {Node[]} */
export function figureParts(card, turn, figure) {
  const state = STATES[figure.status] ?? STATES.unsupported;
  const facts = /** @type {Fact[]} */ ((figure.facts ?? []).map((id) => turn.facts.get(id)).filter(Boolean));
  const value = figure.expected ?? (facts.length === 1 ? facts[0].value : undefined);
  const shown = facts.length === 1 && figure.expected === undefined ? factValue(facts[0]) : figure.expected !== undefined ? expectedText(figure) : "";
  const off = facts.length === 1 || figure.expected !== undefined ? difference(figure, value) : null;
  return [
    h("div.card-head", null, h(`span.badge.${figure.status}`, null, t(`state.${state.key}`)), closer(card)),
    figure.status === "unsupported" && h("p.card-note", null, t("card.unsupported")),
    h("dl", null,
      ...row(t("card.stated"), figure.text),
      ...(shown ? row(t("card.data"), shown, value && exact(value)) : []),
      ...(figure.status === "contradicted" && off !== null ? row(t("card.difference"), `${off > 0 ? "+" : "−"}${number(Math.abs(off), 1)}%`) : []),
      ...(facts.length === 1 ? rows(turn, facts[0]) : figure.as_of ? row(t("card.asOf"), date(figure.as_of)) : []),
      ...(facts.length !== 1 && figure.formula ? row(t("card.formula"), formula(figure.formula, facts)) : []),
    ),
    ...(facts.length > 1 ? inputs(card, turn, facts) : facts.length === 1 ? inputs(card, turn, inputsOf(turn, facts[0])) : []),
    figure.note ? h("p.card-note", null, figure.note) : null,
    buttons(card, turn, figure, facts),
  ].filter((node) => node instanceof Node);
}

/** @param {Card} card @param {Turn} turn @param {Fact} fact */
function drawFact(card, turn, fact) {
  const back = () => card.shown && card.node.replaceChildren(...figureParts(card, turn, card.shown.figure));
  card.node.replaceChildren(
    h("div.card-head", null, h("button.quiet", { type: "button", onclick: back }, icon("left"), t("card.back")), closer(card)),
    h("dl", null, ...row(t("card.data"), factValue(fact), exact(fact.value)), ...rows(turn, fact)),
    ...inputs(card, turn, inputsOf(turn, fact)),
    buttons(card, turn, null, [fact]),
  );
  card.node.querySelector("button")?.focus();
}

/** @param {Card} card */
function closer(card) {
  return iconButton("close", t("close"), () => {
    const mark = card.shown?.mark;
    card.close();
    mark?.focus({ preventScroll: true });
    card.close();
  });
}

/** @param {Turn} turn @param {Fact} fact */
function rows(turn, fact) {
  return [
    ...row(t("card.fact"), factName(fact)),
    ...(fact.as_of ? row(t("card.asOf"), date(fact.as_of)) : []),
    ...(fact.formula ? row(t("card.formula"), formula(fact.formula, inputsOf(turn, fact))) : []),
    ...(fact.source ? row(t("card.source"), fact.source) : []),
  ];
}

/** @param {Card} card @param {Turn} turn @param {Fact[]} facts */
function inputs(card, turn, facts) {
  if (!facts.length) return [];
  const items = facts.map((fact) =>
    h("li", null, h("button.input", { type: "button", onclick: () => drawFact(card, turn, fact) }, h("span", null, factName(fact)), h("b", null, factValue(fact)))),
  );
  return [h("ul.inputs", { "aria-label": t("card.inputs") }, ...items)];
}

/** @param {Card} card @param {Turn} turn @param {Figure | null} figure @param {Fact[]} facts */
function buttons(card, turn, figure, facts) {
  const fact = facts[0];
  const copy = () => navigator.clipboard?.writeText(figure ? describe(turn, figure) : `${factName(fact)}: ${fact.value}`);
  /** @param {() => void} act */
  const then = (act) => () => {
    card.close();
    act();
  };
  return h("div.card-actions", null,
    fact && isPrice(fact) && h("button.quiet", { type: "button", onclick: then(() => card.actions.showOnChart(turn, fact)) }, t("card.onChart")),
    fact && h("button.quiet", { type: "button", onclick: then(() => card.actions.openRow(turn, fact.id)) }, t("card.row")),
    figure?.status === "unsupported" && h("button.quiet", { type: "button", onclick: then(() => card.actions.ask(t("card.askText", { figure: figure.text }))) }, t("card.ask")),
    h("button.quiet", { type: "button", onclick: copy }, t("copy")),
  );
}

/** @param {string} label @param {string} value @param {string} [more] */
const row = (label, value, more) => [h("dt", null, label), h("dd", null, value, more ? h("small", null, more) : null)];

/** @param {Turn} turn @param {Fact} fact */
const inputsOf = (turn, fact) => /** @type {Fact[]} */ ((fact.inputs ?? []).map((id) => turn.facts.get(id)).filter(Boolean));

/** @param {Fact} fact */
export const factValue = (fact) => amount(fact.value, fact.unit, fact.currency ?? "USD");

/** Name a fact in the reader's language where its metric is known. @param {Fact} fact */
export function factName(fact) {
  const label = has(`metric.${fact.metric}`) ? t(`metric.${fact.metric}`) : fact.label;
  return [fact.entity, label, fact.period].filter(Boolean).join(" · ");
}

/**
 * Write a formula with the names of its inputs in place of their ids.
 * @param {string} text
 * @param {Fact[]} [inputs]
 */
function formula(text, inputs = []) {
  const names = new Map(inputs.map((fact) => [fact.id.slice(fact.id.indexOf(".") + 1), factName({ ...fact, entity: undefined, period: fact.id.includes("@") ? fact.period : undefined })]));
  for (const fact of inputs) if (fact.metric && !names.has(fact.metric)) names.set(fact.metric, factName({ ...fact, entity: undefined, period: undefined }));
  const said = text.replace(/[a-z][\w.@-]*/g, (word) => names.get(word) ?? word);
  return said.replace(/ \/ /g, " ÷ ").replace(/ - /g, " − ").replace(/ \* /g, " × ");
}

/** Say in one line what the card says. @param {Turn} turn @param {Figure} figure */
export function describe(turn, figure) {
  const parts = [`${figure.text}: ${t(`state.${STATES[figure.status]?.key ?? "verified"}`)}`];
  if (figure.expected !== undefined) parts.push(`${t("card.data")} ${expectedText(figure)}`);
  for (const id of figure.facts ?? []) {
    const fact = turn.facts.get(id);
    if (!fact) continue;
    parts.push(`${factName(fact)} ${factValue(fact)}`);
    if (fact.formula) parts.push(formula(fact.formula, inputsOf(turn, fact)));
    if (fact.source) parts.push(fact.source);
  }
  if (figure.as_of) parts.push(t("asOf", { date: date(figure.as_of) }));
  if (figure.note) parts.push(figure.note);
  return [...new Set(parts)].join(" · ");
}

/** The value in full, where it was shortened. @param {string | number} value */
function exact(value) {
  const size = Number(value);
  return Math.abs(size) >= 1e5 ? number(size, 4) : "";
}

/** How far the stated value is from the data's, in percent; null where that says nothing. @param {Figure} figure @param {string | undefined} value */
function difference(figure, value) {
  const [stated, data] = [Number(figure.claimed), Number(value)];
  if (!figure.claimed || value === undefined || !Number.isFinite(stated) || !Number.isFinite(data) || data === 0) return null;
  return (stated / data - 1) * 100;
}
