// One question and its answer on the page: steps, four sections, figures, and what can be done with them.

import { $, h, icon, iconButton } from "./dom.js";
import { STATES, drawMark, place, setStatus } from "./figures.js";
import { duration, number } from "./format.js";
import { has, t } from "./i18n.js";
import { Markdown } from "./md.js";
import { SECTIONS, counts, isLive, sourcesOf } from "./reduce.js";
import { say } from "./api.js";
import { setting } from "./store.js";

/** @typedef {import("./reduce.js").Turn} Turn */
/**
 * @typedef {{
 *   card: import("./card.js").Card, retry: (turn: Turn) => void, edit: (turn: Turn, text: string) => void,
 *   version: (turn: Turn, runId: string) => void, ask: (text: string) => void, copy: (turn: Turn) => void,
 *   sources: (turn: Turn) => void, chart: (turn: Turn) => void, reconnect: () => void
 * }} Actions
 */

export class TurnView {
  /** @type {Record<string, {node: HTMLElement, dot: HTMLElement, text: HTMLElement, md: Markdown, marked: string}>} */
  #sections = {};
  /** @type {Map<string, HTMLElement>} */
  #steps = new Map();
  #folded = false;
  /** @type {HTMLElement[] | null} */
  #thumbs = null;

  /** @param {Turn} turn @param {Actions} actions */
  constructor(turn, actions) {
    this.turn = turn;
    this.actions = actions;
    this.question = h("div.ask");
    this.stepList = h("ol");
    this.stepSummary = h("summary");
    this.steps = h("details.steps", { open: isLive(turn), hidden: true }, this.stepSummary, this.stepList);
    this.status = h("p.waiting");
    this.foot = h("footer.foot");
    this.note = h("div.note", null, this.status, this.steps);
    for (const name of SECTIONS) this.#makeSection(name);
    this.note.append(this.foot);
    this.node = h("article.turn", { tabindex: "-1" }, this.question, this.note);
    actions.card.attach(this.note, turn);
    this.#drawQuestion();
    this.update(new Set(["run", "steps", "report", "end", ...SECTIONS.map((name) => `section:${name}`)]));
  }

  /** @param {string} name */
  #makeSection(name) {
    const dot = h("span.dot", { "aria-hidden": "true" });
    const text = h("div.md");
    const heading = h("h3", null, dot, t(`section.${name}`));
    const node = h(`section.sec.${name}`, { "aria-busy": "true" }, heading, text);
    this.#sections[name] = { node, dot, text, md: new Markdown(text, drawMark, t("table.label")), marked: "" };
    this.note.append(node);
  }

  /** @param {Set<string>} changed names of what changed, as `apply` gives them */
  update(changed) {
    if (["steps", "run", "end", "error"].some((name) => changed.has(name))) this.#drawSteps();
    for (const name of SECTIONS) if (changed.has(`section:${name}`)) this.#drawSection(name);
    const { turn } = this;
    this.note.dataset.status = turn.status;
    this.status.textContent = turn.status === "queued" ? t("status.sending") : "";
    this.status.hidden = turn.status !== "queued";
    if (["end", "report", "error", "usage", "suggestions", "figures"].some((name) => changed.has(name))) this.#drawFoot();
    if (changed.has("end") || changed.has("report")) this.#rove();
    if (changed.has("figures")) this.actions.card.refresh(turn);
  }

  #drawQuestion() {
    const { turn, actions } = this;
    const at = turn.versions.indexOf(turn.runId ?? "");
    const many = turn.versions.length > 1 && at >= 0;
    /** @param {number} step */
    const go = (step) => actions.version(turn, turn.versions[at + step]);
    this.question.replaceChildren(
      h("h2.question", null, turn.question),
      h("div.ask-tools", null,
        many && h("span.versions", { role: "group", "aria-label": t("versions.label") },
          iconButton("left", t("versions.before"), () => go(-1), { disabled: at === 0 }),
          h("span", null, `${at + 1} / ${turn.versions.length}`),
          iconButton("right", t("versions.after"), () => go(1), { disabled: at === turn.versions.length - 1 })),
        iconButton("edit", t("edit"), () => this.edit(), { class: "icon-button edit" })),
    );
  }

  /** @param {string[]} versions the runs that answered here, the oldest first */
  setVersions(versions) {
    this.turn.versions = versions;
    this.#drawQuestion();
  }

  /** Let the question be changed in its place. */
  async edit() {
    const leave = () => {
      this.#drawQuestion();
      /** @type {HTMLElement | null} */ (this.question.querySelector(".edit"))?.focus();
    };
    (await import("./later/edit.js")).edit(this.question, this.turn.question, { send: (text) => this.actions.edit(this.turn, text), leave });
  }

  #drawSteps() {
    const { turn } = this;
    for (const step of turn.steps.values()) {
      const old = this.#steps.get(step.id);
      const made = drawStep(step, isLive(turn) ? null : () => this.actions.retry(turn));
      if (old) old.replaceWith(made);
      else this.stepList.append(made);
      this.#steps.set(step.id, made);
    }
    const steps = [...turn.steps.values()];
    this.steps.hidden = steps.length === 0;
    const tools = steps.filter(({ name }) => !OWN_STEPS.includes(name)).length;
    const ms = steps.reduce((most, step) => Math.max(most, step.ms ?? 0), 0);
    const failed = steps.filter(({ state }) => state === "failed").length;
    const parts = [t("steps.count", { n: tools }), ms > 0 && duration(ms), failed > 0 && t("steps.failed", { n: failed })];
    this.stepSummary.textContent = turn.status === "gathering" ? t("status.gathering") : parts.filter(Boolean).join(" · ");
    if (!this.#folded && !["queued", "gathering"].includes(turn.status)) {
      this.#folded = true;
      /** @type {HTMLDetailsElement} */ (this.steps).open = failed > 0;
    }
  }

  /** @param {string} name */
  #drawSection(name) {
    const { turn } = this;
    const part = turn.sections[name];
    const view = this.#sections[name];
    const live = isLive(turn);
    const open = live && part.state !== "closed";
    const state = part.raw || !live ? (open && live ? "live" : "done") : part.state === "open" ? "live" : "waiting";
    view.node.dataset.state = state;
    view.node.setAttribute("aria-busy", String(live && part.state !== "closed"));
    view.node.hidden = !live && !part.raw && turn.status !== "done";
    if (turn.report) view.text.lang = turn.report.language === "zh" ? "zh-CN" : turn.report.language;
    if (!part.raw) return this.#drawEmpty(view, live);
    if (view.text.querySelector(".bar, .left-out")) view.text.replaceChildren();
    const mine = [...turn.figures.values()].filter((figure) => figure.section === name);
    const { spans, refused } = place(part.raw, mine, part.checked || !live);
    view.node.dataset.refused = String(refused);
    view.md.update(part.raw, open || turn.status !== "done", spans);
    this.#restyle(view, mine);
    if (name === "verdict") this.#markRating(view.text, part.raw);
  }

  /** @param {{text: HTMLElement}} view @param {boolean} live */
  #drawEmpty(view, live) {
    if (live) {
      if (!view.text.querySelector(".bar")) view.text.replaceChildren(h("span.bar"));
    } else {
      const retry = h("button.link", { type: "button", onclick: () => this.actions.retry(this.turn) }, t("retry"));
      view.text.replaceChildren(h("p.left-out", null, t("section.leftOut"), " ", retry));
    }
  }

  /** Bring marks that stand to what is known now. @param {{text: HTMLElement, marked: string}} view @param {import("./reduce.js").Figure[]} figures */
  #restyle(view, figures) {
    const marked = figures.map(({ id, status, expected }) => `${id} ${status} ${expected}`).join();
    if (marked === view.marked) return;
    view.marked = marked;
    for (const figure of figures)
      for (const node of view.text.querySelectorAll(`[data-figure="${CSS.escape(figure.id)}"]`))
        if (!node.classList.contains(figure.status)) setStatus(/** @type {HTMLElement} */ (node), figure);
  }

  /** The rating line is set as a label. @param {HTMLElement} text @param {string} raw */
  #markRating(text, raw) {
    text.firstElementChild?.classList.toggle("rating", /^\*\*(Rating|评级)\s*[:：]/.test(raw));
  }

  #drawFoot() {
    const { turn } = this;
    this.foot.replaceChildren(...(isLive(turn) ? [] : this.#footParts()));
  }

  /** @returns {Node[]} */
  #footParts() {
    const { turn, actions } = this;
    const corrected = SECTIONS.some((name) => turn.sections[name].corrected);
    const found = counts(turn);
    const score = Object.keys(STATES).filter((status) => found[status]).map((status) => this.#scoreButton(status, found[status]));
    const sources = sourcesOf(turn).length;
    return [
      turn.status !== "done" && this.#ending(),
      corrected && h("p.quiet-line.corrected", null, icon("check"), t("corrected")),
      turn.gap && h("p.quiet-line", null, t("gap")),
      score.length > 0 && h("p.score", { role: "group", "aria-label": t("score.label") }, ...score),
      turn.report && h("div.actions", null,
        h("button.quiet", { type: "button", onclick: () => actions.copy(turn) }, icon("copy"), t("copy")),
        turn.status === "done" && h("button.quiet", { type: "button", onclick: () => actions.retry(turn) }, icon("retry"), t("retry")),
        (turn.chart || turn.report.symbols?.length > 0) && h("button.quiet", { type: "button", onclick: () => actions.chart(turn) }, icon("chart"), t("chart")),
        sources > 0 && h("button.quiet", { type: "button", onclick: () => actions.sources(turn) }, t("sources.count", { n: sources })),
        turn.status === "done" && this.#thumb(0),
        h("span.meta", null, ...this.#meta())),
      turn.report && turn.status === "done" && this.#thumb(1),
      turn.suggestions.length > 0 && h("div.chips", { role: "group", "aria-label": t("suggestions.label") },
        ...turn.suggestions.map((text) => h("button.chip", { type: "button", onclick: () => actions.ask(text) }, text))),
    ].filter((node) => node instanceof Node);
  }

  /** What the reader says of the answer: the buttons, and what stands below them. @param {0 | 1} n */
  #thumb(n) {
    if (!this.#thumbs) {
      const more = h("div.thumbs-more");
      /** @type {Promise<any> | undefined} */
      let made;
      const thumbs = () => (made ??= import("./later/thumbs.js").then(({ Thumbs }) => new Thumbs(row, more, this.turn)));
      const row = h("span.thumbs", { role: "group", "aria-label": t("thumbs") }, ...["up", "down"].map((rating) =>
        iconButton("thumb", t(`thumbs.${rating}`), async () => (await thumbs()).press(rating), { "aria-pressed": "false", "data-rating": rating })));
      this.#thumbs = [row, more];
      if (this.turn.stored || this.turn.said) thumbs();
    }
    return this.#thumbs[n];
  }

  /** @param {string} status @param {number} n */
  #scoreButton(status, n) {
    const pressed = this.note.dataset.filter === status;
    const filter = () => {
      if (this.note.dataset.filter === status) delete this.note.dataset.filter;
      else this.note.dataset.filter = status;
      this.#drawFoot();
      /** @type {HTMLElement | null} */ (this.foot.querySelector(`.count.${status}`))?.focus();
    };
    return h(`button.count.${status}`, { type: "button", "aria-pressed": String(pressed), title: t("score.filter"), onclick: filter },
      t(`score.${STATES[status].key}`, { n }));
  }

  #meta() {
    const { turn } = this;
    const parts = [turn.mode === "offline" && h("span.tag", null, t("recorded"))];
    if (turn.usage && setting("showUsage")) {
      const tokens = turn.usage.input_tokens + turn.usage.output_tokens;
      const cost = typeof turn.usage.cost === "number" ? `$${number(turn.usage.cost, 4)}` : "";
      const text = [t("usage.tokens", { n: number(tokens, 0) }), cost, turn.usage.seconds ? duration(turn.usage.seconds * 1000) : ""];
      parts.push(h("span", null, text.filter(Boolean).join(" · ")));
    }
    return parts;
  }

  /** What is told when a run did not end well. */
  #ending() {
    const { turn, actions } = this;
    const retry = h("button.quiet", { type: "button", onclick: () => actions.retry(turn) }, icon("retry"), t("retry"));
    if (turn.status === "stopped") {
      const go = h("button.quiet", { type: "button", onclick: () => actions.ask(t("continue.text")) }, icon("right"), t("continue"));
      return h("div.ending", null, h("p", null, t("status.stopped")), h("div.row", null, go, retry));
    }
    if (turn.status === "gone") {
      const again = h("button.quiet", { type: "button", onclick: actions.reconnect }, icon("retry"), t("retry"));
      return h("div.ending.failed", { role: "alert" }, h("p", null, t("status.gone")), h("div.row", null, again));
    }
    const { code, message, retry_after: after } = turn.error ?? {};
    const sentence = turn.error ? say(code, message) : t(has(`status.${turn.status}`) ? `status.${turn.status}` : "error.unknown");
    const kept = SECTIONS.some((name) => turn.sections[name].raw) ? t("failed.kept") : t("failed.nothing");
    return h("div.ending.failed", { role: "alert" },
      h("p", null, h("b", null, sentence)),
      h("p.quiet-line", null, [kept, after ? t("retry.after", { n: Math.ceil(after) }) : "", turn.runId ? t("failed.id", { id: turn.runId }) : ""].filter(Boolean).join(" ")),
      h("div.row", null, retry));
  }

  /** Leave exactly one figure of the answer in the page's tab order. */
  #rove() {
    const marks = this.note.querySelectorAll('.fig[role="button"]');
    if (!this.note.querySelector('.fig[tabindex="0"]')) marks[0]?.setAttribute("tabindex", "0");
    for (const extra of [...this.note.querySelectorAll('.fig[tabindex="0"]')].slice(1)) extra.setAttribute("tabindex", "-1");
  }

  /** Light the sentences whose figures stand on a fact. @param {string | null} factId */
  lightFact(factId) {
    for (const node of this.note.querySelectorAll(".fig.lit")) node.classList.remove("lit");
    if (!factId) return;
    for (const figure of this.turn.figures.values())
      if (figure.facts?.includes(factId))
        for (const node of this.note.querySelectorAll(`[data-figure="${CSS.escape(figure.id)}"]`)) node.classList.add("lit");
  }
}

const OWN_STEPS = ["resolve", "analyst", "verify", "format"];

/** Say what a step does, in the reader's language where it is known. @param {any} step */
function stepLabel(step) {
  const [kind, part] = String(step.id).split(":");
  if (kind === "repair") return part === "figures" ? t("step.correct") : has(`section.${part}`) ? t("step.again", { section: t(`section.${part}`) }) : step.label;
  const name = step.id === "thinking" ? "thinking" : step.name;
  if (!has(`step.${name}`)) return step.label;
  const subject = OWN_STEPS.includes(step.name) ? "" : /(?::| )\s*(\S+)$/.exec(step.label ?? "")?.[1] ?? "";
  return [t(`step.${name}`), subject].filter(Boolean).join(" · ");
}

/** @param {any} step */
function stepSummary(step) {
  const summary = step.summary ?? "";
  const facts = /^(\d+) facts$/.exec(summary);
  if (facts) return t("steps.facts", { n: Number(facts[1]) });
  if (step.id === "resolve") return summary.split(" · ")[0];
  const found = [...summary.matchAll(/(\d+) (supported|derived|unsupported|contradicted)/g)];
  if (step.id === "verify" && found.length) return found.map(([, n, status]) => t(`score.${STATES[status].key}`, { n: Number(n) })).join(" · ");
  return summary;
}

/** @param {any} step @param {(() => void) | null} retry what asks the question again, where nothing is going on */
function drawStep(step, retry) {
  const label = stepLabel(step);
  const summary = stepSummary(step);
  return h(`li.${step.state}`, { title: step.summary ?? null },
    h("span.mark", { "aria-hidden": "true" }),
    h("span", null, label, h("span.sr", null, ` ${t(`state.step.${step.state}`)}`),
      step.state === "failed" && retry && h("button.link.step-retry", { type: "button", title: t("step.retry.title"), onclick: retry }, t("step.retry"))),
    h("span.step-more", null, [step.state === "started" ? "" : summary, step.ms !== undefined && step.ms !== null ? duration(step.ms) : ""].filter(Boolean).join(" · ")));
}

/** @param {string} text */
export function announce(text) {
  $("announce").textContent = text;
}
