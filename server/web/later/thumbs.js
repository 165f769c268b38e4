// What a reader says of an answer: of use or not, and why. It is kept by the server and shown again after a reload.

import { call, get, sessionUrl } from "../api.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import "./words.js";

/** @typedef {import("../reduce.js").Turn} Turn */
/** @typedef {{rating: "up" | "down", reason: string | null} | null} Said */

/** What was said in a session, asked for once for all its answers. @type {{id: string, at: number, found: Promise<Map<string, Said>>}} */
let asked = { id: "", at: 0, found: Promise.resolve(new Map()) };

/** @param {string} id */
function saidIn(id) {
  if (asked.id !== id || performance.now() - asked.at > 2000) {
    const url = `${sessionUrl(id)}/feedback`;
    const found = get(url).then(({ feedback }) => new Map(feedback.map((/** @type {any} */ each) => [each.run_id, each])), () => new Map());
    asked = { id, at: performance.now(), found };
  }
  return asked.found;
}

/** The two buttons of an answer, and what stands below them. */
export class Thumbs {
  #open = false;
  #fault = "";

  /** @param {HTMLElement} row @param {HTMLElement} more @param {Turn} turn */
  constructor(row, more, turn) {
    Object.assign(this, { row, more, turn });
    if (turn.said === undefined && turn.stored) void this.#learn();
    else this.draw();
  }

  /** Learn what was said before this page was opened. */
  async #learn() {
    const found = (await saidIn(this.turn.sessionId ?? "")).get(this.turn.runId ?? "");
    if (this.turn.said === undefined) this.turn.said = found ?? null;
    this.draw();
  }

  draw() {
    for (const button of this.row.children) button.setAttribute("aria-pressed", String(this.turn.said?.rating === button.getAttribute("data-rating")));
    this.#drawMore();
  }

  #drawMore() {
    const { said } = this.turn;
    const why = said?.rating === "down" && !this.#open && h("p.quiet-line", null, said.reason ? h("q", null, said.reason) : t("thumbs.thanks"), " ",
      h("button.link", { type: "button", onclick: () => this.#ask() }, t(said.reason ? "thumbs.change" : "thumbs.why")));
    this.more.replaceChildren(...[this.#fault && h("p.thumbs-fault", { role: "alert" }, this.#fault), said?.rating === "down" && this.#open && this.#form(said.reason ?? ""), why].filter((node) => node instanceof Node));
  }

  /** @param {string} reason */
  #form(reason) {
    const box = /** @type {HTMLTextAreaElement} */ (h("textarea", { rows: "1", maxlength: "2000", "aria-label": t("thumbs.label"), placeholder: t("thumbs.label") }));
    box.value = reason;
    const leave = () => {
      this.#open = false;
      this.#drawMore();
      /** @type {HTMLElement | null} */ (this.row.querySelector('[data-rating="down"]'))?.focus();
    };
    const send = async () => {
      const text = box.value.trim();
      if (text && !(await this.#say({ rating: "down", reason: text }))) return;
      leave();
    };
    box.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229) return;
      if (event.key === "Escape") leave();
      else if (event.key === "Enter" && !event.shiftKey) send();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return h("div.editor", null, box, h("div.row", null, h("button.primary", { type: "button", onclick: send }, t("thumbs.send")), h("button.quiet", { type: "button", onclick: leave }, t("thumbs.later"))));
  }

  #ask() {
    this.#open = true;
    this.#drawMore();
    this.more.querySelector("textarea")?.focus();
  }

  /** @param {"up" | "down"} rating */
  async press(rating) {
    const taken = this.turn.said?.rating === rating;
    this.#open = false;
    if ((await this.#say(taken ? null : { rating, reason: null })) && !taken && rating === "down") this.#ask();
  }

  /** Say it to the server; what it did not take is not shown as said. @param {Said} said */
  async #say(said) {
    const before = this.turn.said;
    const typed = this.more.querySelector("textarea")?.value;
    this.turn.said = said;
    this.#fault = "";
    if (typed === undefined) this.draw();
    const place = `/api/runs/${encodeURIComponent(this.turn.runId ?? "")}/feedback`;
    try {
      await (said ? call("PUT", place, { rating: said.rating, reason: said.reason }) : call("DELETE", place));
      return true;
    } catch (fault) {
      this.turn.said = before;
      this.#fault = `${t("thumbs.fault")} ${/** @type {Error} */ (fault).message}`;
      this.draw();
      const box = this.more.querySelector("textarea");
      if (box && typed !== undefined) {
        box.value = typed;
        box.focus();
      }
      return false;
    }
  }
}
