// The keys of the page: one list that is obeyed, shown in the sheet and offered in the palette.

import { setting } from "./store.js";

export const isMac = /Mac|iP/.test(navigator.platform);

/** @typedef {{id: string, keys: string, single?: boolean, run?: () => void}} Command */

/** Single keys work while nothing is being typed, and can be switched off. @type {Command[]} */
export const COMMANDS = [
  { id: "new", keys: "N", single: true },
  { id: "focus", keys: "/", single: true },
  { id: "palette", keys: "Mod+K" },
  { id: "sidebar", keys: "Mod+B" },
  { id: "next", keys: "J", single: true },
  { id: "previous", keys: "K", single: true },
  { id: "section1", keys: "Alt+1" },
  { id: "section2", keys: "Alt+2" },
  { id: "section3", keys: "Alt+3" },
  { id: "section4", keys: "Alt+4" },
  { id: "chart", keys: "Alt+C" },
  { id: "stop", keys: "Esc" },
  { id: "sheet", keys: "?", single: true },
];

/** @param {KeyboardEvent} event @param {Command} command */
function matches(event, { keys, single }) {
  const parts = keys.split("+");
  const key = parts.at(-1) ?? "";
  const mod = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (parts.includes("Mod") !== mod || parts.includes("Alt") !== event.altKey) return false;
  if (parts.includes("Alt")) return event.code === (/\d/.test(key) ? `Digit${key}` : `Key${key}`);
  if (single && (!setting("singleKeys") || isTyping(event.target))) return false;
  return event.key.toLowerCase() === (key === "Esc" ? "escape" : key.toLowerCase());
}

/** @param {EventTarget | null} target */
const isTyping = (target) => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Obey the keys. @param {Record<string, () => boolean | void>} acts by command; one that gives false leaves the key alone */
export function listen(acts) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if (document.querySelector("dialog.sign-in") || (document.querySelector("dialog[open]") && event.key !== "k")) return;
    const command = COMMANDS.find((each) => matches(event, each));
    if (command && acts[command.id]?.() !== false) event.preventDefault();
  });
}
