// The events of a run, taken one by one into the state of its answer. Pure: nothing here knows the page.

export const SECTIONS = ["verdict", "evidence", "insights", "caveat"];

/** @typedef {{id: string, section: string, start: number, end: number, text: string, status: string, claimed?: string, unit?: string, expected?: string, note?: string, facts?: string[], formula?: string, as_of?: string}} Figure */
/** @typedef {{id: string, label: string, value: string, unit: string, kind?: string, entity?: string, metric?: string, currency?: string, period?: string, as_of?: string, fetched_at?: string, source?: string, formula?: string, inputs?: string[]}} Fact */
/** @typedef {{raw: string, state: "waiting" | "open" | "closed", checked: boolean, corrected: boolean}} Section */
/**
 * `status` is `queued` until the run begins, `gathering` until text comes, `writing`, then the run's own end.
 * @typedef {{
 *   question: string, runId: string | null, sessionId: string | null, status: string, mode: string, model: string,
 *   createdAt: string, seq: number, steps: Map<string, any>, facts: Map<string, Fact>, chart: any,
 *   sections: Record<string, Section>, figures: Map<string, Figure>, report: any, usage: any, suggestions: string[],
 *   error: any, gap: boolean, versions: string[], stored?: boolean, said?: {rating: "up" | "down", reason: string | null} | null
 * }} Turn
 */

/** @param {string} question @param {Partial<Turn>} [more] @returns {Turn} */
export function newTurn(question, more = {}) {
  /** @type {Record<string, Section>} */
  const sections = Object.create(null); // a section named like a property of every object is none
  for (const name of SECTIONS) sections[name] = { raw: "", state: "waiting", checked: false, corrected: false };
  return {
    question, runId: null, sessionId: null, status: "queued", mode: "", model: "", createdAt: "", seq: 0,
    steps: new Map(), facts: new Map(), chart: null, sections, figures: new Map(), report: null, usage: null,
    suggestions: [], error: null, gap: false, versions: [], ...more,
  };
}

/** Whether a run goes on. @param {Turn} turn */
export const isLive = (turn) => ["queued", "gathering", "writing"].includes(turn.status);

/**
 * Take one event; an event that was taken before changes nothing. Gives the names of what changed.
 * @param {Turn} turn
 * @param {any} event
 * @returns {string[]}
 */
export function apply(turn, event) {
  if (typeof event?.seq !== "number" || event.seq <= turn.seq) return [];
  turn.seq = event.seq;
  switch (event.type) {
    case "run":
      Object.assign(turn, { runId: event.run_id, sessionId: event.session_id, mode: event.mode, model: event.model });
      Object.assign(turn, { question: event.question ?? turn.question, createdAt: event.created_at, status: "gathering" });
      return ["run"];
    case "step":
      turn.steps.set(event.id, { ...turn.steps.get(event.id), ...event });
      return ["steps"];
    case "facts":
      for (const fact of event.facts) turn.facts.set(fact.id, fact);
      return ["facts"];
    case "chart":
      turn.chart = event;
      return ["chart"];
    case "section":
      return section(turn, event);
    case "token":
      return token(turn, event);
    case "figure":
      if (!turn.sections[event.section]) return [];
      turn.figures.set(event.id, event);
      return [`section:${event.section}`, "figures"];
    case "report":
      return report(turn, event.report);
    case "usage":
      turn.usage = event;
      return ["usage"];
    case "suggestions":
      turn.suggestions = event.questions.slice(0, 3);
      return ["suggestions"];
    case "gap":
      turn.gap = true;
      return ["gap"];
    case "error":
      turn.error = event;
      return ["error"];
    case "end":
      turn.status = event.status;
      for (const name of SECTIONS) turn.sections[name].checked = true;
      return ["end", ...SECTIONS.map((name) => `section:${name}`)];
    default:
      return []; // a kind of event of a newer server
  }
}

/** @param {Turn} turn @param {any} event */
function section(turn, event) {
  const found = turn.sections[event.section];
  if (!found) return [];
  if (event.restart) {
    // A repair writes the section anew: what was told of it before is withdrawn.
    Object.assign(found, { raw: "", checked: false, corrected: true });
    for (const [id, figure] of turn.figures) if (figure.section === event.section) turn.figures.delete(id);
  }
  found.state = event.state;
  if (event.state === "open") turn.status = "writing";
  return ["run", `section:${event.section}`];
}

/** @param {Turn} turn @param {any} event */
function token(turn, event) {
  const found = turn.sections[event.section];
  if (!found) return [];
  found.raw += event.text;
  if (found.state === "waiting") found.state = "open";
  const began = turn.status !== "writing";
  turn.status = "writing";
  return began ? ["run", `section:${event.section}`] : [`section:${event.section}`];
}

/**
 * The report is the truth: where a section differs from what was streamed, it replaces it.
 * @param {Turn} turn
 * @param {any} found
 */
function report(turn, found) {
  turn.report = found;
  for (const name of SECTIONS) {
    const text = found.sections?.[name] ?? "";
    const part = turn.sections[name];
    part.corrected ||= part.raw !== "" && text !== "" && part.raw !== text && !turn.gap;
    Object.assign(part, { raw: text, state: "closed", checked: true });
  }
  turn.figures = new Map((found.figures ?? []).map((/** @type {Figure} */ figure) => [figure.id, figure]));
  return ["report", "figures", ...SECTIONS.map((name) => `section:${name}`)];
}

/**
 * Make the state of a stored answer.
 * @param {any} item a turn of a session's transcript
 * @param {string} sessionId
 * @returns {Turn}
 */
export function fromTranscript(item, sessionId) {
  const turn = newTurn(item.question, {
    runId: item.run_id, sessionId, createdAt: item.created_at, versions: item.versions ?? [], stored: true,
    status: item.status === "running" || item.status === "queued" ? "gathering" : item.status,
  });
  for (const fact of item.facts ?? []) turn.facts.set(fact.id, fact);
  if (item.report) {
    report(turn, item.report);
    Object.assign(turn, { mode: item.report.mode, model: item.report.model });
  }
  if (item.error) turn.error = item.error;
  return turn;
}

/** Count the figures that are claims, by status. @param {Turn} turn */
export function counts(turn) {
  /** @type {Record<string, number>} */
  const found = Object.assign(Object.create(null), { supported: 0, derived: 0, unsupported: 0, contradicted: 0 });
  for (const { status } of turn.figures.values()) if (status in found) found[status]++;
  return found;
}

/** Name the sources of the facts that the answer's figures stand on, in order. @param {Turn} turn @returns {string[]} */
export function sourcesOf(turn) {
  const found = new Set();
  for (const figure of turn.figures.values())
    for (const id of figure.facts ?? [])
      for (const source of (turn.facts.get(id)?.source ?? "").split("; ")) if (source) found.add(source);
  return [...found];
}
