// Wires the page: which session is shown, what the reader presses, and how the parts know of each other.

import { SIGN_IN, get, who } from "./api.js";
import { Card, isSheet } from "./card.js";
import { Conversation } from "./conversation.js";
import { $, h, icon } from "./dom.js";
import { currentLanguage, t, useLanguage } from "./i18n.js";
import { listen } from "./keys.js";
import { isPrice } from "./overlays.js";
import { announce } from "./message.js";
import * as layout from "./layout.js";
import { Panel } from "./panel.js";
import { PATIENCE } from "./runs.js";
import { EndFollower } from "./scroll.js";
import { Sessions } from "./sessions.js";
import { change, onChange, setting } from "./store.js";

/** @typedef {import("./reduce.js").Turn} Turn */

const channel = "BroadcastChannel" in window ? new BroadcastChannel("financial-agent") : null;

/** @type {{health: any, universe: {symbol: string, name: string, name_zh: string}[]}} */
const known = { health: null, universe: [] };

const panel = new Panel({ onLine: (fact) => talk.entries.find(({ turn }) => turn === panel.turn)?.view.lightFact(fact), ask: (text) => askAlso(text) });

const card = new Card({
  light: (turn, figure) => panel.light(priceOf(turn, figure)),
  showOnChart: async (turn, fact) => {
    layout.openPanel(true);
    panel.setTab("chart");
    await panel.show(turn, fact.entity);
    panel.light(fact);
  },
  openRow: (turn, id) => {
    layout.openPanel(true);
    panel.openRow(turn, id);
  },
  ask: (text) => fill(text),
});

/** @type {Conversation} */
const talk = new Conversation(
  {
    card,
    retry: (turn) => talk.retry(turn),
    edit: (turn, text) => talk.ask(text, turn),
    version: (_, runId) => open(talk.sessionId ?? "", runId),
    ask: (text) => send(text),
    copy: async (turn) => (await import("./later/export.js")).copy(turn, layout.toast),
    sources: (turn) => {
      layout.openPanel(true);
      panel.show(turn);
      panel.setTab("sources");
    },
    chart: (turn) => {
      layout.openPanel(true);
      panel.setTab("chart");
      panel.show(turn);
    },
    reconnect: () => talk.reconnect(),
  },
  {
    onState: () => drawState(),
    onPaint: () => end.grown(talk.live !== null),
    onChart: (turn) => showChart(turn),
    onTrouble: (state) => layout.trouble(state),
    onEnd: () => {
      sessions.refresh();
      channel?.postMessage({ type: "changed" });
    },
    onMoved: (id, same) => history[id && !same ? "pushState" : "replaceState"](null, "", id ? `/s/${id}` : "/"),
    toast: layout.toast,
  },
);

const sessions = new Sessions({
  open: (id) => open(id),
  gone: (id) => id === talk.sessionId && fresh(),
  back: (id) => open(id),
  renamed: (id, title) => {
    if (id !== talk.sessionId) return;
    talk.title = title;
    drawState();
  },
  save: async (id) => (await import("./later/export.js")).saveSession(id, layout.toast),
  toast: layout.toast,
});

const end = new EndFollower($("main"), $("latest"));

/** The price that a figure states, where it states one. @param {Turn} turn @param {import("./reduce.js").Figure | null} figure */
function priceOf(turn, figure) {
  for (const id of figure?.facts ?? []) {
    const fact = turn.facts.get(id);
    if (fact && isPrice(fact)) return fact;
  }
  return null;
}

/** @param {Turn} turn */
function showChart(turn) {
  const first = panel.turn !== turn;
  if (first && (turn.chart || turn.report?.symbols?.length || turn.facts.size)) layout.offerPanel();
  panel.show(turn);
  $("chart-button").hidden = false;
}

let wasLive = false;

function drawState() {
  const { live, entries, sessionId, queued } = talk;
  const view = entries.length || sessionId ? "talk" : "empty";
  if (document.body.dataset.view !== "missing" || entries.length) document.body.dataset.view = view;
  $("empty").hidden = document.body.dataset.view !== "empty";
  $("missing").hidden = document.body.dataset.view !== "missing";
  if (view === "empty" && document.body.dataset.view === "empty") layout.closePanel();
  $("title").textContent = talk.title || t("brand");
  document.title = talk.title ? `${talk.title} · ${t("brand")}` : t("brand");
  $("stop").hidden = !live;
  $("send").hidden = Boolean(live);
  $("export-button").hidden = !entries.some(({ turn }) => turn.report);
  $("chart-button").hidden = !panel.turn || !entries.length;
  $("queued").hidden = !queued;
  $("queued").replaceChildren(h("span", null, t("queued", { text: queued })), h("button.quiet", { type: "button", onclick: () => {
    talk.queued = "";
    drawState();
  } }, t("queued.remove")));
  if (sessions.current !== (sessionId ?? "")) {
    sessions.current = sessionId ?? "";
    sessions.draw();
  }
  if (live?.turn.runId && !wasLive) {
    wasLive = true;
    sessions.refresh();
    channel?.postMessage({ type: "run", session: sessionId, run: live.turn.runId, question: live.turn.question });
  } else if (!live) {
    if (wasLive && !document.activeElement?.closest("#log, #panel, #sidebar, #card, dialog")) focusBox();
    wasLive = false;
  }
}

function focusBox() {
  if (!matchMedia("(pointer: coarse)").matches) $("message").focus({ preventScroll: true });
}

/** @param {string} text */
function fill(text) {
  $("message").value = text;
  $("message").focus();
}

/** Put a question into the box behind what stands there. @param {string} text */
function askAlso(text) {
  if (isSheet()) layout.closePanel();
  fill([$("message").value.trim(), text].filter(Boolean).join("\n"));
}

/** @param {string} text */
function send(text) {
  end.following = true;
  const asked = talk.ask(text);
  end.toEnd();
  return asked;
}

/** @param {string} id @param {string} [branch] @param {boolean} [moved] whether the address changes */
async function open(id, branch, moved = true) {
  layout.closeDrawer();
  if (moved) history.pushState(null, "", `/s/${id}${branch ? `?branch=${encodeURIComponent(branch)}` : ""}`);
  document.body.dataset.view = "talk";
  panel.turn = null;
  try {
    const found = await talk.load(id, branch);
    if (!found) {
      document.body.dataset.view = "missing";
      drawState();
    }
  } catch (fault) {
    layout.toast(/** @type {Error} */ (fault).message, { label: t("retry"), act: () => open(id, branch, false) }, 60_000);
  }
  end.toEnd();
  focusBox();
}

function fresh() {
  layout.closeDrawer();
  if (location.pathname !== "/") history.pushState(null, "", "/");
  document.body.dataset.view = "empty";
  panel.turn = null;
  talk.clear();
  focusBox();
}

/** Show what the address names. */
function route() {
  const match = /^\/s\/([^/]+)$/.exec(location.pathname);
  if (match) return open(decodeURIComponent(match[1]), new URLSearchParams(location.search).get("branch") ?? undefined, false);
  document.body.dataset.view = "empty";
  talk.clear();
  focusBox();
  return Promise.resolve();
}

function drawExamples() {
  const symbols = known.universe.map(({ symbol }) => symbol);
  const has = (/** @type {string} */ symbol) => !symbols.length || symbols.includes(symbol);
  const [one, two] = [has("AAPL") ? "AAPL" : symbols[0], has("MSFT") ? "MSFT" : symbols[1] ?? symbols[0]];
  $("examples").replaceChildren(...[1, 2, 3, 4].map((n) => {
    const text = t(`example.${n}`, { one, two });
    return h("li", null, h("button.example", { type: "button", onclick: () => send(text) }, h("b", null, t(`example.${n}.title`)), h("span", null, text)));
  }));
  const zh = currentLanguage() === "zh";
  $("universe").textContent = known.universe.length ? t("universe", { names: known.universe.slice(0, 12).map(({ symbol, name, name_zh }) => `${symbol} ${zh ? name_zh : name}`).join(zh ? "、" : " · ") }) : "";
}

function drawHealth() {
  const { health } = known;
  if (health) document.body.dataset.mode = health.mode;
  $("mode").textContent = health ? (health.mode === "offline" ? t("mode.offline") : t("mode.live", { model: health.model })) : "";
  $("mode").className = `mode ${health?.mode ?? ""}`;
}

/** @type {typeof import("./later/dialogs.js") | undefined} */
let dialogs;

/** @param {string} name */
const dialog = async (name) => (dialogs ??= await import("./later/dialogs.js"))[/** @type {"settings"} */ (name)]({ known, sessions, acts, open });

/** @param {"turn" | "section"} kind @param {number} n */
async function move(kind, n) {
  end.following = false;
  (await import("./later/moves.js"))[kind](talk.entries.map(({ view }) => view.node), n);
}

/** @type {Record<string, () => boolean | void>} */
const acts = {
  new: fresh,
  focus: () => $("message").focus(),
  palette: () => void dialog("palette"),
  sidebar: () => layout.toggleSidebar(),
  next: () => void move("turn", 1),
  previous: () => void move("turn", -1),
  section1: () => void move("section", 1),
  section2: () => void move("section", 2),
  section3: () => void move("section", 3),
  section4: () => void move("section", 4),
  chart: () => (panel.turn ? layout.togglePanel() : false),
  stop: () => {
    if (card.isOpen) return card.close();
    if (layout.closeTop()) return undefined;
    return talk.live ? void talk.stop() : false;
  },
  sheet: () => void dialog("keys"),
};

function listenToComposer() {
  const box = /** @type {HTMLTextAreaElement} */ ($("message"));
  $("ask").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    box.value = "";
    send(text);
  });
  box.addEventListener("keydown", (event) => {
    // While an input method composes, Enter chooses a candidate; some browsers tell it by the code alone.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      $("ask").requestSubmit();
    } else if (event.key === "ArrowUp" && !box.value && talk.entries.length && !talk.live) {
      event.preventDefault();
      talk.entries.at(-1)?.view.edit();
    }
  });
  $("stop").addEventListener("click", () => talk.stop());
}

function listenToPage() {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => talk.rest(), PATIENCE.rest);
    else talk.resume();
  });
  window.addEventListener("popstate", () => route());
  channel?.addEventListener("message", ({ data }) => {
    if (data?.type === "signed out") return location.assign("/");
    sessions.refresh();
    if (data?.type === "run" && data.session === talk.sessionId) talk.join(data.run, data.question);
  });
  $("new").addEventListener("click", fresh);
  $("missing-new").addEventListener("click", fresh);
  $("settings-button").addEventListener("click", () => dialog("settings"));
  $("language-button").addEventListener("click", () => change({ language: currentLanguage() === "zh" ? "en" : "zh" }));
  $("export-button").addEventListener("click", async () => (await import("./later/export.js")).menu($("export-button"), talk));
}

/** @param {string[]} changed */
async function settingsChanged(changed) {
  if (changed.includes("language")) {
    await useLanguage();
    announce("");
  }
  layout.applySettings();
  if (changed.some((name) => ["language", "numbers", "showUsage"].includes(name))) {
    talk.redraw();
    sessions.draw();
    drawExamples();
    drawHealth();
  }
  if (changed.some((name) => ["language", "numbers", "theme", "updown"].includes(name))) panel.restyle();
}

async function start() {
  layout.applySettings();
  for (const [id, name] of [["menu", "menu"], ["send", "send"], ["stop", "stop"], ["panel-expand", "expand"], ["panel-close", "close"]]) $(id).append(icon(name));
  for (const [id, name] of [["export-button", "save"], ["chart-button", "chart"], ["new", "plus"], ["latest", "down"], ["settings-button", "gear"]]) $(id).prepend(icon(name));
  await useLanguage();
  layout.applySettings();
  layout.listen();
  listenToComposer();
  listenToPage();
  listen(acts);
  onChange((changed) => void settingsChanged(changed));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setting("theme") === "auto" && panel.restyle());
  drawExamples();
  const routed = route();
  sessions.refresh();
  get("/api/symbols").then(({ symbols }) => ((known.universe = symbols), drawExamples()), () => {});
  get("/api/health").then((health) => ((known.health = health), drawHealth()), () => {});
  if (document.body.dataset.auth !== "none") get(SIGN_IN).then((now) => (who.now ??= now), () => {});
  await routed;
  document.documentElement.dataset.ready = "";
}

await start();
