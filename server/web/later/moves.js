// From answer to answer, and to a section of the last one.

import { $ } from "../dom.js";

/** @param {HTMLElement[]} nodes @param {number} step */
export function turn(nodes, step) {
  const top = $("main").getBoundingClientRect().top;
  const focused = nodes.findIndex((node) => node.contains(document.activeElement));
  const at = focused >= 0 ? focused : nodes.findIndex((node) => node.getBoundingClientRect().bottom > top + 8);
  const next = nodes[Math.max(0, Math.min(nodes.length - 1, at + step))];
  next?.scrollIntoView({ block: "start" });
  next?.focus({ preventScroll: true });
}

/** @param {HTMLElement[]} nodes @param {number} n */
export const section = (nodes, n) => nodes.at(-1)?.querySelectorAll(".sec")[n - 1]?.scrollIntoView({ block: "start" });
