// Server-sent events: a parser that takes any pieces, and a reader that notices silence.

/** @typedef {{event: string, id: string, data: string}} Frame */

/** Parses an event stream: LF, CR and CRLF, cut anywhere; a byte order mark; comments; several data lines. */
export class EventParser {
  #rest = "";
  #first = true;
  #frame = { event: "", id: "", data: /** @type {string[]} */ ([]) };

  /**
   * @param {string} text the next piece
   * @returns {Frame[]} the events that it completes
   */
  push(text) {
    this.#rest += text;
    if (this.#first && this.#rest) {
      if (this.#rest.charCodeAt(0) === 0xfeff) this.#rest = this.#rest.slice(1);
      this.#first = false;
    }
    // A CR at the end may be half of a CRLF: it waits for what follows.
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    const found = [];
    for (const line of lines) {
      if (line === "") {
        const { event, id, data } = this.#frame;
        if (data.length) found.push({ event, id, data: data.join("\n") });
        this.#frame = { event: "", id, data: [] };
      } else this.#field(line);
    }
    return found;
  }

  /** @param {string} line */
  #field(line) {
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.#frame.data.push(value);
    else if (name === "event" || name === "id") this.#frame[name] = value;
  }
}

/**
 * Read a response's events to its end.
 * @param {Response} response
 * @param {number} idle milliseconds without a byte after which the connection counts as lost
 * @param {(frames: Frame[]) => void} take
 */
export async function readEvents(response, idle, take) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  try {
    for (;;) {
      const silence = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error("silent")), idle);
      });
      const { value, done } = await Promise.race([reader.read(), silence]);
      clearTimeout(timer);
      if (done) return;
      const frames = parser.push(decoder.decode(value, { stream: true }));
      if (frames.length) take(frames);
    }
  } finally {
    clearTimeout(timer);
    reader.cancel().catch(() => {});
  }
}
