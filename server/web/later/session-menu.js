// What can be done with a session of the list: rename, pin, save, delete with undo.

import { Refusal, call, sessionUrl } from "../api.js";
import { $, ICONS, h, icon } from "../dom.js";
import { t } from "../i18n.js";
import "./words.js";

ICONS.pin = "M6 2.5h4l-.5 4 2 2.5h-7l2-2.5zM8 9v4.5";
ICONS.trash = "M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.5 9h6l.5-9";

/** @typedef {import("../sessions.js").Sessions} Sessions */
/** @typedef {import("../sessions.js").Summary} Summary */

/** @param {Sessions} list @param {HTMLElement} row @param {Summary} session @param {HTMLElement} button */
export function menu(list, row, session, button) {
  const open = row.querySelector(".menu");
  if (open) return closeMenu(button);
  for (const other of $("sessions").querySelectorAll(".menu")) other.remove();
  /** @param {string} label @param {string} picture @param {() => void} act */
  const item = (label, picture, act) => h("button", { type: "button", role: "menuitem", onclick: () => (closeMenu(button), act()) }, icon(picture), label);
  const menu = h("div.menu", { role: "menu" },
    item(t("rename"), "edit", () => rename(list, row, session)),
    item(t(session.pinned ? "unpin" : "pin"), "pin", () => change(list, session, { pinned: !session.pinned })),
    item(t("export.markdown"), "save", () => list.actions.save(session.session_id)),
    item(t("delete"), "trash", () => remove(list, session)));
  menu.addEventListener("keydown", (event) => {
    const items = /** @type {HTMLElement[]} */ ([...menu.children]);
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) items[(at + step + items.length) % items.length].focus();
    else if (event.key === "Escape") closeMenu(button);
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
function closeMenu(button) {
  button.setAttribute("aria-expanded", "false");
  button.focus();
  for (const menu of $("sessions").querySelectorAll(".menu")) menu.remove();
}

/** @param {Sessions} list @param {HTMLElement} row @param {Summary} session */
function rename(list, row, session) {
  const box = /** @type {HTMLInputElement} */ (h("input", { type: "text", "aria-label": t("rename"), maxlength: "120" }));
  box.value = session.title;
  let done = false;
  /** @param {boolean} keep */
  const leave = (keep) => {
    if (done) return;
    done = true;
    const title = box.value.trim();
    if (keep && title && title !== session.title) change(list, session, { title });
    else list.draw();
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

/** @param {Sessions} list @param {Summary} session @param {Partial<Summary>} values */
async function change(list, session, values) {
  const before = { ...session };
  Object.assign(session, values);
  list.draw();
  try {
    await call("PATCH", sessionUrl(session.session_id), values);
    if (values.title) list.actions.renamed(session.session_id, values.title);
  } catch (fault) {
    Object.assign(session, before);
    list.draw();
    list.actions.toast(fault instanceof Refusal ? fault.message : t("error.unknown"));
  }
}

/** Delete a session; for a while it can be had back. @param {Sessions} list @param {Summary} session */
async function remove(list, session) {
  const id = session.session_id;
  try {
    const kept = await call("DELETE", sessionUrl(id));
    list.found = list.found.filter((other) => other.session_id !== id);
    list.draw();
    list.actions.gone(id);
    const ms = kept?.restorable_until ? Math.min(6000, Math.max(0, new Date(kept.restorable_until).getTime() - Date.now())) : 0;
    list.actions.toast(t("deleted", { title: session.title }), ms ? { label: t("undo"), act: () => restore(list, id) } : undefined, ms || 4000);
  } catch (fault) {
    list.actions.toast(fault instanceof Refusal ? fault.message : t("error.unknown"));
  }
  $("search").focus({ preventScroll: true });
}

/** @param {Sessions} list @param {string} id */
async function restore(list, id) {
  try {
    await call("POST", `${sessionUrl(id)}/restore`);
    await list.refresh();
    list.actions.back(id);
  } catch (fault) {
    list.actions.toast(fault instanceof Refusal ? fault.message : t("error.unknown"));
  }
}
