// The page: asks through LangServe's stream and shows the four sections as they are written.

import { Refusal, ask } from "./stream.js";

const TITLES = {
  en: { verdict: "Verdict", evidence: "Evidence", insights: "Insights & Action", caveat: "Caveat" },
  zh: { verdict: "结论", evidence: "证据", insights: "洞察与行动", caveat: "风险提示" },
};
const STATUS = { supported: "verified", derived: "computed", unsupported: "unsupported", contradicted: "contradicted" };

const $ = (id) => document.getElementById(id);
let sessionId = new URLSearchParams(location.search).get("session");
let current = null;

/** Make an element with a class and children; text is always a text node. */
function h(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

/** Draw raw Markdown as text with its bold parts and figure marks; offsets are those of the raw text. */
function draw(target, raw, figures) {
  const marks = figures.filter((f) => raw.slice(f.start, f.end) === f.text).sort((a, b) => a.start - b.start);
  const cuts = new Set([0, raw.length]);
  for (const { start, end } of marks) cuts.add(start).add(end);
  const bold = [...raw.matchAll(/\*\*([^*\n]+)\*\*/g)].map((m) => [m.index, m.index + m[0].length]);
  for (const [start, end] of bold) cuts.add(start).add(start + 2).add(end - 2).add(end);
  const points = [...cuts].sort((a, b) => a - b);
  const nodes = [];
  for (let i = 0; i + 1 < points.length; i++) {
    const [start, end] = [points[i], points[i + 1]];
    const inside = bold.find(([from, to]) => start >= from && end <= to);
    if (inside && (end <= inside[0] + 2 || start >= inside[1] - 2)) continue;
    // A dash that opens a list item is shown as a bullet: as long as it, so that offsets stay true.
    let node = document.createTextNode(raw.slice(start, end).replace(/(^|\n)- /g, "$1• "));
    const figure = marks.find((f) => start >= f.start && end <= f.end);
    if (figure) {
      node = h("span", `figure ${figure.status}`, node);
      node.title = describe(figure);
    }
    nodes.push(inside ? h("strong", "", node) : node);
  }
  target.replaceChildren(...nodes);
}

function describe(figure) {
  const parts = [STATUS[figure.status] ?? figure.status];
  if (figure.expected) parts.push(`data: ${figure.expected}`);
  if (figure.formula) parts.push(figure.formula);
  if (figure.facts?.length) parts.push(figure.facts.join(", "));
  if (figure.as_of) parts.push(`as of ${figure.as_of}`);
  if (figure.note) parts.push(figure.note);
  return parts.join(" · ");
}

/** One question and its answer on the page. */
class Turn {
  constructor(question) {
    this.sections = {};
    this.figures = [];
    this.language = /[\u3400-\u9fff]/.test(question) ? "zh" : "en";
    this.steps = h("p", "steps");
    this.body = h("div", "");
    this.score = h("p", "score");
    this.node = h("li", "", h("p", "question", question), this.steps, this.body, this.score);
    for (const name of Object.keys(TITLES.en)) this.section(name);
  }

  section(name) {
    if (!this.sections[name]) {
      const text = h("div", "text");
      const node = h("section", name, h("h2", "", TITLES[this.language][name]), text);
      this.sections[name] = { raw: "", text, node };
      this.body.append(node);
    }
    return this.sections[name];
  }

  redraw(name) {
    const { text, raw } = this.section(name);
    draw(text, raw, this.figures.filter((figure) => figure.section === name));
  }

  take(event) {
    switch (event.type) {
      case "step":
        this.steps.textContent = `${event.label} · ${event.summary ?? event.state}`;
        break;
      case "section":
        if (event.restart) {
          this.section(event.section).raw = "";
          this.figures = this.figures.filter((figure) => figure.section !== event.section);
        }
        this.section(event.section).node.classList.toggle("open", event.state === "open");
        break;
      case "token":
        this.section(event.section).raw += event.text;
        this.redraw(event.section);
        break;
      case "figure":
        this.figures = [...this.figures.filter((figure) => figure.id !== event.id), event];
        this.redraw(event.section);
        break;
      case "report":
        this.finish(event.report);
        break;
      case "error":
        this.body.append(h("p", "score", `${event.message} (${event.code})`));
        break;
      case "end":
        if (event.status !== "done") this.score.append(` · ${event.status}`);
        break;
    }
  }

  finish(report) {
    for (const [name, text] of Object.entries(report.sections)) {
      if (!text) this.section(name).text.textContent = "The model left this part out.";
    }
    const counts = Object.entries(report.counts).filter(([status, count]) => count && STATUS[status]);
    this.score.textContent = counts.map(([status, count]) => `${count} ${STATUS[status]}`).join(" · ");
  }
}

function trouble(text) {
  $("trouble").hidden = !text;
  $("trouble").textContent = text ?? "";
}

async function submit(message) {
  const turn = new Turn(message);
  $("empty").hidden = true;
  $("turns").append(turn.node);
  turn.node.scrollIntoView({ block: "start" });
  $("send").hidden = true;
  $("stop").hidden = false;
  const input = sessionId ? { message, session_id: sessionId } : { message };
  try {
    for await (const event of ask(input, { onTrouble: trouble })) {
      if (event.type === "run") {
        current = event.run_id;
        sessionId = event.session_id;
        history.replaceState(null, "", `?session=${encodeURIComponent(sessionId)}`);
      }
      turn.take(event);
    }
  } catch (fault) {
    trouble(fault instanceof Refusal || fault instanceof Error ? fault.message : "Something failed.");
  } finally {
    current = null;
    $("send").hidden = false;
    $("stop").hidden = true;
    $("message").focus();
  }
}

async function showSession() {
  if (!sessionId) return;
  const response = await fetch(`/api/sessions/${encodeURIComponent(sessionId)}`);
  if (!response.ok) {
    trouble("This session is not known here. A new one begins with your question.");
    sessionId = null;
    return;
  }
  const { transcript } = await response.json();
  $("empty").hidden = transcript.length > 0;
  for (const past of transcript) {
    const turn = new Turn(past.question);
    $("turns").append(turn.node);
    if (past.report) {
      for (const [name, text] of Object.entries(past.report.sections)) turn.section(name).raw = text;
      turn.figures = past.report.figures;
      for (const name of Object.keys(past.report.sections)) turn.redraw(name);
      turn.finish(past.report);
    }
    if (past.status !== "done") turn.score.append(` · ${past.status}`);
  }
}

$("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const message = $("message").value.trim();
  if (!message || current) return;
  $("message").value = "";
  submit(message);
});
$("message").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
    event.preventDefault();
    $("ask").requestSubmit();
  }
});
$("stop").addEventListener("click", () => {
  if (current) fetch(`/api/runs/${current}/stop`, { method: "POST" });
});

const health = await (await fetch("/api/health")).json();
$("mode").textContent =
  health.mode === "offline"
    ? "Offline: recorded data and a rule-based analyst. Set DASHSCOPE_API_KEY for live answers."
    : `Live: ${health.model}`;
await showSession();
$("message").focus();
