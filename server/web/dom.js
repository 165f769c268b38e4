// Makes DOM nodes; text is always a text node, and nothing here reads markup.

/**
 * Make an element: `h("p.note", {lang: "zh"}, "text", child)`. Attributes that are null or false are left out,
 * `true` is an empty attribute, and a function under `onclick` and the like becomes a listener.
 * @param {string} spec tag name, with classes behind dots
 * @param {Record<string, any> | null} [attributes]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function h(spec, attributes, ...children) {
  const [tag, ...classes] = spec.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/** @type {Record<string, string>} paths on a grid of 16 */
export const ICONS = {
  send: "M8 13V3M3.5 7.5 8 3l4.5 4.5",
  stop: "M4.5 4.5h7v7h-7z",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  plus: "M8 3v10M3 8h10",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5l3 3",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  chart: "M2.5 13.5h11M4.5 10.5V6M8 10.5v-7M11.5 10.5V8",
  close: "M4 4l8 8M12 4l-8 8",
  expand: "M9.5 2.5h4v4M6.5 13.5h-4v-4M13.5 2.5l-5 5M2.5 13.5l5-5",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  retry: "M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3",
  edit: "M10.5 3l2.5 2.5-7.5 7.5H3v-2.5zM9 4.5 11.5 7",
  down: "M8 3v10M3.5 8.5 8 13l4.5-4.5",
  save: "M8 2.5v7M5 7l3 3 3-3M2.5 13h11",
  gear: "M8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8 2v1.6M8 12.4V14M2 8h1.6M12.4 8H14M3.8 3.8l1.1 1.1M11.1 11.1l1.1 1.1M12.2 3.8l-1.1 1.1M4.9 11.1l-1.1 1.1",
  left: "M10 3 5 8l5 5",
  right: "M6 3l5 5-5 5",
  thumb: "M5 7.5 7.6 2.6c1 0 1.7.8 1.6 1.8L8.9 6.6h3.2c.9 0 1.5.8 1.3 1.7l-.9 3.9c-.2.8-.8 1.3-1.6 1.3H5zM5 7.5H2.5v6H5",
  check: "M3 8.5 6.5 12 13 4.5",
};

/**
 * Draw one of the icons; it has no name for a reader, for the control around it has one.
 * @param {string} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { viewBox: "0 0 16 16", width: "16", height: "16", class: "icon", "aria-hidden": "true" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * A button of an icon alone: its label is its name and its tooltip.
 * @param {string} name icon
 * @param {string} label
 * @param {(event: MouseEvent) => void} onclick
 * @param {Record<string, any>} [attributes]
 */
export function iconButton(name, label, onclick, attributes = {}) {
  return h("button.icon-button", { type: "button", "aria-label": label, title: label, onclick, ...attributes }, icon(name));
}

/** @param {string} id @returns {any} */
export const $ = (id) => document.getElementById(id);

/**
 * Open a dialog that a click beside it closes.
 * @param {HTMLDialogElement} dialog
 */
export function openDialog(dialog) {
  if (dialog.open) return;
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close();
  };
  dialog.showModal();
}
