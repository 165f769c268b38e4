// Asks for a key when the server does not know who asks. The key goes to the server once and is kept nowhere here.

import { SIGN_IN, ask } from "../api.js";
import { $, ICONS, h, icon } from "../dom.js";
import { currentLanguage, t } from "../i18n.js";
import { change, onChange } from "../store.js";
import "./words.js";

ICONS.eye = "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z";

/** @typedef {import("../api.js").Who} Who */

const channel = "BroadcastChannel" in window ? new BroadcastChannel("financial-agent") : null;
const kind = () => document.body.dataset.auth ?? "api-key";

/** Check that the browser sends what it was given. @returns {Promise<Who | null>} */
const whoIsIn = () => ask(SIGN_IN).then((response) => response.json(), () => null);

/**
 * Ask until somebody is signed in, and say who.
 * @param {Who | null} before who was signed in until now: nobody else may see what the page shows
 * @returns {Promise<Who>}
 */
export function signIn(before) {
  return new Promise((resolve) => {
    const dialog = new SignIn(before !== null, (who) => {
      if (before && before.caller !== who.caller) return location.assign("/");
      resolve(who);
    });
    dialog.open();
  });
}

class SignIn {
  /** @param {boolean} again @param {(who: Who) => void} done */
  constructor(again, done) {
    this.again = again;
    this.done = done;
    this.input = /** @type {HTMLInputElement} */ (h("input", {
      id: "sign-in-key", type: "password", name: "key", autocomplete: "current-password", autocapitalize: "off", spellcheck: "false",
      maxlength: "8192", "aria-describedby": "sign-in-error sign-in-fine", oninput: () => this.#tell(""),
    }));
    this.error = h("p.sign-in-error", { id: "sign-in-error", role: "alert" });
    this.button = /** @type {HTMLButtonElement} */ (h("button.primary", { type: "submit" }));
    this.form = h("form", { novalidate: true, onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), this.#send()) });
    this.dialog = /** @type {HTMLDialogElement} */ (h(`dialog.sign-in${again ? "" : ".first"}`, {
      "aria-labelledby": "sign-in-title", closedby: "none",
      oncancel: (/** @type {Event} */ event) => event.preventDefault(),
      onclose: () => this.dialog.isConnected && this.dialog.showModal(),
    }, this.form));
    this.heard = () => void this.#look();
    onChange(this.changed);
  }

  changed = (/** @type {string[]} */ names) => {
    if (!names.includes("language") || !this.dialog.isConnected) return;
    setTimeout(() => this.#draw(), 60);
  };

  open() {
    this.back = /** @type {HTMLElement | null} */ (document.activeElement);
    this.#draw();
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.input.focus();
    channel?.addEventListener("message", this.heard);
    document.addEventListener("visibilitychange", this.heard);
  }

  #draw() {
    const eye = h("button.icon-button", { type: "button", "aria-label": t("signIn.show"), title: t("signIn.show"), "aria-pressed": String(this.input.type === "text"), onclick: () => {
      this.input.type = this.input.type === "text" ? "password" : "text";
      eye.setAttribute("aria-pressed", String(this.input.type === "text"));
      this.input.focus();
    } }, icon("eye"));
    const other = h("button.quiet", { type: "button", lang: currentLanguage() === "zh" ? "en" : "zh-CN", onclick: () => change({ language: currentLanguage() === "zh" ? "en" : "zh" }) }, t("language.other"));
    this.button.textContent = t("signIn.do");
    this.#tell(""); // it was told in the other language
    this.form.replaceChildren(
      h("p.brand", null, h("span.logo", { "aria-hidden": "true" }), t("brand")),
      h("h2", { id: "sign-in-title" }, t(this.again ? "signIn.again" : "signIn.title")),
      h("p.sign-in-text", null, t(this.again ? "signIn.ended" : `signIn.text.${kind()}`)),
      h("label", { for: "sign-in-key" }, t(`signIn.key.${kind()}`)),
      h("input", { type: "text", autocomplete: "username", value: location.host, readonly: true, hidden: true }), // for keepers of passwords
      h("div.sign-in-box", null, this.input, eye),
      this.error,
      this.button,
      h("div.sign-in-foot", null, h("p.fine", { id: "sign-in-fine" }, t("signIn.fine")), other),
    );
  }

  /** @param {string} text */
  #tell(text) {
    if (this.error.textContent !== text) this.error.textContent = text;
    if (text) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }

  async #send() {
    const key = this.input.value.trim();
    if (this.button.disabled) return;
    if (!key) return this.#refuse(t("signIn.missing"));
    this.button.disabled = true;
    this.button.textContent = t("signIn.doing");
    try {
      await ask(SIGN_IN, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ key }) });
      const who = await whoIsIn();
      if (!who) return this.#refuse(t("signIn.noCookies"));
      channel?.postMessage({ type: "signed in" });
      this.#close(who);
    } catch (fault) {
      this.#refuse(/** @type {Error} */ (fault).message);
    } finally {
      this.button.disabled = false;
      this.button.textContent = t("signIn.do");
    }
  }

  /** @param {string} text */
  #refuse(text) {
    this.#tell(text);
    this.input.focus();
    this.input.select();
  }

  /** Another tab may have signed in meanwhile. */
  async #look() {
    if (document.hidden || !this.dialog.isConnected) return;
    const who = await whoIsIn();
    if (who && this.dialog.isConnected) this.#close(who);
  }

  /** @param {Who} who */
  #close(who) {
    channel?.removeEventListener("message", this.heard);
    document.removeEventListener("visibilitychange", this.heard);
    this.input.value = "";
    this.dialog.remove();
    (this.again ? this.back : $("message"))?.focus({ preventScroll: true });
    this.done(who);
  }
}
