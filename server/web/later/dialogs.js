// The sheets: settings, the list of keys, and the palette of commands.

import { call, who } from "../api.js";
import { h, icon, openDialog } from "../dom.js";
import { currentLanguage, locale, t } from "../i18n.js";
import { COMMANDS, isMac } from "../keys.js";
import { change, onChange, setting } from "../store.js";
import "./words.js";

/** @typedef {{known: any, sessions: import("../sessions.js").Sessions, acts: Record<string, () => any>, open: (id: string) => void}} Page */

const CHOICES = {
  language: ["auto", "en", "zh"],
  theme: ["auto", "light", "dark"],
  updown: ["auto", "green-up", "red-up", "blue-orange"],
  numbers: ["auto", "western", "chinese"],
  density: ["comfortable", "compact"],
};
const SWITCHES = ["singleKeys", "reduceMotion", "showUsage"];

/** Write a key as this machine names it. @param {string} keys */
const keyName = (keys) => (isMac ? keys.replace("Mod+", "⌘").replace("Alt+", "⌥") : keys.replace("Mod", "Ctrl"));

/** Keys that are handled where they are pressed; the sheet tells of them. */
const LOCAL_KEYS = [
  { id: "send", keys: "Enter" },
  { id: "line", keys: "Shift+Enter" },
  { id: "edit", keys: "↑" },
  { id: "figures", keys: "← →" },
];

/** @param {string} iso */
function dateTime(iso) {
  const day = new Date(iso);
  if (Number.isNaN(day.getTime())) return iso;
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(day);
}

/** @param {string} name @param {string} title @param {...(Node | string | false | null)} children */
function sheet(name, title, ...children) {
  document.querySelector(`dialog.${name}`)?.remove();
  const dialog = /** @type {HTMLDialogElement} */ (h(`dialog.${name}`, { "aria-labelledby": `${name}-title` },
    h("form.sheet-head", { method: "dialog" }, h("h2", { id: `${name}-title` }, title), h("button.icon-button", { "aria-label": t("close"), title: t("close") }, icon("close"))),
    h("div.sheet-body", null, ...children)));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  openDialog(dialog);
  return dialog;
}

/** Who is signed in, and the way out. */
function signedIn() {
  const { now } = who;
  if (!now || now.by === "none") return null;
  const more = [now.key_id && t("signOut.key", { id: now.key_id }), now.until && t("signOut.until", { date: dateTime(now.until) })];
  const leave = async () => {
    try {
      await call("POST", "/api/sign-out");
      new BroadcastChannel("financial-agent").postMessage({ type: "signed out" });
      location.assign("/");
    } catch (fault) {
      note.textContent = /** @type {Error} */ (fault).message;
    }
  };
  const note = h("small", { role: "status" }, now.by === "header" ? t("signOut.header") : more.filter(Boolean).join(" · "));
  return h("div.set.who", null, h("p", null, h("span", null, t("signOut.as", { name: now.name })), note),
    now.by === "cookie" && h("button.outlined", { type: "button", onclick: leave }, t("signOut")));
}

/** @param {Page} page */
export function settings(page) {
  const rows = Object.entries(CHOICES).map(([name, choices]) => {
    const pick = h("select", { id: `set-${name}`, onchange: (/** @type {Event} */ event) => change({ [name]: /** @type {HTMLSelectElement} */ (event.target).value }) },
      ...choices.map((choice) => h("option", { value: choice, selected: setting(name) === choice }, t(`choice.${choice}`))));
    return h("p.set", null, h("label", { for: `set-${name}` }, t(`set.${name}`)), pick);
  });
  const switches = SWITCHES.map((name) => {
    const box = h("input", { type: "checkbox", id: `set-${name}`, checked: setting(name), onchange: (/** @type {Event} */ event) => change({ [name]: /** @type {HTMLInputElement} */ (event.target).checked }) });
    return h("p.set", null, h("label", { for: `set-${name}` }, t(`set.${name}`)), box);
  });
  const version = page.known.health?.version ?? "";
  const dialog = sheet("settings", t("settings"), signedIn(), ...rows, ...switches, h("h3", null, t("about")), h("p.quiet-line", null, t("about.text", { version })),
    h("p.quiet-line", null, h("a", { href: "https://www.tradingview.com/", rel: "noopener noreferrer", target: "_blank" }, "tradingview.com")));
  const language = currentLanguage();
  onChange(() => setTimeout(() => {
    if (!dialog.open || currentLanguage() === language) return;
    dialog.close();
    settings(page);
    document.getElementById("set-language")?.focus();
  }, 60));
}

export function keys() {
  const rows = [...COMMANDS, ...LOCAL_KEYS].map(({ id, keys }) => h("tr", null, h("th", { scope: "row" }, t(`key.${id}`)), h("td", null, h("kbd", null, keyName(keys)))));
  sheet("keys", t("keys.title"), h("table", null, h("tbody", null, ...rows)));
}

/** @param {Page} page */
export function palette({ known, sessions, acts, open }) {
  const box = /** @type {HTMLInputElement} */ (h("input", { type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-label": t("palette.label"), placeholder: t("palette.label"), autocomplete: "off" }));
  const list = h("ul", { id: "palette-list", role: "listbox", "aria-label": t("palette.label") });
  const dialog = sheet("palette", t("palette.label"), box, list);
  /** @type {{label: string, more: string, run: () => void}[]} */
  let found = [];
  let at = 0;
  const ask = (/** @type {string} */ text) => {
    const message = /** @type {HTMLTextAreaElement} */ (document.getElementById("message"));
    message.value = text;
    message.focus();
  };
  const draw = () => {
    const text = box.value.trim().toLowerCase();
    const zh = currentLanguage() === "zh";
    const all = [
      ...COMMANDS.filter(({ id }) => !["palette", "stop"].includes(id) && !id.startsWith("section")).map(({ id, keys }) => ({ label: t(`key.${id}`), more: keyName(keys), run: () => void acts[id]?.() })),
      ...known.universe.map((/** @type {any} */ { symbol, name, name_zh }) => ({ label: `${symbol} · ${zh ? name_zh : name}`, more: "", run: () => ask(t("example.1", { one: symbol })) })),
      ...sessions.found.map(({ session_id: id, title }) => ({ label: title, more: t("sessions.label"), run: () => open(id) })),
    ];
    found = all.filter(({ label }) => label.toLowerCase().includes(text)).slice(0, 12);
    at = Math.max(0, Math.min(at, found.length - 1));
    list.replaceChildren(...found.map(({ label, more, run }, n) => h("li", { role: "option", id: `palette-${n}`, "aria-selected": String(n === at), onclick: () => (dialog.close(), run()) }, h("span", null, label), more && h("kbd", null, more))),
      ...(found.length ? [] : [h("li.none", { role: "option", "aria-selected": "false", "aria-disabled": "true" }, t("palette.none"))]));
    box.setAttribute("aria-activedescendant", found.length ? `palette-${at}` : "");
    document.getElementById(`palette-${at}`)?.scrollIntoView({ block: "nearest" });
  };
  box.addEventListener("input", () => ((at = 0), draw()));
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) at = (at + step + found.length) % found.length;
    else if (event.key === "Enter") {
      const chosen = found[at];
      const text = box.value.trim();
      dialog.close();
      if (chosen) chosen.run();
      else if (text) ask(text);
    } else return;
    event.preventDefault();
    draw();
  });
  draw();
  box.focus();
}
