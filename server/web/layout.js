// The page's parts as a whole: sidebar, panel and divider, theme, banners and toasts.

import { $, h } from "./dom.js";
import { currentLanguage, t } from "./i18n.js";
import { change, setting, theme } from "./store.js";

const { body } = document;
const isNarrow = () => matchMedia("(max-width: 819px)").matches;
const isDrawer = () => matchMedia("(max-width: 1179px)").matches;

/** Put the settings that are looks on the page. */
export function applySettings() {
  const root = document.documentElement;
  const updown = setting("updown") === "auto" ? (currentLanguage() === "zh" ? "red-up" : "green-up") : setting("updown");
  Object.assign(root.dataset, { theme: theme(), updown, density: setting("density"), motion: setting("reduceMotion") ? "none" : "" });
  root.style.setProperty("--panel", `${setting("panelShare")}%`);
  $("divider").setAttribute("aria-valuenow", String(setting("panelShare")));
}

/** Listen to the controls of the page itself. */
export function listen() {
  body.dataset.sidebar = setting("sidebarOpen") && !isDrawer() ? "open" : "closed";
  drawToggles();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applySettings);
  matchMedia("(max-width: 1179px)").addEventListener("change", ({ matches }) => setSidebar(!matches && setting("sidebarOpen"), false));
  matchMedia("(max-width: 819px)").addEventListener("change", ({ matches }) => matches && closePanel());
  $("menu").addEventListener("click", toggleSidebar);
  $("scrim").addEventListener("click", () => closeTop());
  $("chart-button").addEventListener("click", togglePanel);
  $("panel-close").addEventListener("click", () => togglePanel(false));
  $("panel-expand").addEventListener("click", () => expand(body.dataset.expanded !== "true"));
  listenToDivider();
}

function drawToggles() {
  $("menu").setAttribute("aria-expanded", String(body.dataset.sidebar === "open"));
  $("chart-button").setAttribute("aria-expanded", String(body.dataset.panel === "open"));
  $("scrim").hidden = !((isDrawer() && body.dataset.sidebar === "open") || (isNarrow() && body.dataset.panel === "open"));
  $("sidebar").inert = body.dataset.sidebar !== "open";
  $("panel").inert = body.dataset.panel !== "open";
}

/** @param {boolean} open @param {boolean} [remember] */
function setSidebar(open, remember = true) {
  body.dataset.sidebar = open ? "open" : "closed";
  if (remember && !isDrawer()) change({ sidebarOpen: open });
  drawToggles();
}

export function toggleSidebar() {
  const open = body.dataset.sidebar !== "open";
  setSidebar(open);
  if (open && isDrawer()) $("search").focus();
}

/** Close the sidebar where it lies over the page. */
export function closeDrawer() {
  if (isDrawer()) setSidebar(false);
}

/** Open the panel because the reader asks for it. @param {boolean} [remember] */
export function openPanel(remember = false) {
  body.dataset.panel = "open";
  if (remember && !isNarrow()) change({ panelOpen: true });
  drawToggles();
}

/** Open the panel for a new answer, unless the reader has closed it or it would lie over the text. */
export function offerPanel() {
  if (setting("panelOpen") && !isNarrow()) openPanel();
}

export function closePanel() {
  body.dataset.panel = "closed";
  expand(false);
  drawToggles();
}

/** @param {boolean | Event} [open] */
export function togglePanel(open) {
  const wanted = typeof open === "boolean" ? open : body.dataset.panel !== "open";
  if (wanted) return openPanel(true);
  const inside = $("panel").contains(document.activeElement);
  closePanel();
  if (!isNarrow()) change({ panelOpen: false });
  if (inside) $("chart-button").focus();
}

/** @param {boolean} on */
function expand(on) {
  body.dataset.expanded = String(on);
  $("panel-expand").setAttribute("aria-pressed", String(on));
}

/** Close what lies over the text; gives whether there was anything. */
export function closeTop() {
  const menu = document.querySelector(".menu");
  if (menu) return menu.remove(), true;
  if (isDrawer() && body.dataset.sidebar === "open") return setSidebar(false), $("menu").focus(), true;
  if (isNarrow() && body.dataset.panel === "open") return closePanel(), true;
  if (body.dataset.expanded === "true") return expand(false), true;
  return false;
}

function listenToDivider() {
  const divider = $("divider");
  /** @param {number} share */
  const set = (share) => change({ panelShare: Math.round(Math.max(25, Math.min(65, share))) });
  divider.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
    divider.setPointerCapture(event.pointerId);
    const move = (/** @type {PointerEvent} */ { clientX }) => set(((innerWidth - clientX) / innerWidth) * 100);
    divider.addEventListener("pointermove", move);
    divider.addEventListener("pointerup", () => divider.removeEventListener("pointermove", move), { once: true });
  });
  divider.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowLeft: 2, ArrowRight: -2 }[event.key];
    if (!step) return;
    event.preventDefault();
    set(setting("panelShare") + step);
  });
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let troubleTimer;

/** Tell of a broken connection once it has lasted a moment. @param {string} state */
export function trouble(state) {
  const line = $("trouble");
  if (!state) {
    clearTimeout(troubleTimer);
    troubleTimer = undefined;
    if (line.textContent) line.textContent = "";
    return;
  }
  const show = () => (line.textContent = t(`trouble.${state}`));
  if (line.textContent) show();
  else troubleTimer ??= setTimeout(show, state === "waiting" ? 0 : 1000);
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let toastTimer;

/**
 * Say something for a while, with one thing that can be done about it.
 * @param {string} text
 * @param {{label: string, act: () => void}} [action]
 * @param {number} [ms]
 */
export function toast(text, action, ms = 4000) {
  clearTimeout(toastTimer);
  const hide = () => $("toast").replaceChildren();
  const button = action && h("button", { type: "button", onclick: () => (hide(), action.act()) }, action.label);
  $("toast").replaceChildren(h("p.toast", null, h("span", null, text), button));
  toastTimer = setTimeout(hide, ms);
}
