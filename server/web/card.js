// The card of a figure: when it opens and closes, and where. What stands in it comes with the first one.

import { $ } from "./dom.js";

/** @typedef {import("./reduce.js").Turn} Turn */
/** @typedef {import("./reduce.js").Figure} Figure */
/** @typedef {import("./reduce.js").Fact} Fact */

const HOVER = 120;
const GRACE = 200;

/** Whether figures are tapped: the card is then a sheet at the foot of the page. */
export const isSheet = () => matchMedia("(max-width: 819px)").matches;

export class Card {
  /** @type {{mark: HTMLElement, turn: Turn, figure: Figure, pinned: boolean} | null} */
  shown = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {{showOnChart: (turn: Turn, fact: Fact) => void, openRow: (turn: Turn, id: string) => void, ask: (text: string) => void, light: (turn: Turn, figure: Figure | null) => void}} actions */
  constructor(actions) {
    this.actions = actions;
    this.node = $("card");
    this.node.addEventListener("pointerenter", () => clearTimeout(this.#timer));
    this.node.addEventListener("pointerleave", () => this.#leave());
    this.node.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape") this.#escape(event);
    });
    document.addEventListener("pointerdown", (event) => {
      const target = /** @type {Element} */ (event.target);
      if (this.shown && !this.node.contains(target) && target.closest(".fig") !== this.shown.mark) this.close();
    });
  }

  get isOpen() {
    return this.shown !== null;
  }

  /**
   * Let the figures of an answer open the card: hovering, focusing, tapping, Enter; arrows go to the next one.
   * @param {HTMLElement} host
   * @param {Turn} turn
   */
  attach(host, turn) {
    /** @param {Event} event @returns {HTMLElement | null} */
    const markOf = (event) => /** @type {Element} */ (event.target).closest?.('.fig[role="button"]') ?? null;
    host.addEventListener("pointerover", (event) => {
      const mark = markOf(event);
      if (!mark || event.pointerType !== "mouse") return;
      clearTimeout(this.#timer);
      this.actions.light(turn, figureOf(turn, mark));
      if (this.shown?.mark !== mark && !this.shown?.pinned) this.#timer = setTimeout(() => this.open(mark, turn, false), HOVER);
    });
    host.addEventListener("pointerout", (event) => {
      if (!markOf(event) || event.pointerType !== "mouse") return;
      this.actions.light(turn, null);
      this.#leave();
    });
    host.addEventListener("focusin", (event) => {
      const mark = markOf(event);
      if (!mark || !mark.matches(":focus-visible")) return;
      for (const other of host.querySelectorAll('.fig[tabindex="0"]')) other.setAttribute("tabindex", "-1");
      mark.setAttribute("tabindex", "0");
      this.actions.light(turn, figureOf(turn, mark));
      this.open(mark, turn, false);
    });
    host.addEventListener("focusout", (event) => {
      if (!markOf(event)) return;
      this.actions.light(turn, null);
      if (!this.shown?.pinned && !this.node.contains(/** @type {Node | null} */ (event.relatedTarget))) this.close();
    });
    host.addEventListener("click", (event) => {
      const mark = markOf(event);
      if (mark) this.open(mark, turn, true);
    });
    host.addEventListener("keydown", (event) => {
      const mark = markOf(event);
      if (mark) this.#key(event, mark, host, turn);
    });
  }

  /** @param {KeyboardEvent} event @param {HTMLElement} mark @param {HTMLElement} host @param {Turn} turn */
  #key(event, mark, host, turn) {
    const marks = /** @type {HTMLElement[]} */ ([...host.querySelectorAll('.fig[role="button"]')]);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      event.preventDefault();
      marks[(marks.indexOf(mark) + step + marks.length) % marks.length].focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.open(mark, turn, true).then(() => this.node.querySelector("button")?.focus());
    } else if (event.key === "Escape" && this.shown) this.#escape(event);
  }

  /** @param {Event} event */
  #escape(event) {
    event.preventDefault();
    event.stopPropagation();
    const mark = this.shown?.mark;
    const inside = this.node.contains(document.activeElement);
    this.close();
    if (inside) mark?.focus({ preventScroll: true });
    if (inside) this.close();
  }

  #leave() {
    clearTimeout(this.#timer);
    if (this.shown?.pinned || this.shown?.mark === document.activeElement) return;
    this.#timer = setTimeout(() => this.close(), GRACE);
  }

  /** @param {HTMLElement} mark @param {Turn} turn @param {boolean} pinned */
  async open(mark, turn, pinned) {
    clearTimeout(this.#timer);
    const figure = figureOf(turn, mark);
    if (!figure) return;
    const shown = (this.shown = { mark, turn, figure, pinned });
    const { figureParts } = await import("./later/facts.js");
    if (this.shown !== shown) return;
    this.node.replaceChildren(...figureParts(this, turn, figure));
    this.node.classList.toggle("sheet", isSheet());
    if (!this.node.matches(":popover-open")) this.node.showPopover();
    if (!isSheet()) this.#placeBy(mark);
  }

  close() {
    clearTimeout(this.#timer);
    if (!this.shown) return;
    this.shown = null;
    if (this.node.matches(":popover-open")) this.node.hidePopover();
  }

  /** Draw the open card anew when the state of its figure has changed. @param {Turn} turn */
  refresh(turn) {
    if (this.shown?.turn !== turn) return;
    const { mark, pinned } = this.shown;
    if (mark.isConnected) this.open(mark, turn, pinned);
    else this.close();
  }

  /** @param {HTMLElement} mark */
  #placeBy(mark) {
    const at = mark.getClientRects()[0] ?? mark.getBoundingClientRect();
    const { width, height } = this.node.getBoundingClientRect();
    const left = Math.max(8, Math.min(at.left + at.width / 2 - width / 2, innerWidth - width - 8));
    const below = at.bottom + 8 + height <= innerHeight || at.top < height + 16;
    this.node.style.setProperty("left", `${Math.round(left)}px`);
    this.node.style.setProperty("top", `${Math.round(below ? Math.min(at.bottom + 8, innerHeight - height - 8) : at.top - height - 8)}px`);
  }
}

/** @param {Turn} turn @param {HTMLElement} mark @returns {Figure | null} */
const figureOf = (turn, mark) => turn.figures.get(mark.dataset.figure ?? "") ?? null;
