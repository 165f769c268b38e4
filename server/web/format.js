// Numbers, dates and durations as a reader of the current language writes them.

import { currentLanguage, locale, t } from "./i18n.js";
import { setting } from "./store.js";

const SYMBOLS = { USD: "$", EUR: "€", GBP: "£", CNY: "¥", JPY: "¥", HKD: "HK$" };

/** @returns {boolean} whether large numbers are counted in 万 and 亿 */
const chinese = () => (setting("numbers") === "auto" ? currentLanguage() === "zh" : setting("numbers") === "chinese");

/**
 * @param {number} value
 * @param {number} [digits] most decimals
 * @param {number} [least] least decimals
 */
export function number(value, digits = 2, least = 0) {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits, minimumFractionDigits: least }).format(value);
}

/** Shorten a large number: 391.04B, or 3910.4亿. @param {number} value */
export function compact(value) {
  const size = Math.abs(value);
  /** @type {[number, string][]} */
  const steps = chinese() ? [[1e8, "亿"], [1e4, "万"]] : [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "K"]];
  const step = steps.find(([unit]) => size >= unit * 0.99995);
  return step ? number(value / step[0], 2) + step[1] : number(value, 2);
}

/**
 * Write a fact's value with its unit.
 * @param {string | number} value at scale 1
 * @param {string} [unit]
 * @param {string} [currency]
 */
export function amount(value, unit = "", currency = "USD") {
  const size = Number(value);
  if (!Number.isFinite(size)) return String(value);
  const sign = size < 0 ? "−" : "";
  const mark = SYMBOLS[/** @type {keyof typeof SYMBOLS} */ (currency)] ?? `${currency} `;
  const plain = Math.abs(size);
  switch (unit) {
    case "money":
      return sign + mark + (plain >= 1e5 ? compact(plain) : number(plain, 2, plain % 1 ? 2 : 0));
    case "price":
    case "per_share":
      return sign + mark + number(plain, 2, 2);
    case "percent":
      return `${sign}${number(plain, 2)}%`;
    case "pp":
      return `${sign}${number(plain, 2)} ${t("unit.pp")}`;
    case "bps":
      return `${sign}${number(plain, 1)} ${t("unit.bps")}`;
    case "multiple":
      return `${sign}${number(plain, 2)}×`;
    case "days":
      return t("unit.days", { n: size });
    case "months":
      return t("unit.months", { n: size });
    default:
      return sign + (plain >= 1e5 ? compact(plain) : number(plain, 2));
  }
}

/** Write an ISO date or time; what is none stays as it is. @param {string} iso */
export function date(iso) {
  if (!/^\d{4}-\d{2}-\d{2}/.test(iso)) return iso;
  const day = iso.length === 10 ? new Date(`${iso}T12:00:00`) : new Date(iso);
  return Number.isNaN(day.getTime()) ? iso : new Intl.DateTimeFormat(locale(), { dateStyle: "medium" }).format(day);
}

/** @param {number} ms */
export const duration = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${number(ms / 1000, 1, 1)} s`);

/** A change in percent with its sign. @param {number} share */
export const change = (share) => `${share >= 0 ? "+" : "−"}${number(Math.abs(share) * 100, 2, 2)}%`;
