// A question is changed in its place.

import { h } from "../dom.js";
import { t } from "../i18n.js";

/**
 * Let a question be changed; the answer to the old one stays as a version.
 * @param {HTMLElement} place
 * @param {string} question
 * @param {{send: (text: string) => void, leave: () => void}} acts
 */
export function edit(place, question, { send, leave }) {
  const box = /** @type {HTMLTextAreaElement} */ (h("textarea", { rows: "2", "aria-label": t("edit.label") }));
  box.value = question;
  const done = () => {
    const text = box.value.trim();
    if (text) send(text);
  };
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && !event.shiftKey) done();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const buttons = h("div.row", null, h("button.primary", { type: "button", onclick: done }, t("edit.send")), h("button.quiet", { type: "button", onclick: leave }, t("cancel")));
  place.replaceChildren(h("div.editor", null, box, buttons));
  box.focus();
  box.select();
}
