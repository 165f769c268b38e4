// A range of days on the chart becomes a question: dragged, or given by its two dates.

import { $, h, iconButton } from "../dom.js";
import { t } from "../i18n.js";
import "./words.js";

/** @typedef {import("../panel.js").Panel} Panel */

const FIRST = 22; // trading days of a month

export class Picker {
  #from = 0;
  #to = 0;

  /** @param {Panel} panel @param {() => void} closed */
  constructor(panel, closed) {
    this.panel = panel;
    this.closed = closed;
    this.bars = panel.bars;
    this.scale = /** @type {import("./chart.js").Chart} */ (panel.chart).chart.timeScale();
    const last = this.bars.time.length - 1;
    const day = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (h("input", { type: "date", required: true, min: this.bars.time[0], max: this.bars.time[last], "aria-label": t(`pick.${name}`), onchange: () => this.#typed() }));
    this.first = day("from");
    this.last = day("to");
    this.shade = h("div.range-shade");
    this.cover = h("div.range-cover", { title: t("pick.drag"), onpointerdown: (/** @type {PointerEvent} */ event) => this.drag(event) });
    this.bar = h("form.range-bar", { "aria-label": t("pick.label"), onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), this.#ask()) },
      this.first, h("span", { "aria-hidden": "true" }, "–"), this.last,
      h("button.primary", { type: "submit" }, t("pick.ask")), iconButton("close", t("close"), () => (this.close(), $("panel-pick").focus())));
    this.bar.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      this.close();
      $("panel-pick").focus();
    });
    this.moved = () => this.#place();
    this.scale.subscribeVisibleLogicalRangeChange(this.moved);
    $("panel-chart").append(this.shade, this.cover, this.bar);
    this.set(Math.max(0, last - FIRST), last);
  }

  /** @param {number} a @param {number} b places of two bars */
  set(a, b) {
    const within = (/** @type {number} */ n) => Math.max(0, Math.min(this.bars.time.length - 1, Math.round(n)));
    [this.#from, this.#to] = [within(Math.min(a, b)), within(Math.max(a, b))];
    this.first.value = this.bars.time[this.#from];
    this.last.value = this.bars.time[this.#to];
    this.#place();
  }

  #place() {
    const [left, right] = [this.#from, this.#to].map((n) => this.scale.logicalToCoordinate(n) ?? 0);
    const width = this.scale.width();
    const [from, to] = [Math.max(0, left - 2), Math.min(width, right + 2)];
    this.shade.hidden = to <= from;
    this.shade.style.setProperty("left", `${from}px`);
    this.shade.style.setProperty("width", `${to - from}px`);
  }

  /** Take the dates that were typed: a day without trade stands for the next one with. */
  #typed() {
    const { time } = this.bars;
    const [from, to] = [this.first.value, this.last.value].sort();
    if (!from || !to) return;
    const after = time.findIndex((/** @type {string} */ day) => day >= from);
    const until = time.findLastIndex((/** @type {string} */ day) => day <= to);
    this.set(after < 0 ? time.length - 1 : after, Math.max(until, 0));
  }

  /** Follow a pointer from where it was pressed. @param {PointerEvent} event */
  drag(event) {
    if (event.button > 0) return;
    event.preventDefault();
    const edge = this.panel.host.getBoundingClientRect().left;
    const at = (/** @type {PointerEvent} */ { clientX }) => this.scale.coordinateToLogical(clientX - edge) ?? 0;
    const start = at(event);
    const move = (/** @type {PointerEvent} */ moved) => this.set(start, at(moved));
    const end = () => {
      document.removeEventListener("pointermove", move);
      document.removeEventListener("pointerup", end);
      document.removeEventListener("pointercancel", end);
    };
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", end);
    document.addEventListener("pointercancel", end);
    this.set(start, start);
  }

  #ask() {
    const text = t("pick.text", { symbol: this.panel.symbol, from: this.bars.time[this.#from], to: this.bars.time[this.#to] });
    this.close();
    this.panel.actions.ask(text);
  }

  close() {
    this.scale.unsubscribeVisibleLogicalRangeChange(this.moved);
    for (const node of [this.shade, this.cover, this.bar]) node.remove();
    this.closed();
  }
}
