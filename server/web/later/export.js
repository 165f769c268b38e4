// Takes an answer away: as Markdown with its figures in footnotes, as a page without code, on paper.

import { describe } from "./facts.js";
import { h, icon } from "../dom.js";
import { STATES } from "../figures.js";
import { t } from "../i18n.js";
import { SECTIONS, fromTranscript, sourcesOf } from "../reduce.js";
import { Refusal, get, sessionUrl } from "../api.js";
import "./words.js";

/** @typedef {import("../reduce.js").Turn} Turn */
/** @typedef {(text: string) => void} Toast */

/**
 * Write an answer as Markdown; every figure that is a claim has a footnote that says what the check found.
 * @param {Turn} turn
 * @param {string} [prefix] of the footnotes' names
 */
export function markdown(turn, prefix = "") {
  const notes = [];
  const parts = [`# ${turn.question}`];
  for (const name of SECTIONS) {
    const { raw } = turn.sections[name];
    const claims = [...turn.figures.values()].filter((figure) => figure.section === name && STATES[figure.status] && raw.slice(figure.start, figure.end) === figure.text);
    let text = "";
    let done = 0;
    for (const figure of claims.sort((a, b) => a.start - b.start)) {
      if (figure.end <= done) continue;
      notes.push(`[^${prefix}${notes.length + 1}]: ${STATES[figure.status].glyph} ${describe(turn, figure).replace(/\s+/g, " ")}`);
      text += `${raw.slice(done, figure.end)}[^${prefix}${notes.length}]`;
      done = figure.end;
    }
    parts.push(`## ${t(`section.${name}`)}`, text + raw.slice(done) || `_${t("section.leftOut")}_`);
  }
  const sources = sourcesOf(turn);
  if (sources.length) parts.push(`## ${t("export.sources")}`, sources.map((source, n) => `${n + 1}. ${source}`).join("\n"));
  if (notes.length) parts.push(notes.join("\n"));
  return `${parts.join("\n\n")}\n`;
}

/** @param {Turn} turn @param {Toast} toast */
export async function copy(turn, toast) {
  try {
    await navigator.clipboard.writeText(markdown(turn));
    toast(t("copied"));
  } catch {
    toast(t("export.failed"));
  }
}

/** @param {string} name @param {string} text @param {string} type */
function save(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** @param {string} title */
const fileName = (title) => title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "analysis";

/** @param {Turn[]} turns */
const allMarkdown = (turns) => turns.map((turn, n) => markdown(turn, turns.length > 1 ? `${n + 1}-` : "")).join("\n---\n\n");

/** Save a session that need not be the one on the page. @param {string} id @param {Toast} toast */
export async function saveSession(id, toast) {
  try {
    const { title, transcript } = await get(sessionUrl(id));
    save(`${fileName(title)}.md`, allMarkdown(transcript.map((/** @type {any} */ item) => fromTranscript(item, id))), "text/markdown");
  } catch (fault) {
    toast(fault instanceof Refusal ? fault.message : t("error.unknown"));
  }
}

const SNAPSHOT_STYLE =
  "body{max-width:720px;margin:48px auto;padding:0 16px;font:15px/1.6 system-ui,sans-serif;color:#1b1b19}h2{font-size:19px}h3{font-size:13px;color:#54534d;margin-top:28px}" +
  "table{border-collapse:collapse;font-size:14px}td,th{border-bottom:1px solid #e5e4df;padding:4px 12px;text-align:left}.right{text-align:right}" +
  ".supported{border-bottom:1px solid #0b6b4a}.derived{border-bottom:1px dashed #2f5ba8}.unsupported{border-bottom:2px dotted #8a5300}.contradicted{text-decoration:line-through;color:#b3261e}.fig-fix{color:#b3261e}" +
  "sup a{font-size:10px;text-decoration:none}.notes{font-size:12px;color:#54534d;margin-top:32px}";

/** A page of its own, without code: the text as it stands, every figure with its footnote. @param {import("../conversation.js").Conversation} talk */
export function snapshot(talk) {
  const doc = document.implementation.createHTMLDocument("");
  const title = doc.createElement("title");
  title.textContent = talk.title;
  talk.entries.forEach(({ turn, view }, n) => snapshotTurn(doc, turn, view, n + 1));
  const write = (/** @type {Node} */ node) => new XMLSerializer().serializeToString(node);
  // The style is written as text: this page's policy lets no document of its making hold one.
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  const head = `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">${write(title)}<style>${SNAPSHOT_STYLE}</style>`;
  return `<!doctype html>\n<html lang="${document.documentElement.lang}"><head>${head}</head>${write(doc.body)}</html>`;
}

/** @param {Document} doc @param {Turn} turn @param {import("../message.js").TurnView} view @param {number} n */
function snapshotTurn(doc, turn, view, n) {
  const heading = doc.createElement("h2");
  heading.textContent = turn.question;
  doc.body.append(heading);
  const notes = doc.createElement("ol");
  notes.className = "notes";
  for (const section of view.note.querySelectorAll(".sec:not([hidden])")) {
    const title = doc.createElement("h3");
    title.textContent = section.querySelector("h3")?.textContent ?? "";
    const text = /** @type {HTMLElement} */ (doc.importNode(/** @type {Node} */ (section.querySelector(".md")), true));
    for (const mark of /** @type {NodeListOf<HTMLElement>} */ (text.querySelectorAll(".fig"))) {
      const figure = turn.figures.get(mark.dataset.figure ?? "");
      for (const name of ["role", "tabindex", "aria-describedby", "data-figure"]) mark.removeAttribute(name);
      if (!figure || !STATES[figure.status] || mark.classList.contains("rest")) continue;
      const note = doc.createElement("li");
      note.id = `f${n}-${notes.children.length + 1}`;
      note.textContent = `${STATES[figure.status].glyph} ${describe(turn, figure)}`;
      const link = doc.createElement("a");
      link.href = `#${note.id}`;
      link.textContent = String(notes.children.length + 1);
      const raised = doc.createElement("sup");
      raised.append(link);
      mark.after(raised);
      notes.append(note);
    }
    for (const button of text.querySelectorAll("button")) button.remove();
    doc.body.append(title, text);
  }
  if (notes.children.length) doc.body.append(notes);
}

/** Open or close the menu of ways to take the session away. @param {HTMLElement} button @param {import("../conversation.js").Conversation} talk */
export function menu(button, talk) {
  const open = button.parentElement?.querySelector(".menu");
  const close = () => {
    button.setAttribute("aria-expanded", "false");
    button.focus();
    for (const each of button.parentElement?.querySelectorAll(".menu") ?? []) each.remove();
  };
  if (open) return close();
  const name = fileName(talk.title);
  const turns = () => talk.entries.map(({ turn }) => turn).filter(({ report }) => report);
  /** @param {string} key @param {string} picture @param {() => any} act */
  const item = (key, picture, act) => h("button", { type: "button", role: "menuitem", onclick: () => (close(), act()) }, icon(picture), t(key));
  const list = h("div.menu.below", { role: "menu" },
    item("export.markdown", "save", () => save(`${name}.md`, allMarkdown(turns()), "text/markdown")),
    item("export.snapshot", "copy", () => save(`${name}.html`, snapshot(talk), "text/html")),
    item("export.print", "save", () => window.print()));
  list.addEventListener("keydown", (event) => {
    const items = /** @type {HTMLElement[]} */ ([...list.children]);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") close();
    else if (step) items[(items.indexOf(/** @type {HTMLElement} */ (document.activeElement)) + step + items.length) % items.length].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("focusout", (event) => {
    if (!list.contains(/** @type {Node | null} */ (event.relatedTarget)) && event.relatedTarget !== button) setTimeout(() => list.remove()), button.setAttribute("aria-expanded", "false");
  });
  button.after(list);
  button.setAttribute("aria-expanded", "true");
  /** @type {HTMLElement} */ (list.firstElementChild).focus();
}
