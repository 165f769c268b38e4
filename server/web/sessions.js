// The list of sessions: search, rename, pin, delete with undo.

import { Refusal, call, get, sessionUrl } from "./api.js";
import { $, h, icon, iconButton } from "./dom.js";
import { t } from "./i18n.js";

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
    const more = iconButton("more", t("sessions.actions", { title: session.title }), () => this.#menu(row, session, more), { "aria-haspopup": "menu", "aria-expanded": "false" });
    row.append(more);
    return row;
  }

  /** @param {HTMLElement} row @param {Summary} session @param {HTMLElement} button */
  #menu(row, session, button) {
    const open = row.querySelector(".menu");
    if (open) return this.#closeMenu(button);
    for (const other of $("sessions").querySelectorAll(".menu")) other.remove();
    /** @param {string} label @param {string} picture @param {() => void} act */
    const item = (label, picture, act) => h("button", { type: "button", role: "menuitem", onclick: () => (this.#closeMenu(button), act()) }, icon(picture), label);
    const menu = h("div.menu", { role: "menu" },
      item(t("rename"), "edit", () => this.#rename(row, session)),
      item(t(session.pinned ? "unpin" : "pin"), "pin", () => this.#change(session, { pinned: !session.pinned })),
      item(t("export.markdown"), "save", () => this.actions.save(session.session_id)),
      item(t("delete"), "trash", () => this.remove(session)));
    menu.addEventListener("keydown", (event) => {
      const items = /** @type {HTMLElement[]} */ ([...menu.children]);
      const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) items[(at + step + items.length) % items.length].focus();
      else if (event.key === "Escape") this.#closeMenu(button);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    menu.addEventListener("focusout", (event) => {
      if (!menu.contains(/** @type {Node | null} */ (event.relatedTarget)) && event.relatedTarget !== button) setTimeout(() => menu.remove()), button.setAttribute("aria-expanded", "false");
    });
    row.append(menu);
    button.setAttribute("aria-expanded", "true");
    /** @type {HTMLElement} */ (menu.firstElementChild).focus();
  }

  /** @param {HTMLElement} button */
  #closeMenu(button) {
    button.setAttribute("aria-expanded", "false");
    button.focus();
    for (const menu of $("sessions").querySelectorAll(".menu")) menu.remove();
  }

  /** @param {HTMLElement} row @param {Summary} session */
  #rename(row, session) {
    const box = /** @type {HTMLInputElement} */ (h("input", { type: "text", "aria-label": t("rename"), maxlength: "120" }));
    box.value = session.title;
    let done = false;
    /** @param {boolean} keep */
    const leave = (keep) => {
      if (done) return;
      done = true;
      const title = box.value.trim();
      if (keep && title && title !== session.title) this.#change(session, { title });
      else this.draw();
      /** @type {HTMLElement | null} */ ($("sessions").querySelector(`[data-session="${CSS.escape(session.session_id)}"] a`))?.focus();
    };
    box.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229) return;
      if (event.key === "Enter" || event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        leave(event.key === "Enter");
      }
    });
    box.addEventListener("blur", () => leave(true));
    row.replaceChildren(box);
    box.focus();
    box.select();
  }

  /** @param {Summary} session @param {Partial<Summary>} values */
  async #change(session, values) {
    const before = { ...session };
    Object.assign(session, values);
    this.draw();
    try {
      await call("PATCH", sessionUrl(session.session_id), values);
      if (values.title) this.actions.renamed(session.session_id, values.title);
    } catch (fault) {
      Object.assign(session, before);
      this.draw();
      this.actions.toast(fault instanceof Refusal ? fault.message : t("error.unknown"));
    }
  }

  /** Delete a session; for a while it can be had back. @param {Summary} session */
  async remove(session) {
    const id = session.session_id;
    try {
      const kept = await call("DELETE", sessionUrl(id));
      this.found = this.found.filter((other) => other.session_id !== id);
      this.draw();
      this.actions.gone(id);
      const ms = kept?.restorable_until ? Math.min(6000, Math.max(0, new Date(kept.restorable_until).getTime() - Date.now())) : 0;
      this.actions.toast(t("deleted", { title: session.title }), ms ? { label: t("undo"), act: () => this.#restore(id) } : undefined, ms || 4000);
    } catch (fault) {
      this.actions.toast(fault instanceof Refusal ? fault.message : t("error.unknown"));
    }
    $("search").focus({ preventScroll: true });
  }

  /** @param {string} id */
  async #restore(id) {
    try {
      await call("POST", `${sessionUrl(id)}/restore`);
      await this.refresh();
      this.actions.back(id);
    } catch (fault) {
      this.actions.toast(fault instanceof Refusal ? fault.message : t("error.unknown"));
    }
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
