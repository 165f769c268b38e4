// Draws bars, averages and levels with the chart library, which the server gives out of an installed package.

import { t } from "../i18n.js";
import { lineToken, nearest } from "../overlays.js";

/** @typedef {import("../overlays.js").Overlay} Overlay */
/** @typedef {{time: string[], open: number[], high: number[], low: number[], close: number[], volume: number[]}} Bars */

/** Resolve a colour token to what a canvas understands. @param {string} token @param {number} [alpha] */
export function color(token, alpha = 1) {
  const probe = document.createElement("span");
  probe.style.setProperty("color", `var(--${token})`);
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return alpha === 1 ? found : found.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}

export class Chart {
  /** @type {Map<string, {overlay: Overlay, series: any}>} */
  #averages = new Map();
  /** @type {{overlay: Overlay, line: any}[]} */
  #levels = [];
  /** @type {any} */
  #highlight = null;
  /** @type {any} */
  #rsi = null;

  /**
   * @param {any} lib the library
   * @param {HTMLElement} host
   * @param {{onPoint: (index: number | null) => void, onLine: (fact: string | null) => void, onRange: (event: PointerEvent) => void}} listeners
   */
  constructor(lib, host, listeners) {
    this.lib = lib;
    this.host = host;
    this.listeners = listeners;
    // With Shift the pointer chooses days; the library, which would move the chart, hears nothing of it.
    for (const name of ["pointerdown", "mousedown"])
      host.addEventListener(name, (event) => {
        if (!(/** @type {PointerEvent} */ (event).shiftKey)) return;
        event.stopPropagation();
        if (name === "pointerdown") listeners.onRange(/** @type {PointerEvent} */ (event));
      }, { capture: true });
    this.chart = lib.createChart(host, { autoSize: true, ...this.#look() });
    this.candles = this.chart.addSeries(lib.CandlestickSeries, { priceLineVisible: false });
    this.volume = this.chart.addSeries(lib.HistogramSeries, { priceScaleId: "volume", priceFormat: { type: "volume" }, lastValueVisible: false, priceLineVisible: false });
    this.volume.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    this.candles.priceScale().applyOptions({ scaleMargins: { top: 0.06, bottom: 0.2 } });
    this.markers = lib.createSeriesMarkers(this.candles, []);
    this.chart.subscribeCrosshairMove((/** @type {any} */ point) => this.#moved(point));
    /** @type {Bars | null} */
    this.bars = null;
    this.restyle();
  }

  #look() {
    return {
      layout: { background: { color: "transparent" }, textColor: color("text-2"), fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 11, attributionLogo: false, panes: { separatorColor: color("line") } },
      grid: { vertLines: { visible: false }, horzLines: { color: color("line", 0.6) } },
      rightPriceScale: { borderVisible: false },
      timeScale: { borderColor: color("line"), fixLeftEdge: true, rightOffset: 10 },
      crosshair: { mode: 0, vertLine: { color: color("text-3"), labelBackgroundColor: color("text-2") }, horzLine: { color: color("text-3"), labelBackgroundColor: color("text-2") } },
      localization: { locale: document.documentElement.lang || "en", dateFormat: "yyyy-MM-dd" },
    };
  }

  /** Take the colours of the theme and of the reader's choice for up and down. */
  restyle() {
    const [up, down] = [color("up"), color("down")];
    this.chart.applyOptions(this.#look());
    this.candles.applyOptions({ upColor: up, downColor: down, borderUpColor: up, borderDownColor: down, wickUpColor: up, wickDownColor: down });
    for (const { overlay, series } of this.#averages.values()) series.applyOptions({ color: color(lineToken(overlay.name)) });
    for (const { overlay, line } of this.#levels) line.applyOptions({ color: color(lineToken(overlay.name)), axisLabelColor: color(lineToken(overlay.name)) });
    if (this.bars) this.#drawVolume(this.bars);
  }

  /** @param {Bars} bars */
  setBars(bars) {
    this.bars = bars;
    this.candles.setData(bars.time.map((time, n) => ({ time, open: bars.open[n], high: bars.high[n], low: bars.low[n], close: bars.close[n] })));
    this.#drawVolume(bars);
    this.chart.timeScale().fitContent();
  }

  /** @param {Bars} bars */
  #drawVolume(bars) {
    const [up, down] = [color("up", 0.28), color("down", 0.28)];
    this.volume.setData(bars.time.map((time, n) => ({ time, value: bars.volume[n], color: bars.close[n] >= bars.open[n] ? up : down })));
  }

  /**
   * Show these overlays and no others.
   * @param {Overlay[]} overlays
   * @param {Record<string, (number | null)[]>} series values of the averages, beside the bars
   */
  setOverlays(overlays, series) {
    for (const { series: old } of this.#averages.values()) this.chart.removeSeries(old);
    for (const { line } of this.#levels) this.candles.removePriceLine(line);
    this.#averages.clear();
    this.#levels = [];
    for (const overlay of overlays) {
      if (overlay.kind === "average") this.#addAverage(overlay, series[overlay.name]);
      else this.#addLevel(overlay);
    }
    this.#mark(overlays);
    this.host.dataset.overlays = overlays.map(({ fact }) => fact).join(" ");
  }

  /** @param {Overlay} overlay @param {(number | null)[] | undefined} values */
  #addAverage(overlay, values) {
    if (!values || !this.bars) return;
    const style = { color: color(lineToken(overlay.name)), lineWidth: 1.5, priceLineVisible: false, lastValueVisible: false, crosshairMarkerVisible: false };
    const line = this.chart.addSeries(this.lib.LineSeries, style);
    line.setData(this.bars.time.map((time, n) => (values[n] === null ? { time } : { time, value: values[n] })));
    this.#averages.set(overlay.fact, { overlay, series: line });
  }

  /** @param {Overlay} overlay */
  #addLevel(overlay) {
    const token = lineToken(overlay.name);
    const tagged = /38\.2|61\.8/.test(overlay.name);
    const line = this.candles.createPriceLine({
      price: overlay.value, color: color(token), lineWidth: 1, lineStyle: overlay.group === "fib" ? 2 : 1, axisLabelVisible: tagged,
      axisLabelColor: color(token), axisLabelTextColor: color("surface"), title: overlay.group === "fib" ? `${overlay.name.slice(4)}%` : "",
    });
    this.#levels.push({ overlay, line });
  }

  /** Mark where a swing began and ended. @param {Overlay[]} overlays */
  #mark(overlays) {
    const times = new Set(this.bars?.time);
    const swings = overlays.filter(({ name, date }) => name.startsWith("swing_") && date && times.has(date));
    this.markers.setMarkers(swings.map(({ name, date }) => ({
      time: date, position: name === "swing_high" ? "aboveBar" : "belowBar", shape: name === "swing_high" ? "arrowDown" : "arrowUp",
      color: color("text-2"), text: t(name === "swing_high" ? "bar.high" : "bar.low"), size: 0.8,
    })).sort((a, b) => (String(a.time) < String(b.time) ? -1 : 1)));
  }

  /** Show one price as the line that matters now; null takes it away. @param {{value: number, label: string} | null} level */
  highlight(level) {
    if (this.#highlight) this.candles.removePriceLine(this.#highlight);
    this.#highlight = level && this.candles.createPriceLine({
      price: level.value, color: color("accent"), lineWidth: 2, lineStyle: 0, axisLabelVisible: true, axisLabelColor: color("accent"), axisLabelTextColor: color("accent-ink"), title: level.label,
    });
    if (level) this.host.dataset.highlight = String(level.value);
    else delete this.host.dataset.highlight;
  }

  /** Show the relative strength in a pane of its own, or take it away. @param {(number | null)[] | null} values */
  setRsi(values) {
    if (this.#rsi) this.chart.removeSeries(this.#rsi);
    this.#rsi = null;
    if (!values || !this.bars) return;
    this.#rsi = this.chart.addSeries(this.lib.LineSeries, { color: color("derived"), lineWidth: 1.5, priceLineVisible: false }, 1);
    this.#rsi.setData(this.bars.time.map((time, n) => (values[n] === null ? { time } : { time, value: values[n] })));
    for (const price of [30, 70]) this.#rsi.createPriceLine({ price, color: color("text-3"), lineWidth: 1, lineStyle: 2, axisLabelVisible: false });
    this.chart.panes()[1]?.setStretchFactor(0.3);
  }

  /** @param {boolean} on */
  setLog(on) {
    this.candles.priceScale().applyOptions({ mode: on ? 1 : 0 });
  }

  reset() {
    this.chart.timeScale().fitContent();
    this.candles.priceScale().applyOptions({ autoScale: true });
  }

  /** @param {any} point */
  #moved(point) {
    if (!point.point || point.time === undefined) {
      this.listeners.onPoint(null);
      return this.listeners.onLine(null);
    }
    this.listeners.onPoint(point.logical ?? null);
    const lines = this.#levels.map(({ overlay }) => ({ fact: overlay.fact, y: this.candles.priceToCoordinate(overlay.value) }));
    for (const { overlay, series } of this.#averages.values()) {
      const value = point.seriesData.get(series)?.value;
      lines.push({ fact: overlay.fact, y: value === undefined ? null : series.priceToCoordinate(value) });
    }
    this.listeners.onLine(nearest(lines, point.point.y));
  }

  destroy() {
    this.chart.remove();
  }
}
