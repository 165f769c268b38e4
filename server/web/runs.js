// Follows one run to its end over any number of connections, and shares the browser's connections with other tabs.

import { Refusal, open } from "./api.js";
import { readEvents } from "./sse.js";

// A browser opens six connections to a server: four may hold streams, so that two are left for everything else.
const SLOTS = ["stream-1", "stream-2", "stream-3", "stream-4"];
const SLICE = 2000;

/** @typedef {{idle: number, tries: number, base: number, cap: number, rest: number}} Patience */
/** @type {Patience} */
export const PATIENCE = { idle: 25_000, tries: 8, base: 250, cap: 8000, rest: 15_000 };

/** @param {number} ms @param {AbortSignal} signal */
const wait = (ms, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const now = () => (clearTimeout(timer), resolve(null));
    signal.addEventListener("abort", now, { once: true });
    window.addEventListener("online", now, { once: true });
  });

export class Follower {
  /** @type {AbortController | null} */
  #connection = null;
  #seq = 0;
  #ended = false;
  #closed = new AbortController();
  /** @type {Promise<void> | null} */
  #resting = null;
  #wake = () => {};

  /**
   * @param {{
   *   onEvent: (event: any) => void, onTrouble: (state: "" | "lost" | "waiting" | "gone") => void,
   *   onExpired: () => void, patience?: Partial<Patience>
   * }} options
   */
  constructor({ onEvent, onTrouble, onExpired, patience = {} }) {
    Object.assign(this, { onEvent, onTrouble, onExpired });
    this.onEvent = onEvent;
    this.onTrouble = onTrouble;
    this.onExpired = onExpired;
    this.patience = { ...PATIENCE, ...patience };
    /** @type {string | null} */
    this.runId = null;
  }

  /**
   * Ask a question and follow its run. A refusal of the question itself is thrown.
   * @param {Record<string, any>} input
   * @param {() => Promise<string | null>} find finds the run when the connection broke before it was named
   */
  async ask(input, find) {
    const request = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ input }) };
    /** @type {any} */
    let refused = null;
    await this.#connect(async (signal) => {
      try {
        return await open("/analyst/stream", { ...request, signal });
      } catch (fault) {
        if (fault instanceof Refusal && fault.status) refused = fault;
        throw fault;
      }
    });
    if (refused) throw refused;
    if (this.#ended || this.#closed.signal.aborted) return;
    if (!this.runId) {
      this.onTrouble("lost");
      this.runId = await find().catch(() => null);
    }
    if (!this.runId) throw new Refusal(0, { code: "unreachable" });
    await this.#follow();
  }

  /** Follow a run that is going, from its beginning. @param {string} runId */
  async attach(runId) {
    this.runId = runId;
    await this.#follow();
  }

  /** Try again after the connection was given up. */
  async retry() {
    this.onTrouble("lost");
    await this.#follow();
  }

  /** Let go of the connection while nobody looks; the run goes on. */
  rest() {
    if (this.#resting) return;
    this.#resting = new Promise((resolve) => (this.#wake = resolve));
    this.#connection?.abort("rest");
  }

  /** Take up the connection again. */
  resume() {
    this.#resting = null;
    this.#wake();
  }

  /** Stop the run; its tail is still read. */
  async stop() {
    if (!this.runId) return;
    this.#connection?.abort("stop");
    await open(`/api/runs/${this.runId}/stop`, { method: "POST" });
  }

  /** Let go for good; the run goes on. */
  close() {
    this.#closed.abort();
    this.#connection?.abort("close");
    this.#wake();
  }

  async #follow() {
    const { tries, base, cap } = this.patience;
    for (let failures = 0; failures < tries; ) {
      if (this.#resting) await this.#resting;
      if (this.#closed.signal.aborted || this.#ended) return;
      const before = this.#seq;
      /** @type {any} */
      const outcome = await this.#connect((signal) =>
        open(`/api/runs/${this.runId}/events`, { headers: this.#seq ? { "Last-Event-ID": `${this.runId}-${this.#seq}` } : {}, signal }),
      );
      if (this.#closed.signal.aborted || this.#ended) return;
      if (outcome instanceof Refusal && [400, 404, 410].includes(outcome.status)) return this.onExpired();
      if (outcome === "chosen") continue;
      failures = this.#seq > before ? 0 : failures + 1;
      this.onTrouble("lost");
      const pause = outcome?.retryAfter ? outcome.retryAfter * 1000 : Math.min(cap, base * 2 ** Math.max(0, failures - 1));
      await wait(pause * (0.75 + Math.random() / 2), this.#closed.signal);
    }
    this.onTrouble("gone");
  }

  /**
   * Hold one connection to its end. Gives the fault that ended it, or "chosen" when it was let go on purpose.
   * @param {(signal: AbortSignal) => Promise<Response>} request
   */
  async #connect(request) {
    const connection = new AbortController();
    this.#connection = connection;
    if (this.#closed.signal.aborted) return "chosen";
    const waiting = setTimeout(() => this.onTrouble("waiting"), 1000);
    const release = await slot(connection.signal);
    clearTimeout(waiting);
    if (!release) return "chosen";
    const turns = setInterval(() => shareSlot(connection), SLICE);
    try {
      const response = await request(connection.signal);
      await readEvents(response, this.patience.idle, (frames) => this.#take(frames));
      return null;
    } catch (fault) {
      return connection.signal.aborted ? "chosen" : fault;
    } finally {
      clearInterval(turns);
      connection.abort("over");
      release();
    }
  }

  /** @param {import("./sse.js").Frame[]} frames */
  #take(frames) {
    for (const { event, data } of frames) {
      if (event === "metadata" || !data) continue;
      const item = JSON.parse(data);
      if (typeof item.seq !== "number" || item.seq <= this.#seq) continue;
      this.#seq = item.seq;
      if (item.type === "run") this.runId = item.run_id;
      if (item.type === "end") this.#ended = true;
      if (!this.#closed.signal.aborted) this.onEvent(item);
    }
    this.onTrouble("");
  }
}

/**
 * Wait for one of the places for a stream; gives what lets go of it, null when the wait was given up.
 * @param {AbortSignal} signal
 * @returns {Promise<(() => void) | null>}
 */
async function slot(signal) {
  if (!navigator.locks) return () => {};
  const others = new AbortController();
  const giveUp = () => others.abort();
  signal.addEventListener("abort", giveUp, { once: true });
  return new Promise((resolve) => {
    let taken = false;
    const asked = SLOTS.map((name) =>
      navigator.locks.request(name, { signal: others.signal }, () => {
        if (taken) return undefined;
        taken = true;
        return new Promise((/** @type {(value?: any) => void} */ release) => {
          signal.removeEventListener("abort", giveUp);
          resolve(() => release());
          queueMicrotask(() => others.abort());
        });
      }).catch(() => {}),
    );
    Promise.all(asked).then(() => taken || resolve(null));
  });
}

/** Give the place away when other tabs wait for one: every tab then gets its turn. @param {AbortController} connection */
async function shareSlot(connection) {
  const state = await navigator.locks?.query();
  const mine = (/** @type {any} */ lock) => SLOTS.includes(lock.name);
  if (state?.pending?.some(mine) && !connection.signal.aborted) connection.abort("turn");
}
