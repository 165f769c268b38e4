// Draws Markdown into the page while it streams: elements and text nodes only, never markup.

import { h } from "./dom.js";
import { linesOf, parseBlocks } from "./md-blocks.js";
import { parseInline } from "./md-inline.js";

/** @typedef {import("./md-blocks.js").Block} Block */
/** @typedef {import("./md-blocks.js").Line} Line */
/** @typedef {import("./figures.js").Span} Span */

const CAP = 65_536;

/**
 * One Markdown text on the page. What is closed keeps its nodes; only the last two blocks are read again.
 */
export class Markdown {
  #source = "";
  /** @type {Block[]} */
  #blocks = [];

  /**
   * @param {HTMLElement} host
   * @param {(span: Span, text: string, first: boolean) => Node} mark draws a piece of a marked span
   * @param {string} [tableLabel] name of a table's scrolling region
   */
  constructor(host, mark, tableLabel = "") {
    this.host = host;
    this.mark = mark;
    this.tableLabel = tableLabel;
  }

  /**
   * Show `source`; with `tail` it goes on. Spans mark ranges of the source, in order and without overlap.
   * @param {string} source
   * @param {boolean} tail
   * @param {Span[]} [spans]
   */
  update(source, tail, spans = []) {
    const shown = source.slice(0, CAP);
    const kept = shown.startsWith(this.#source) ? Math.max(0, this.#blocks.length - 2) : 0;
    const base = kept ? this.#blocks[kept].from : 0;
    const lines = linesOf(shown.slice(base), base);
    this.#blocks = [...this.#blocks.slice(0, kept), ...parseBlocks(lines, tail)];
    if (source.length > CAP) this.#blocks.push(plain(source, CAP));
    this.#source = shown;
    const painter = new Painter(source, spans, this.mark, this.tableLabel);
    painter.patch(this.host, this.#blocks, tail);
  }
}

/** What is beyond the cap is shown as it is. @param {string} source @param {number} from @returns {Block} */
function plain(source, from) {
  return { type: "plain", first: 0, last: 0, from, to: source.length, lines: [{ text: source.slice(from), at: from }] };
}

class Painter {
  /** @param {string} source @param {Span[]} spans @param {(span: Span, text: string, first: boolean) => Node} mark @param {string} tableLabel */
  constructor(source, spans, mark, tableLabel) {
    this.source = source;
    this.spans = spans;
    this.mark = mark;
    this.tableLabel = tableLabel;
    /** @type {Set<Span>} */
    this.begun = new Set();
  }

  /**
   * Make a parent's children these blocks; a child whose block is unchanged stays the same node.
   * @param {HTMLElement} parent
   * @param {Block[]} blocks
   * @param {boolean} tail
   */
  patch(parent, blocks, tail) {
    blocks.forEach((block, n) => {
      const open = tail && n === blocks.length - 1;
      const key = this.#key(block, open);
      const old = /** @type {any} */ (parent.children[n]);
      if (old?.blockKey === key) return;
      if (old && block.type === "list" && old.blockShape === shape(block)) this.patch(old, block.items, open);
      else {
        const made = this.#draw(block, open);
        if (old) old.replaceWith(made);
        else parent.append(made);
      }
      const node = /** @type {any} */ (parent.children[n]);
      node.blockKey = key;
      node.blockShape = shape(block);
    });
    while (parent.children.length > blocks.length) parent.lastElementChild?.remove();
  }

  /** @param {Block} block @param {boolean} open */
  #key(block, open) {
    const marks = this.#within(block.from, block.to).map((span) => `${span.id},${span.start - block.from},${span.end - block.from}`);
    return `${shape(block)}|${open ? "open" : ""}|${marks.join(";")}|${this.source.slice(block.from, block.to)}`;
  }

  /** @param {number} from @param {number} to */
  #within(from, to) {
    const { spans } = this;
    let low = 0;
    for (let high = spans.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (spans[middle].end <= from) low = middle + 1;
      else high = middle;
    }
    let end = low;
    while (end < spans.length && spans[end].start < to) end++;
    return spans.slice(low, end);
  }

  /** @param {Block} block @param {boolean} tail @returns {HTMLElement} */
  #draw(block, tail) {
    switch (block.type) {
      case "heading":
        return this.#inline(h(`h${Math.min(6, block.level + 3)}`), block.lines, tail);
      case "rule":
        return h("hr");
      case "code":
        return h("pre", { tabindex: "0" }, this.#texts(h("code"), block.lines));
      case "quote": {
        const node = h("blockquote");
        this.patch(node, block.blocks, tail);
        return node;
      }
      case "list": {
        const node = h(block.ordered ? "ol" : "ul", block.ordered && block.start !== 1 ? { start: block.start } : null);
        this.patch(node, block.items, tail);
        return node;
      }
      case "item":
        return this.#item(block, tail);
      case "table":
        return this.#table(block, tail);
      case "plain":
        return this.#texts(h("p.plain"), block.lines);
      default:
        return this.#inline(h("p"), block.lines, tail);
    }
  }

  /** @param {Block} item @param {boolean} tail */
  #item(item, tail) {
    const node = h("li");
    item.blocks.forEach((/** @type {Block} */ block, /** @type {number} */ n) => {
      const open = tail && n === item.blocks.length - 1;
      if (block.type === "paragraph" && !item.loose) this.#inline(node, block.lines, open);
      else node.append(this.#draw(block, open));
    });
    return node;
  }

  /** @param {Block} table @param {boolean} tail */
  #table({ align, head, rows }, tail) {
    /** @param {string} tag @param {Line[]} cells @param {boolean} open */
    const row = (tag, cells, open) =>
      h("tr", null, ...head.map((/** @type {Line} */ _, /** @type {number} */ n) => {
        const cell = h(align[n] ? `${tag}.${align[n]}` : tag, tag === "th" ? { scope: "col" } : null);
        return cells[n] ? this.#inline(cell, [cells[n]], open) : cell;
      }));
    const body = rows.map((/** @type {Line[]} */ cells, /** @type {number} */ n) => row("td", cells, tail && n === rows.length - 1));
    const table = h("table", null, h("thead", null, row("th", head, tail && !rows.length)), rows.length > 0 && h("tbody", null, ...body));
    return h("div.table", { tabindex: "0", role: "region", "aria-label": this.tableLabel || null }, table);
  }

  /** @param {HTMLElement} node @param {Line[]} lines */
  #texts(node, lines) {
    lines.forEach(({ text, at }, n) => this.#text(node, { type: "text", text: n < lines.length - 1 ? `${text}\n` : text, at, length: text.length }));
    return node;
  }

  /** @param {HTMLElement} node @param {Line[]} lines @param {boolean} tail */
  #inline(node, lines, tail) {
    this.#nodes(node, parseInline(lines, tail));
    return node;
  }

  /** @param {HTMLElement} parent @param {import("./md-inline.js").Node[]} nodes */
  #nodes(parent, nodes) {
    for (const node of nodes) {
      if (node.type === "text") this.#text(parent, node);
      else if (node.type === "break") parent.append(h("br"));
      else {
        const made = node.type === "link"
          ? h("a", { href: node.href, rel: "noopener noreferrer nofollow", target: "_blank" })
          : h(node.type === "cite" ? "span.cite" : node.type);
        this.#nodes(made, node.children ?? []);
        parent.append(made);
      }
    }
  }

  /** @param {HTMLElement} parent @param {import("./md-inline.js").Node} node */
  #text(parent, { text = "", at = 0, length = 0, whole = false }) {
    let done = 0;
    for (const span of this.#within(at, at + Math.max(1, length))) {
      const from = whole ? 0 : Math.max(0, span.start - at);
      const to = whole ? text.length : Math.min(text.length, span.end - at);
      if (to <= from) continue;
      if (from > done) parent.append(text.slice(done, from));
      parent.append(this.mark(span, text.slice(from, to), !this.begun.has(span)));
      this.begun.add(span);
      done = to;
    }
    if (done < text.length) parent.append(text.slice(done));
  }
}

/** What must be the same for a node's children to be patched. @param {Block} block */
function shape(block) {
  if (block.type === "list") return `list ${block.ordered} ${block.start} ${block.loose}`;
  return block.type === "item" ? `item ${block.loose}` : block.type;
}
