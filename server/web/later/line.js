// A plain line of the closes, for a server that has no chart library.

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} tag @param {Record<string, string>} attributes */
function s(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

/**
 * @param {HTMLElement} host
 * @param {{close: number[]}} bars
 * @param {import("../overlays.js").Overlay[]} overlays
 */
export function drawLine(host, bars, overlays) {
  const { close } = bars;
  const [low, high] = [Math.min(...close), Math.max(...close)];
  const y = (/** @type {number} */ value) => String(4 + (1 - (value - low) / (high - low || 1)) * 92);
  const points = close.map((value, n) => `${(n / Math.max(1, close.length - 1)) * 100},${y(value)}`).join(" ");
  const svg = s("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", class: "plain-line" });
  for (const { value } of overlays.filter(({ kind, value }) => kind === "level" && value >= low && value <= high))
    svg.append(s("line", { x1: "0", x2: "100", y1: y(value), y2: y(value), class: "level" }));
  svg.append(s("polyline", { points, class: "closes" }));
  host.replaceChildren(svg);
}
