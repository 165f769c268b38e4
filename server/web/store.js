// What this browser remembers: the reader's settings, and what listens to them.

const KEY = "financial-agent.settings";

/** @type {Record<string, any>} */
export const DEFAULTS = {
  language: "auto", // auto, en, zh
  theme: "auto", // auto, light, dark
  updown: "auto", // auto, green-up, red-up, blue-orange
  density: "comfortable", // comfortable, compact
  numbers: "auto", // auto, western, chinese
  singleKeys: true,
  reduceMotion: false,
  showUsage: true,
  panelShare: 44, // percent of the width
  panelOpen: true,
  sidebarOpen: true,
};

/** @type {Record<string, any>} */
let values = { ...DEFAULTS };
/** @type {Set<(changed: string[]) => void>} */
const listeners = new Set();

try {
  const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");
  for (const name of Object.keys(DEFAULTS)) if (typeof kept[name] === typeof DEFAULTS[name]) values[name] = kept[name];
} catch {
  // Storage may be forbidden, or hold something else: the defaults are good.
}

/** @param {string} name */
export const setting = (name) => values[name];

/** @param {Record<string, any>} changes */
export function change(changes) {
  const changed = Object.keys(changes).filter((name) => values[name] !== changes[name]);
  if (!changed.length) return;
  values = { ...values, ...changes };
  try {
    localStorage.setItem(KEY, JSON.stringify(values));
  } catch {
    // The choice then lasts as long as the page.
  }
  for (const listener of listeners) listener(changed);
}

/** @param {(changed: string[]) => void} listener */
export const onChange = (listener) => listeners.add(listener);

/** @returns {"light" | "dark"} */
export function theme() {
  if (values.theme !== "auto") return values.theme;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
