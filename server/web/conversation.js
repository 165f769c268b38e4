// The session on the page: its questions and answers, the run that is going, and every way to ask.

import { Refusal, get, sessionUrl } from "./api.js";
import { $ } from "./dom.js";
import { summary } from "./figures.js";
import { t } from "./i18n.js";
import { TurnView, announce } from "./message.js";
import { apply, counts, fromTranscript, isLive, newTurn } from "./reduce.js";
import { Follower } from "./runs.js";

/** @typedef {import("./reduce.js").Turn} Turn */
/** @typedef {{turn: Turn, view: TurnView}} Entry */

/** Make a session's id: letters and digits that nobody else has. */
export function newSessionId() {
  const letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  return [...crypto.getRandomValues(new Uint8Array(14))].map((byte) => letters[byte % letters.length]).join("");
}

export class Conversation {
  /** @type {string | null} */
  sessionId = null;
  title = "";
  branch = "";
  /** @type {Entry[]} */
  entries = [];
  /** @type {Entry | null} */
  live = null;
  queued = "";
  /** @type {Follower | null} */
  #follower = null;
  /** @type {Set<string>} */
  #changed = new Set();
  #frame = 0;
  #loads = 0;
  #begun = false;

  /**
   * @param {import("./message.js").Actions} actions
   * @param {{
   *   onState: () => void, onPaint: () => void, onChart: (turn: Turn) => void, onTrouble: (state: string) => void,
   *   onEnd: () => void, onMoved: (id: string | null, same?: boolean) => void, toast: (text: string) => void
   * }} hooks
   */
  constructor(actions, hooks) {
    this.actions = actions;
    this.hooks = hooks;
  }

  /** Forget the page's session; a run in it goes on. */
  clear() {
    this.#loads++;
    this.#follower?.close();
    this.#follower = null;
    Object.assign(this, { sessionId: null, title: "", branch: "", entries: [], live: null, queued: "" });
    $("log").replaceChildren();
    this.hooks.onTrouble("");
    this.hooks.onState();
  }

  /**
   * Show a session, and follow the run that is going in it. Gives false when there is no such session.
   * @param {string} id
   * @param {string} [branch] a run that the shown branch holds
   */
  async load(id, branch) {
    this.clear();
    const mine = this.#loads;
    Object.assign(this, { sessionId: id, branch: branch ?? "" });
    const session = await get(sessionUrl(id) + (branch ? `?branch=${encodeURIComponent(branch)}` : "")).catch((fault) => {
      if (fault instanceof Refusal && [404, 422].includes(fault.status)) return null;
      throw fault;
    });
    if (mine !== this.#loads) return true;
    if (!session) {
      this.sessionId = null;
      return false;
    }
    this.title = session.title;
    for (const item of session.transcript) this.#append(fromTranscript(item, id));
    const last = this.entries.at(-1);
    if (last && isLive(last.turn) && last.turn.runId) this.#attach(last);
    this.hooks.onState();
    const charted = this.entries.findLast(({ turn }) => turn.report?.symbols?.length);
    if (charted) this.hooks.onChart(charted.turn);
    return true;
  }

  /** @param {Turn} turn @returns {Entry} */
  #append(turn) {
    const entry = { turn, view: new TurnView(turn, this.actions) };
    this.entries.push(entry);
    $("log").append(entry.view.node);
    return entry;
  }

  /** Draw everything anew, in another language or format. */
  redraw() {
    $("log").replaceChildren();
    for (const entry of this.entries) {
      entry.view = new TurnView(entry.turn, this.actions);
      $("log").append(entry.view.node);
    }
    this.hooks.onState();
  }

  /**
   * Ask. While a run is going the question waits for its end.
   * @param {string} message
   * @param {Turn | null} [replaced] the answer that this one takes the place of: it stays as a version
   */
  async ask(message, replaced = null) {
    if (this.live) {
      if (replaced) return this.hooks.toast(t("busy"));
      this.queued = message;
      return this.hooks.onState();
    }
    if (this.branch && !replaced && this.sessionId) {
      // A new question follows the newest answer: that is where it has to be seen.
      await this.load(this.sessionId);
      this.hooks.toast(t("versions.newest"));
    }
    const fresh = this.sessionId === null;
    this.sessionId ??= newSessionId();
    this.title ||= message;
    if (replaced) this.#cutFrom(replaced);
    const entry = this.#append(newTurn(message, { sessionId: this.sessionId, versions: replaced?.versions ?? [] }));
    this.#begin(entry);
    if (fresh || this.branch) this.hooks.onMoved(this.sessionId, !fresh);
    this.branch = "";
    const input = { message, session_id: this.sessionId, ...(replaced?.runId ? { replaces: replaced.runId } : {}) };
    const id = this.sessionId;
    await this.#drive(entry, (follower) => follower.ask(input, () => this.#findRun(id, message)), fresh);
    if (replaced && this.sessionId === id) await this.#learnVersions(id, entry);
  }

  /** Take a question and what followed it off the page. @param {Turn} turn */
  #cutFrom(turn) {
    const at = this.entries.findIndex((entry) => entry.turn === turn);
    for (const { view } of this.entries.splice(at)) view.node.remove();
  }

  /** @param {string} id @param {Entry} entry */
  async #learnVersions(id, entry) {
    const session = await get(sessionUrl(id)).catch(() => null);
    const stored = session?.transcript.find((/** @type {any} */ item) => item.run_id === entry.turn.runId);
    if (stored?.versions) entry.view.setVersions(stored.versions);
  }

  /** Find the run of a question whose answer broke off before it was named. @param {string} id @param {string} message */
  async #findRun(id, message) {
    const { transcript } = await get(sessionUrl(id));
    const last = transcript.at(-1);
    return last?.question === message ? last.run_id : null;
  }

  /** @param {Entry} entry */
  #begin(entry) {
    this.live = entry;
    this.#begun = false;
    this.hooks.onState();
  }

  /** @param {Entry} entry */
  #attach(entry) {
    this.#begin(entry);
    this.#drive(entry, (follower) => follower.attach(/** @type {string} */ (entry.turn.runId)), false);
  }

  /** Follow a run that another tab has begun in this session. @param {string} runId @param {string} question */
  join(runId, question) {
    if (this.live || this.entries.some(({ turn }) => turn.runId === runId)) return;
    this.#attach(this.#append(newTurn(question, { runId, sessionId: this.sessionId })));
  }

  /** @param {Entry} entry @param {(follower: Follower) => Promise<void>} start @param {boolean} fresh */
  async #drive(entry, start, fresh) {
    const follower = new Follower({
      onEvent: (event) => this.#take(entry, event),
      onTrouble: (state) => this.#trouble(entry, state),
      onExpired: () => this.#expired(entry),
    });
    this.#follower?.close();
    this.#follower = follower;
    try {
      await start(follower);
    } catch (fault) {
      if (this.#follower === follower) this.#refused(entry, fault, fresh);
    }
  }

  /** @param {Entry} entry @param {any} event */
  #take(entry, event) {
    for (const name of apply(entry.turn, event)) this.#changed.add(name);
    if (event.type === "run") this.hooks.onState();
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.#paint(entry));
    if (event.type === "end") this.#ended(entry);
  }

  /** @param {Entry} entry */
  #paint(entry) {
    this.#frame = 0;
    const changed = this.#changed;
    this.#changed = new Set();
    entry.view.update(changed);
    if (changed.has("chart") || changed.has("facts") || changed.has("figures")) this.hooks.onChart(entry.turn);
    if (!this.#begun && entry.turn.status === "writing") {
      this.#begun = true;
      announce(t("announce.start"));
    }
    this.hooks.onPaint();
  }

  /** @param {Entry} entry */
  #ended(entry) {
    const { turn } = entry;
    this.live = null;
    this.hooks.onTrouble("");
    this.hooks.onState();
    this.hooks.onEnd();
    if (turn.status === "done") announce(summary(counts(turn)));
    else if (turn.status === "stopped") announce(t("status.stopped"));
    if (this.queued && turn.status !== "failed") {
      const next = this.queued;
      this.queued = "";
      setTimeout(() => this.ask(next));
    }
  }

  /** @param {Entry} entry @param {string} state */
  #trouble(entry, state) {
    if (state === "gone") {
      entry.turn.status = "gone";
      entry.view.update(new Set(["end", "section:verdict", "section:evidence", "section:insights", "section:caveat"]));
      this.live = null;
      this.hooks.onState();
    }
    this.hooks.onTrouble(state === "gone" ? "" : state);
  }

  /** Take the connection up again after it was given up. */
  reconnect() {
    const entry = this.entries.find(({ turn }) => turn.status === "gone");
    if (!entry || !this.#follower) return;
    entry.turn.status = Object.values(entry.turn.sections).some(({ raw }) => raw) ? "writing" : "gathering";
    this.#begin(entry);
    entry.view.update(new Set(["run", "end", "section:verdict", "section:evidence", "section:insights", "section:caveat"]));
    this.#follower.retry();
  }

  /** The run's events are gone: the stored answer is shown. @param {Entry} entry */
  async #expired(entry) {
    this.live = null;
    this.hooks.onTrouble("");
    try {
      const { transcript } = await get(sessionUrl(this.sessionId ?? ""));
      const stored = transcript.find((/** @type {any} */ item) => item.run_id === entry.turn.runId);
      if (!stored) throw new Refusal(404, { code: "run_not_found" });
      this.#replace(entry, fromTranscript(stored, this.sessionId ?? ""));
      this.hooks.onState();
      this.hooks.onEnd();
    } catch (fault) {
      this.#refused(entry, fault, false);
    }
  }

  /** @param {Entry} entry @param {Turn} turn */
  #replace(entry, turn) {
    const view = new TurnView(turn, this.actions);
    entry.view.node.replaceWith(view.node);
    Object.assign(entry, { turn, view });
    if (turn.report?.symbols?.length) this.hooks.onChart(turn);
  }

  /** The question was not taken, or nothing more can be had of its run. @param {Entry} entry @param {any} fault @param {boolean} fresh */
  async #refused(entry, fault, fresh) {
    this.live = null;
    if (fault instanceof Refusal && fault.code === "session_busy" && this.sessionId) {
      this.queued = entry.turn.question;
      this.#cutFrom(entry.turn);
      const waiting = this.queued;
      await this.load(this.sessionId);
      this.queued = this.live ? waiting : "";
      this.hooks.toast(t("busy.queued"));
      return this.hooks.onState();
    }
    const known = fault instanceof Refusal;
    entry.turn.status = "failed";
    entry.turn.error = { code: known ? fault.code : "unknown", message: known ? fault.message : "", retry_after: known ? fault.retryAfter : null };
    entry.view.update(new Set(["error", "section:verdict", "section:evidence", "section:insights", "section:caveat"]));
    if (fresh && !entry.turn.runId) {
      this.sessionId = null;
      this.hooks.onMoved(null);
    }
    this.hooks.onTrouble("");
    this.hooks.onState();
    this.hooks.onPaint();
  }

  /** Ask the same again; the old answer stays as a version. @param {Turn} turn */
  retry(turn) {
    return this.ask(turn.question, turn);
  }

  async stop() {
    this.queued = "";
    if (!this.#follower || !this.live) return;
    try {
      await this.#follower.stop();
    } catch (fault) {
      this.hooks.toast(fault instanceof Refusal ? fault.message : t("error.unknown"));
    }
  }

  rest() {
    this.#follower?.rest();
  }

  resume() {
    this.#follower?.resume();
  }
}
