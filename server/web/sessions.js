// The list of sessions: search, rename, pin, delete with undo.

import { Refusal, get } from "./api.js";
import { $, h, iconButton } from "./dom.js";
import { t } from "./i18n.js";

// Once it is loaded a menu opens at once: what is typed next is meant for it.
/** @type {typeof import("./later/session-menu.js") | undefined} */
let menus;
const load = () => import("./later/session-menu.js");

/** @typedef {{session_id: string, title: string, created_at: string, last_at: string, turns: number, pinned?: boolean, running?: boolean, snippet?: string}} Summary */

/** Sort sessions into the list's groups: pinned, today, this week, earlier. @param {Summary[]} sessions @param {Date} now */
export function grouped(sessions, now) {
  /** @type {Record<string, Summary[]>} */
  const groups = { pinned: [], today: [], week: [], earlier: [] };
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  for (const session of sessions) {
    const at = new Date(session.last_at).getTime();
    const name = session.pinned ? "pinned" : at >= today ? "today" : at >= today - 6 * 86_400_000 ? "week" : "earlier";
    groups[name].push(session);
  }
  return groups;
}

export class Sessions {
  /** @type {Summary[]} */
  found = [];
  current = "";
  #query = "";
  #asked = 0;
  /** @type {string | null} */
  #next = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {{open: (id: string) => void, gone: (id: string) => void, back: (id: string) => void, renamed: (id: string, title: string) => void, toast: (text: string, action?: {label: string, act: () => void}, ms?: number) => void, save: (id: string) => void}} actions */
  constructor(actions) {
    this.actions = actions;
    $("search").addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.search($("search").value.trim()), 150);
    });
    $("sessions").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#key(event));
  }

  /** @param {string} query */
  search(query) {
    this.#query = query;
    return this.refresh();
  }

  /** Read the list again. @param {boolean} [more] also the next page */
  async refresh(more = false) {
    const mine = ++this.#asked;
    const query = new URLSearchParams(this.#query ? { q: this.#query } : {});
    if (more && this.#next) query.set("before", this.#next);
    try {
      const { sessions, next } = await get(`/api/sessions?${query}`);
      if (mine !== this.#asked) return;
      this.found = more ? [...this.found, ...sessions] : sessions;
      this.#next = next ?? null;
      this.draw();
    } catch (fault) {
      if (mine === this.#asked && fault instanceof Refusal) $("sessions").replaceChildren(h("p.quiet-line", null, fault.message));
    }
  }

  draw() {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.closest?.("[data-session]")?.getAttribute("data-session");
    const groups = grouped(this.found, new Date());
    const lists = Object.entries(groups).filter(([, found]) => found.length).map(([name, found]) =>
      h("section", null, h("h2", null, t(`sessions.${name}`)), h("ul", null, ...found.map((session) => this.#row(session)))));
    const none = this.found.length === 0 && h("p.quiet-line", null, t(this.#query ? "sessions.nothing" : "sessions.none"));
    const more = this.#next && h("button.quiet", { type: "button", onclick: () => this.refresh(true) }, t("sessions.more"));
    $("sessions").replaceChildren(...[...lists, none, more].filter((node) => node instanceof Node));
    if (focused) /** @type {HTMLElement | null} */ ($("sessions").querySelector(`[data-session="${CSS.escape(focused)}"] a`))?.focus();
  }

  /** @param {Summary} session */
  #row(session) {
    const { session_id: id } = session;
    const link = h("a", { href: `/s/${id}`, "aria-current": id === this.current ? "page" : null, title: session.title, onclick: (/** @type {MouseEvent} */ event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
      event.preventDefault();
      this.actions.open(id);
    } },
      session.running && h("span.live", { role: "img", "aria-label": t("sessions.running") }),
      h("span.title", null, session.title || t("sessions.untitled")),
      this.#query && session.snippet ? h("span.snippet", null, session.snippet) : null);
    const row = h("li", { "data-session": id }, link);
    const more = iconButton("more", t("sessions.actions", { title: session.title }), async () => (menus ??= await load()).menu(this, row, session, more), { onfocus: load, "aria-haspopup": "menu", "aria-expanded": "false" });
    row.append(more);
    return row;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const target = /** @type {HTMLElement} */ (event.target);
    if (!step || !target.matches("a")) return;
    event.preventDefault();
    const links = /** @type {HTMLElement[]} */ ([...$("sessions").querySelectorAll("li > a")]);
    links[Math.max(0, Math.min(links.length - 1, links.indexOf(target) + step))].focus();
  }
}
