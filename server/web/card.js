// The card of a figure: what was stated, what the data says, from where, as of when, and by which formula.

import { $, h, icon, iconButton } from "./dom.js";
import { amount, date, exact, number } from "./format.js";
import { STATES, difference, expectedText } from "./figures.js";
import { has, t } from "./i18n.js";

/** @typedef {import("./reduce.js").Turn} Turn */
/** @typedef {import("./reduce.js").Figure} Figure */
/** @typedef {import("./reduce.js").Fact} Fact */

const HOVER = 120;
const GRACE = 200;

/** Whether figures are tapped: the card is then a sheet at the foot of the page. */
export const isSheet = () => matchMedia("(max-width: 819px)").matches;

export class Card {
  /** @type {{mark: HTMLElement, turn: Turn, figure: Figure, pinned: boolean} | null} */
  #shown = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {{showOnChart: (turn: Turn, fact: Fact) => void, openRow: (turn: Turn, id: string) => void, ask: (text: string) => void, light: (turn: Turn, figure: Figure | null) => void}} actions */
  constructor(actions) {
    this.actions = actions;
    this.node = $("card");
    this.node.addEventListener("pointerenter", () => clearTimeout(this.#timer));
    this.node.addEventListener("pointerleave", () => this.#leave());
    this.node.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape") this.#escape(event);
    });
    document.addEventListener("pointerdown", (event) => {
      const target = /** @type {Element} */ (event.target);
      if (this.#shown && !this.node.contains(target) && target.closest(".fig") !== this.#shown.mark) this.close();
    });
  }

  get isOpen() {
    return this.#shown !== null;
  }

  /**
   * Let the figures of an answer open the card: hovering, focusing, tapping, Enter; arrows go to the next one.
   * @param {HTMLElement} host
   * @param {Turn} turn
   */
  attach(host, turn) {
    /** @param {Event} event @returns {HTMLElement | null} */
    const markOf = (event) => /** @type {Element} */ (event.target).closest?.('.fig[role="button"]') ?? null;
    host.addEventListener("pointerover", (event) => {
      const mark = markOf(event);
      if (!mark || event.pointerType !== "mouse") return;
      clearTimeout(this.#timer);
      this.actions.light(turn, figureOf(turn, mark));
      if (this.#shown?.mark !== mark && !this.#shown?.pinned) this.#timer = setTimeout(() => this.open(mark, turn, false), HOVER);
    });
    host.addEventListener("pointerout", (event) => {
      if (!markOf(event) || event.pointerType !== "mouse") return;
      this.actions.light(turn, null);
      this.#leave();
    });
    host.addEventListener("focusin", (event) => {
      const mark = markOf(event);
      if (!mark || !mark.matches(":focus-visible")) return;
      for (const other of host.querySelectorAll('.fig[tabindex="0"]')) other.setAttribute("tabindex", "-1");
      mark.setAttribute("tabindex", "0");
      this.actions.light(turn, figureOf(turn, mark));
      this.open(mark, turn, false);
    });
    host.addEventListener("focusout", (event) => {
      if (!markOf(event)) return;
      this.actions.light(turn, null);
      if (!this.#shown?.pinned && !this.node.contains(/** @type {Node | null} */ (event.relatedTarget))) this.close();
    });
    host.addEventListener("click", (event) => {
      const mark = markOf(event);
      if (mark) this.open(mark, turn, true);
    });
    host.addEventListener("keydown", (event) => {
      const mark = markOf(event);
      if (mark) this.#key(event, mark, host, turn);
    });
  }

  /** @param {KeyboardEvent} event @param {HTMLElement} mark @param {HTMLElement} host @param {Turn} turn */
  #key(event, mark, host, turn) {
    const marks = /** @type {HTMLElement[]} */ ([...host.querySelectorAll('.fig[role="button"]')]);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      event.preventDefault();
      marks[(marks.indexOf(mark) + step + marks.length) % marks.length].focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.open(mark, turn, true);
      this.node.querySelector("button")?.focus();
    } else if (event.key === "Escape" && this.#shown) this.#escape(event);
  }

  /** @param {Event} event */
  #escape(event) {
    event.preventDefault();
    event.stopPropagation();
    const mark = this.#shown?.mark;
    const inside = this.node.contains(document.activeElement);
    this.close();
    if (inside) mark?.focus({ preventScroll: true });
    if (inside) this.close();
  }

  #leave() {
    clearTimeout(this.#timer);
    if (this.#shown?.pinned || this.#shown?.mark === document.activeElement) return;
    this.#timer = setTimeout(() => this.close(), GRACE);
  }

  /** @param {HTMLElement} mark @param {Turn} turn @param {boolean} pinned */
  open(mark, turn, pinned) {
    clearTimeout(this.#timer);
    const figure = figureOf(turn, mark);
    if (!figure) return;
    this.#shown = { mark, turn, figure, pinned };
    this.node.replaceChildren(...this.#figure(turn, figure));
    this.node.classList.toggle("sheet", isSheet());
    if (!this.node.matches(":popover-open")) this.node.showPopover();
    if (!isSheet()) this.#placeBy(mark);
  }

  close() {
    clearTimeout(this.#timer);
    if (!this.#shown) return;
    this.#shown = null;
    if (this.node.matches(":popover-open")) this.node.hidePopover();
  }

  /** Draw the open card anew when the state of its figure has changed. @param {Turn} turn */
  refresh(turn) {
    if (this.#shown?.turn !== turn) return;
    const { mark, pinned } = this.#shown;
    if (mark.isConnected) this.open(mark, turn, pinned);
    else this.close();
  }

  /** @param {HTMLElement} mark */
  #placeBy(mark) {
    const at = mark.getClientRects()[0] ?? mark.getBoundingClientRect();
    const { width, height } = this.node.getBoundingClientRect();
    const left = Math.max(8, Math.min(at.left + at.width / 2 - width / 2, innerWidth - width - 8));
    const below = at.bottom + 8 + height <= innerHeight || at.top < height + 16;
    this.node.style.setProperty("left", `${Math.round(left)}px`);
    this.node.style.setProperty("top", `${Math.round(below ? Math.min(at.bottom + 8, innerHeight - height - 8) : at.top - height - 8)}px`);
  }

  /** @param {Turn} turn @param {Figure} figure @returns {Node[]} */
  #figure(turn, figure) {
    const state = STATES[figure.status] ?? STATES.unsupported;
    const facts = /** @type {Fact[]} */ ((figure.facts ?? []).map((id) => turn.facts.get(id)).filter(Boolean));
    const value = figure.expected ?? (facts.length === 1 ? facts[0].value : undefined);
    const shown = facts.length === 1 && figure.expected === undefined ? factValue(facts[0]) : figure.expected !== undefined ? expectedText(figure) : "";
    const off = facts.length === 1 || figure.expected !== undefined ? difference(figure, value) : null;
    return [
      h("div.card-head", null, h(`span.badge.${figure.status}`, null, t(`state.${state.key}`)), this.#closer()),
      figure.status === "unsupported" && h("p.card-note", null, t("card.unsupported")),
      h("dl", null,
        ...row(t("card.stated"), figure.text),
        ...(shown ? row(t("card.data"), shown, value && exact(value)) : []),
        ...(figure.status === "contradicted" && off !== null ? row(t("card.difference"), `${off > 0 ? "+" : "−"}${number(Math.abs(off), 1)}%`) : []),
        ...(facts.length === 1 ? this.#rows(turn, facts[0]) : figure.as_of ? row(t("card.asOf"), date(figure.as_of)) : []),
        ...(facts.length !== 1 && figure.formula ? row(t("card.formula"), formula(figure.formula, facts)) : []),
      ),
      ...(facts.length > 1 ? this.#inputs(turn, facts) : facts.length === 1 ? this.#inputs(turn, inputsOf(turn, facts[0])) : []),
      figure.note ? h("p.card-note", null, figure.note) : null,
      this.#buttons(turn, figure, facts),
    ].filter((node) => node instanceof Node);
  }

  /** @param {Turn} turn @param {Fact} fact */
  #fact(turn, fact) {
    const back = () => this.#shown && this.node.replaceChildren(...this.#figure(turn, this.#shown.figure));
    this.node.replaceChildren(
      h("div.card-head", null, h("button.quiet", { type: "button", onclick: back }, icon("left"), t("card.back")), this.#closer()),
      h("dl", null, ...row(t("card.data"), factValue(fact), exact(fact.value)), ...this.#rows(turn, fact)),
      ...this.#inputs(turn, inputsOf(turn, fact)),
      this.#buttons(turn, null, [fact]),
    );
    this.node.querySelector("button")?.focus();
  }

  #closer() {
    return iconButton("close", t("close"), () => {
      const mark = this.#shown?.mark;
      this.close();
      mark?.focus({ preventScroll: true });
      this.close();
    });
  }

  /** @param {Turn} turn @param {Fact} fact */
  #rows(turn, fact) {
    return [
      ...row(t("card.fact"), factName(fact)),
      ...(fact.as_of ? row(t("card.asOf"), date(fact.as_of)) : []),
      ...(fact.formula ? row(t("card.formula"), formula(fact.formula, inputsOf(turn, fact))) : []),
      ...(fact.source ? row(t("card.source"), fact.source) : []),
    ];
  }

  /** @param {Turn} turn @param {Fact[]} facts */
  #inputs(turn, facts) {
    if (!facts.length) return [];
    const items = facts.map((fact) =>
      h("li", null, h("button.input", { type: "button", onclick: () => this.#fact(turn, fact) }, h("span", null, factName(fact)), h("b", null, factValue(fact)))),
    );
    return [h("ul.inputs", { "aria-label": t("card.inputs") }, ...items)];
  }

  /** @param {Turn} turn @param {Figure | null} figure @param {Fact[]} facts */
  #buttons(turn, figure, facts) {
    const fact = facts[0];
    const copy = () => navigator.clipboard?.writeText(figure ? describe(turn, figure) : `${factName(fact)}: ${fact.value}`);
    /** @param {() => void} act */
    const then = (act) => () => {
      this.close();
      act();
    };
    return h("div.card-actions", null,
      fact && isPrice(fact) && h("button.quiet", { type: "button", onclick: then(() => this.actions.showOnChart(turn, fact)) }, t("card.onChart")),
      fact && h("button.quiet", { type: "button", onclick: then(() => this.actions.openRow(turn, fact.id)) }, t("card.row")),
      figure?.status === "unsupported" && h("button.quiet", { type: "button", onclick: then(() => this.actions.ask(t("card.askText", { figure: figure.text }))) }, t("card.ask")),
      h("button.quiet", { type: "button", onclick: copy }, t("copy")),
    );
  }
}

/** @param {Turn} turn @param {HTMLElement} mark @returns {Figure | null} */
const figureOf = (turn, mark) => turn.figures.get(mark.dataset.figure ?? "") ?? null;

/** @param {string} label @param {string} value @param {string} [more] */
const row = (label, value, more) => [h("dt", null, label), h("dd", null, value, more ? h("small", null, more) : null)];

/** @param {Turn} turn @param {Fact} fact */
const inputsOf = (turn, fact) => /** @type {Fact[]} */ ((fact.inputs ?? []).map((id) => turn.facts.get(id)).filter(Boolean));

/** @param {Fact} fact */
export const factValue = (fact) => amount(fact.value, fact.unit, fact.currency ?? "USD");

/** @param {Fact} fact */
export const isPrice = (fact) => fact.unit === "price" && Number(fact.value) > 0 && !/atr|macd/.test(fact.metric ?? "");

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
