// Keeps the end of the text in view while it grows, and lets the reader's place alone once they have left the end.

const NEAR = 24;

export class EndFollower {
  following = true;
  #last = 0;

  /** @param {HTMLElement} scroller @param {HTMLElement} pill shown while new text comes out of view */
  constructor(scroller, pill) {
    this.scroller = scroller;
    this.pill = pill;
    scroller.addEventListener("wheel", (event) => event.deltaY < 0 && this.#leave(), { passive: true });
    scroller.addEventListener("touchmove", () => this.#away() > NEAR && this.#leave(), { passive: true });
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    pill.addEventListener("click", () => this.toEnd());
  }

  #away() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight;
  }

  #leave() {
    if (this.scroller.scrollHeight > this.scroller.clientHeight) this.following = false;
  }

  #scrolled() {
    const top = this.scroller.scrollTop;
    const away = this.#away();
    if (away < 2 || (top > this.#last && away < NEAR)) this.following = true;
    else if (top < this.#last) this.following = false;
    this.#last = top;
    if (this.following) this.pill.hidden = true;
  }

  /** The text has grown. @param {boolean} live whether more comes */
  grown(live) {
    if (this.following) {
      this.scroller.scrollTop = this.scroller.scrollHeight;
      this.#last = this.scroller.scrollTop;
    } else this.pill.hidden = !live && this.pill.hidden;
  }

  toEnd() {
    this.following = true;
    this.pill.hidden = true;
    this.grown(true);
  }
}
