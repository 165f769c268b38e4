// The panel beside the answer: the chart with its legend, the same bars as a table, and the facts behind the figures.

import { Refusal, get } from "./api.js";
import { $, h } from "./dom.js";
import { change, compact, date, number } from "./format.js";
import { has, t } from "./i18n.js";
import { lineToken, overlaysOf, symbolsOf } from "./overlays.js";

/** @typedef {import("./reduce.js").Turn} Turn */
/** @typedef {import("./reduce.js").Fact} Fact */
/** @typedef {import("./later/chart.js").Chart} Chart */

const RANGES = ["1m", "3m", "6m", "1y", "3y", "max"];

/** @type {Promise<any> | null} */
let library = null;

const drawing = () => import("./later/chart.js");

/** Load the chart library; null when the server has none. @returns {Promise<any>} */
function loadLibrary() {
  const url = document.querySelector('meta[name="chart-library"]')?.getAttribute("content");
  if (url) drawing();
  library ??= url ? import(url).then(() => /** @type {any} */ (window).LightweightCharts ?? null, () => null) : Promise.resolve(null);
  return library;
}

export class Panel {
  /** @type {Turn | null} */
  turn = null;
  symbol = "";
  range = "1y";
  tab = "chart";
  /** @type {any} */
  bars = null;
  /** @type {Record<string, (number | null)[]>} */
  series = {};
  /** @type {Set<string>} groups that the reader has switched off, and `rsi`, `log` where on */
  off = new Set();
  on = new Set();
  /** @type {Chart | null} */
  chart = null;
  #load = 0;
  #loaded = "";
  #facts = 0;

  /** @type {import("./later/range.js").Picker | null} */
  picker = null;

  /** @param {{onLine: (fact: string | null) => void, ask: (text: string) => void}} actions */
  constructor(actions) {
    this.actions = actions;
    this.host = $("chart");
    for (const tab of document.querySelectorAll("#panel [role=tab]")) {
      tab.addEventListener("click", () => this.setTab(/** @type {HTMLElement} */ (tab).dataset.tab ?? "chart"));
      tab.addEventListener("keydown", (event) => this.#tabKey(/** @type {KeyboardEvent} */ (event)));
    }
    $("panel-pick").addEventListener("click", () => (this.picker ? this.picker.close() : this.pick()));
    $("panel-reset").addEventListener("click", () => this.chart?.reset());
  }

  /** Show what an answer is about. @param {Turn | null} turn @param {string} [symbol] */
  show(turn, symbol) {
    const same = turn === this.turn;
    this.turn = turn;
    const symbols = turn ? symbolsOf(turn) : [];
    const wanted = symbol ?? (symbols.includes(this.symbol) && same ? this.symbol : symbols[0] ?? "");
    if (!same && turn?.chart?.range && RANGES.includes(turn.chart.range)) this.range = turn.chart.range;
    this.#drawHead(symbols, wanted);
    if (this.tab === "sources") this.#drawSources();
    if (!same && !this.bars) this.#loaded = "";
    if (wanted && `${wanted} ${this.range}` !== this.#loaded) {
      this.symbol = wanted;
      return this.load();
    }
    if (wanted) this.#refresh();
    return Promise.resolve();
  }

  /** Take facts and overlays that came later. @param {Turn} turn */
  update(turn) {
    if (turn === this.turn) return this.show(turn);
    return Promise.resolve();
  }

  async load() {
    // What failed is not asked for again with every event; the reader may.
    this.#loaded = `${this.symbol} ${this.range}`;
    const mine = ++this.#load;
    this.picker?.close();
    const base = `/api/market/${encodeURIComponent(this.symbol)}`;
    const names = [...new Set(["sma_50", "sma_200", ...this.#overlays().filter(({ kind }) => kind === "average").map(({ name }) => name), "rsi_14"])];
    $("panel").setAttribute("aria-busy", "true");
    try {
      const [lib, bars, extra] = await Promise.all([
        loadLibrary(), get(`${base}/bars?range=${this.range}`), get(`${base}/indicators?range=${this.range}&names=${names.join(",")}`),
      ]);
      if (mine !== this.#load) return;
      Object.assign(this, { bars, series: extra.series });
      this.#message("");
      await this.#draw(lib);
      this.#drawLine(null);
      if (this.tab === "table") this.#drawTable();
    } catch (fault) {
      if (mine !== this.#load) return;
      this.bars = null;
      this.#message(fault instanceof Refusal ? fault.message : t("error.unknown"));
    } finally {
      if (mine === this.#load) $("panel").removeAttribute("aria-busy");
    }
  }

  /** @param {string} text */
  #message(text) {
    $("panel-message").hidden = !text;
    this.host.hidden = Boolean(text) || this.tab !== "chart";
    $("panel-message").replaceChildren(...(text ? [h("p", null, text), h("button.quiet", { type: "button", onclick: () => this.load() }, t("retry"))] : []));
  }

  /** @param {any} lib */
  async #draw(lib) {
    if (!lib) {
      const { drawLine } = await import("./later/line.js");
      drawLine(this.host, this.bars, this.#shown());
    } else {
      const { Chart } = await drawing();
      this.chart ??= new Chart(lib, this.host, { onPoint: (n) => this.#drawLine(n), onLine: (fact) => this.actions.onLine(fact), onRange: (event) => this.pick(event) });
      this.chart.setBars(this.bars);
      this.chart.setRsi(this.on.has("rsi") ? this.series.rsi_14 : null);
    }
    this.#refresh();
  }

  #overlays() {
    return this.turn ? overlaysOf(this.turn, this.symbol) : [];
  }

  #shown() {
    return this.#overlays().filter(({ group }) => !this.off.has(group));
  }

  #refresh() {
    this.chart?.setOverlays(this.#shown(), this.series);
    this.#drawLegend();
    this.host.setAttribute("aria-label", this.summary());
    if (this.tab === "sources" && this.turn && this.#facts !== this.turn.facts.size + this.turn.figures.size) this.#drawSources();
  }

  summary() {
    if (!this.bars?.close.length) return t("chart");
    const { close, time, as_of } = this.bars;
    return t("chart.summary", {
      symbol: this.symbol, range: t(`range.${this.range}`), last: number(close.at(-1), 2, 2), change: change(close.at(-1) / close[0] - 1),
      low: number(Math.min(...this.bars.low), 2, 2), high: number(Math.max(...this.bars.high), 2, 2), from: date(time[0]), to: date(as_of),
    });
  }

  /** @param {string[]} symbols @param {string} current */
  #drawHead(symbols, current) {
    $("panel-symbols").replaceChildren(...symbols.map((symbol) =>
      symbols.length > 1
        ? h("button.symbol", { type: "button", "aria-pressed": String(symbol === current), onclick: () => this.show(this.turn, symbol) }, symbol)
        : h("b.symbol", null, symbol)));
    $("panel-ranges").replaceChildren(...RANGES.map((range) =>
      h("button", { type: "button", "aria-pressed": String(range === this.range), "aria-label": t(`range.${range}`), onclick: () => this.setRange(range) }, t(`range.short.${range}`))));
  }

  /** @param {string} range */
  setRange(range) {
    this.range = range;
    for (const button of $("panel-ranges").children) button.setAttribute("aria-pressed", String(button.textContent === t(`range.short.${range}`)));
    return this.load();
  }

  #drawLegend() {
    const groups = new Map();
    for (const overlay of this.#overlays()) if (!groups.has(overlay.group)) groups.set(overlay.group, overlay);
    /** @param {string} name @param {boolean} pressed @param {string} label @param {() => void} act @param {string} [token] */
    const chip = (name, pressed, label, act, token) => {
      const swatch = h(`i.${token ?? "none"}`, { "aria-hidden": "true" });
      return h("button.legend-chip", { type: "button", "data-group": name, "aria-pressed": String(pressed), onclick: () => this.#keepFocus(name, act) }, token && swatch, label);
    };
    const chips = [...groups.values()].map(({ group, name, label }) =>
      chip(group, !this.off.has(group), has(`overlay.${group}`) ? t(`overlay.${group}`) : label, () => this.toggle(group), lineToken(name)));
    $("panel-pick").hidden = !this.chart;
    if (this.chart) {
      chips.push(chip("rsi", this.on.has("rsi"), t("overlay.rsi"), () => this.switch("rsi", (on) => this.chart?.setRsi(on ? this.series.rsi_14 : null))));
      chips.push(chip("log", this.on.has("log"), t("overlay.log"), () => this.switch("log", (on) => this.chart?.setLog(on))));
    }
    $("legend").replaceChildren(...chips);
  }

  /** @param {string} name @param {() => void} act */
  #keepFocus(name, act) {
    act();
    /** @type {HTMLElement | null} */ ($("legend").querySelector(`[data-group="${name}"]`))?.focus();
  }

  /** Let a range of days be chosen, from where a pointer was pressed or from the last ones. @param {PointerEvent} [event] */
  async pick(event) {
    if (this.tab !== "chart") this.setTab("chart");
    const { Picker } = await import("./later/range.js");
    if (!this.picker) {
      this.picker = new Picker(this, () => {
        this.picker = null;
        $("panel-pick").setAttribute("aria-pressed", "false");
      });
      $("panel-pick").setAttribute("aria-pressed", "true");
    }
    if (event) this.picker.drag(event);
    else this.picker.first.focus();
  }

  /** @param {string} group */
  toggle(group) {
    if (!this.off.delete(group)) this.off.add(group);
    this.#refresh();
  }

  /** @param {string} name @param {(on: boolean) => void} act */
  switch(name, act) {
    if (!this.on.delete(name)) this.on.add(name);
    act(this.on.has(name));
    this.#drawLegend();
  }

  /** The prices of the day under the pointer, else of the last day. @param {number | null} index */
  #drawLine(index) {
    const { bars } = this;
    if (!bars?.time.length) return;
    const n = index === null || !(index in bars.time) ? bars.time.length - 1 : index;
    const before = n > 0 ? bars.close[n - 1] : bars.open[n];
    const moved = bars.close[n] / before - 1;
    $("panel-line").replaceChildren(
      h("b", null, number(bars.close[n], 2, 2)), h(`span.${moved >= 0 ? "up" : "down"}`, null, `${moved >= 0 ? "▲" : "▼"} ${change(moved)}`),
      h("span.ohlc", null, t("ohlc", { open: number(bars.open[n], 2, 2), high: number(bars.high[n], 2, 2), low: number(bars.low[n], 2, 2), volume: compact(bars.volume[n]) })),
      h("time", { datetime: bars.time[n] }, date(bars.time[n])),
    );
    $("panel-source").title = bars.stale ?? "";
    $("panel-source").textContent = `${t("asOf", { date: date(bars.as_of) })} · ${bars.currency} · ${bars.source.replace(/,.*/, "")}${bars.stale ? ` · ${bars.stale}` : ""}`;
  }

  /** @param {string} name */
  async setTab(name) {
    this.tab = name;
    for (const tab of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#panel [role=tab]"))) {
      const chosen = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      $(`panel-${tab.dataset.tab}`).hidden = !chosen;
    }
    this.host.hidden = name !== "chart" || !$("panel-message").hidden;
    if (name !== "chart") this.picker?.close();
    if (name === "table") await this.#drawTable();
    if (name === "sources") await this.#drawSources();
  }

  /** @param {KeyboardEvent} event */
  #tabKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#panel [role=tab]")]);
    const next = tabs[(tabs.indexOf(/** @type {HTMLElement} */ (event.target)) + step + tabs.length) % tabs.length];
    this.setTab(next.dataset.tab ?? "chart");
    next.focus();
  }

  async #drawTable() {
    (await import("./later/tables.js")).drawTable(this);
  }

  async #drawSources() {
    this.#facts = this.turn ? this.turn.facts.size + this.turn.figures.size : 0;
    (await import("./later/tables.js")).drawSources(this);
  }

  /** Show the row of a fact among the sources. @param {Turn} turn @param {string} id */
  async openRow(turn, id) {
    this.turn = turn;
    await this.setTab("sources");
    const row = /** @type {HTMLElement | null} */ ($("panel-sources").querySelector(`[data-fact="${CSS.escape(id)}"]`));
    row?.scrollIntoView({ block: "center" });
    row?.focus();
  }

  /** Light a fact's price on the chart, where the chart is its company's. @param {Fact | null} fact */
  light(fact) {
    this.chart?.highlight(fact?.entity === this.symbol ? { value: Number(fact.value), label: "" } : null);
  }

  /** Take new colours, words and formats. */
  restyle() {
    if (!this.turn) return;
    this.chart?.restyle();
    this.#drawHead(symbolsOf(this.turn), this.symbol);
    this.#refresh();
    this.#drawLine(null);
    if (this.tab === "table") this.#drawTable();
    if (this.tab === "sources") this.#drawSources();
  }
}

