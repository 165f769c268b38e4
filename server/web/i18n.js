// The page's language: strings by key, plural forms, and the static page's labels.

import { setting } from "./store.js";

/** @type {Record<string, string>} */
let strings = {};
let language = "en";
/** Words that came with a module on demand. @type {Record<string, Record<string, string>>} */
const more = { en: {}, zh: {} };
let plurals = new Intl.PluralRules("en");

/** @returns {"en" | "zh"} the language that the settings ask for */
export function wantedLanguage() {
  const chosen = setting("language");
  if (chosen !== "auto") return chosen;
  return (navigator.languages ?? [navigator.language]).find((tag) => /^(en|zh)/i.test(tag))?.slice(0, 2).toLowerCase() === "zh"
    ? "zh"
    : "en";
}

/** Load the wanted language and label the static page with it. */
export async function useLanguage() {
  language = wantedLanguage();
  strings = (await (language === "zh" ? import("./later/strings-zh.js") : import("./later/strings-en.js"))).default;
  plurals = new Intl.PluralRules(locale());
  document.documentElement.lang = locale();
  label(document.documentElement);
}

/** Add words that only a module on demand needs. @param {Record<"en" | "zh", Record<string, string>>} words */
export function extend(words) {
  Object.assign(more.en, words.en);
  Object.assign(more.zh, words.zh);
}

export const currentLanguage = () => language;
export const locale = () => (language === "zh" ? "zh-CN" : "en");

/**
 * Give a string of the current language. `{name}` is filled in; of `one|other` the plural form of `n` is taken.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  let text = strings[key] ?? more[language][key] ?? key;
  if (text.includes("|") && "n" in values) {
    const forms = text.split("|");
    text = plurals.select(Number(values.n)) === "one" ? forms[0] : forms[forms.length - 1];
  }
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** @param {string} key */
export const has = (key) => key in strings || key in more[language];

/**
 * Label every element that names its strings: `data-t` is its text, `data-t-…` an attribute.
 * @param {Element} root
 */
export function label(root) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(/** @type {HTMLElement} */ (node).dataset.t ?? "");
  for (const attribute of ["aria-label", "placeholder", "title"])
    for (const node of root.querySelectorAll(`[data-t-${attribute}]`))
      node.setAttribute(attribute, t(node.getAttribute(`data-t-${attribute}`) ?? ""));
}
