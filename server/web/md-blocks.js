// Markdown blocks: lines in, a tree of blocks out. Pure; every block knows its place in the source.

/** @typedef {{text: string, at: number}} Line a line, and the offset of its first character in the source */
/** @typedef {{type: string, first: number, last: number, from: number, to: number, [more: string]: any}} Block */

export const MAX_DEPTH = 12;

const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
const RULE = /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/;
const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;
const MARKER = /^( {0,3})([-*+]|(\d{1,9})[.)])( {1,4}(?! )|[ \t]|$)/;
const DELIMITER = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

/** @param {string} text */
const isBlank = (text) => /^\s*$/.test(text);

/**
 * @param {string} source
 * @param {number} [base] the source's own offset in a larger one
 * @returns {Line[]}
 */
export function linesOf(source, base = 0) {
  const lines = [];
  let at = base;
  for (const text of source.split("\n")) {
    lines.push({ text: text.endsWith("\r") ? text.slice(0, -1) : text, at });
    at += text.length + 1;
  }
  return lines;
}

/**
 * Parse lines into blocks. With `tail` the text goes on: a line that may become a table is held as one.
 * @param {Line[]} lines
 * @param {boolean} tail
 * @param {number} [depth]
 * @returns {Block[]}
 */
export function parseBlocks(lines, tail, depth = 0) {
  const blocks = [];
  for (let i = 0; i < lines.length; ) {
    if (isBlank(lines[i].text)) {
      i++;
      continue;
    }
    const nested = depth < MAX_DEPTH;
    const block =
      heading(lines, i) ?? rule(lines, i) ?? fence(lines, i) ?? table(lines, i, tail) ??
      (nested ? quote(lines, i, tail, depth) ?? list(lines, i, tail, depth) : null) ?? paragraph(lines, i, depth);
    blocks.push(block);
    i = block.last + 1;
  }
  return blocks;
}

/** @param {Line[]} lines @param {string} type @param {number} first @param {number} last @param {object} more @returns {Block} */
function made(lines, type, first, last, more) {
  const end = lines[last];
  return { type, first, last, from: lines[first].at, to: end.at + end.text.length, ...more };
}

/** Whether line `i` begins a block that ends a paragraph before it. @param {Line[]} lines @param {number} i @param {number} depth */
function interrupts(lines, i, depth) {
  const { text } = lines[i];
  if (HEADING.test(text) || RULE.test(text) || isFence(text) || startsTable(lines, i)) return true;
  if (depth >= MAX_DEPTH) return false;
  if (/^ {0,3}>/.test(text)) return true;
  const marker = MARKER.exec(text);
  return marker !== null && !isBlank(text.slice(marker[0].length)) && (marker[3] === undefined || Number(marker[3]) === 1);
}

/** @param {string} text */
function isFence(text) {
  const match = FENCE.exec(text);
  return match !== null && !(match[1][0] === "`" && match[2].includes("`"));
}

/** @param {Line[]} lines @param {number} i */
function heading(lines, i) {
  const match = HEADING.exec(lines[i].text);
  if (!match) return null;
  const text = match[2] ?? "";
  const at = lines[i].at + (text ? lines[i].text.indexOf(text, match[1].length) : 0);
  return made(lines, "heading", i, i, { level: match[1].length, lines: [{ text: /^#+$/.test(text) ? "" : text, at }] });
}

/** @param {Line[]} lines @param {number} i */
function rule(lines, i) {
  return RULE.test(lines[i].text) ? made(lines, "rule", i, i, {}) : null;
}

/** @param {Line[]} lines @param {number} i */
function fence(lines, i) {
  if (!isFence(lines[i].text)) return null;
  const [, mark, info] = /** @type {RegExpExecArray} */ (FENCE.exec(lines[i].text));
  const close = new RegExp(`^ {0,3}${mark[0]}{${mark.length},}[ \\t]*$`);
  let end = i + 1;
  while (end < lines.length && !close.test(lines[end].text)) end++;
  const last = Math.min(end, lines.length - 1);
  return made(lines, "code", i, last, { info: info.trim(), lines: lines.slice(i + 1, end) });
}

/** Split a table's row at its bars. @param {Line} line @returns {Line[]} */
function cells({ text, at }) {
  const found = [];
  let from = /^\s*\|/.exec(text)?.[0].length ?? 0;
  const whole = text.trimEnd();
  for (let i = from; i <= whole.length; i++) {
    if (whole[i] === "\\") i++;
    else if (whole[i] === "|" || i === whole.length) {
      if (i === whole.length && from === i && found.length) break;
      const raw = whole.slice(from, i);
      found.push({ text: raw.trim(), at: at + from + (raw.length - raw.trimStart().length) });
      from = i + 1;
    }
  }
  return found;
}

/** @param {Line[]} lines @param {number} i */
function startsTable(lines, i) {
  const next = lines[i + 1];
  if (!next || !lines[i].text.includes("|") || !DELIMITER.test(next.text) || !/[|:]/.test(next.text)) return false;
  return cells(lines[i]).length === cells(next).length;
}

/** @param {Line[]} lines @param {number} i @param {boolean} tail */
function table(lines, i, tail) {
  const held = tail && /^ {0,3}\|/.test(lines[i].text) && i >= lines.length - 2 && /^[|\s:-]*$/.test(lines[i + 1]?.text ?? "");
  if (!startsTable(lines, i) && !held) return null;
  const align = held && !startsTable(lines, i) ? [] : cells(lines[i + 1]).map(({ text }) => alignment(text));
  let last = Math.min(i + 1, lines.length - 1);
  const rows = [];
  while (last + 1 < lines.length && !isBlank(lines[last + 1].text) && !interrupts(lines, last + 1, 0)) rows.push(cells(lines[++last]));
  return made(lines, "table", i, last, { align, head: cells(lines[i]), rows });
}

/** @param {string} text */
function alignment(text) {
  if (!text.endsWith(":")) return text.startsWith(":") ? "left" : "";
  return text.startsWith(":") ? "center" : "right";
}

/** @param {Line[]} lines @param {number} i @param {boolean} tail @param {number} depth */
function quote(lines, i, tail, depth) {
  if (!/^ {0,3}>/.test(lines[i].text)) return null;
  const inner = [];
  let last = i;
  let lazy = false;
  for (let j = i; j < lines.length; j++) {
    const { text, at } = lines[j];
    const mark = /^ {0,3}> ?/.exec(text);
    if (mark) {
      inner.push({ text: text.slice(mark[0].length), at: at + mark[0].length });
      lazy = false;
    } else {
      if (isBlank(text) || interrupts(lines, j, depth) || !(lazy || endsInParagraph(inner, depth + 1))) break;
      inner.push(lines[j]);
      lazy = true;
    }
    last = j;
  }
  return made(lines, "quote", i, last, { blocks: parseBlocks(inner, tail && last === lines.length - 1, depth + 1) });
}

/** @param {Line[]} lines @param {number} i @param {boolean} tail @param {number} depth */
function list(lines, i, tail, depth) {
  const first = MARKER.exec(lines[i].text);
  if (!first) return null;
  const kind = first[2].slice(-1);
  const items = [];
  let loose = false;
  let last = i;
  for (let j = i; j < lines.length; ) {
    const marker = MARKER.exec(lines[j].text);
    if (!marker || marker[2].slice(-1) !== kind || RULE.test(lines[j].text)) break;
    if (items.length && lines.slice(last + 1, j).some(({ text }) => isBlank(text))) loose = true;
    const item = listItem(lines, j, marker, tail, depth);
    if (item.spread) loose = true;
    items.push(item);
    last = item.last;
    j = last + 1;
    while (j < lines.length && isBlank(lines[j].text)) j++;
  }
  for (const item of items) item.loose = loose;
  const start = first[3] === undefined ? null : Number(first[3]);
  return made(lines, "list", i, last, { ordered: start !== null, start, loose, items });
}

/** @param {Line[]} lines @param {number} i @param {RegExpExecArray} marker @param {boolean} tail @param {number} depth */
function listItem(lines, i, marker, tail, depth) {
  const cut = marker[0].length;
  const width = isBlank(lines[i].text.slice(cut)) ? marker[1].length + marker[2].length + 1 : cut;
  const inner = [{ text: lines[i].text.slice(cut), at: lines[i].at + cut }];
  let last = i;
  let lazy = false;
  for (let j = i + 1; j < lines.length; j++) {
    const { text, at } = lines[j];
    if (isBlank(text)) {
      if (j === i + 1 && isBlank(inner[0].text)) break;
      continue;
    }
    const indent = text.length - text.replace(/^ +/, "").length;
    if (indent >= width) {
      for (let blank = last + 1; blank < j; blank++) inner.push({ text: "", at: lines[blank].at });
      inner.push({ text: text.slice(width), at: at + width });
      lazy = false;
    } else {
      if (j > last + 1 || MARKER.test(text) || interrupts(lines, j, depth)) break;
      if (!(lazy || endsInParagraph(inner, depth + 1))) break;
      inner.push({ text: text.slice(indent), at: at + indent });
      lazy = true;
    }
    last = j;
  }
  const blocks = parseBlocks(inner, tail && last === lines.length - 1, depth + 1);
  const spread = blocks.some((block, n) => n > 0 && inner.slice(blocks[n - 1].last + 1, block.first).some(({ text }) => isBlank(text)));
  return made(lines, "item", i, last, { blocks, spread });
}

/** Whether a line without a mark would go on with what these lines end in. @param {Line[]} lines @param {number} depth */
function endsInParagraph(lines, depth) {
  let block = parseBlocks(lines, false, depth).at(-1);
  if (!block || block.last !== lines.length - 1) return false;
  while (block?.type === "list" || block?.type === "quote" || block?.type === "item")
    block = block.type === "list" ? block.items.at(-1) : block.blocks.at(-1);
  return block?.type === "paragraph";
}

/** @param {Line[]} lines @param {number} i @param {number} depth */
function paragraph(lines, i, depth) {
  let last = i;
  while (last + 1 < lines.length && !isBlank(lines[last + 1].text) && !interrupts(lines, last + 1, depth)) last++;
  const found = lines.slice(i, last + 1).map(({ text, at }) => {
    const cut = text.length - text.trimStart().length;
    return { text: text.slice(cut), at: at + cut };
  });
  found[found.length - 1].text = found[found.length - 1].text.trimEnd();
  return made(lines, "paragraph", i, last, { lines: found });
}
