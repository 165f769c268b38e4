// Markdown inside a block: text in, a tree of nodes out. Pure; every text knows its place in the source.

/** @typedef {import("./md-blocks.js").Line} Line */
/**
 * A text's characters stand at `at`, `at + 1`, … of the source, unless it is `whole`: then they stand for
 * `length` characters there.
 * @typedef {{type: string, text?: string, at?: number, length?: number, whole?: boolean, href?: string, children?: Node[]}} Node
 */

const SCAN = 4000;
const BUDGET = 100_000;
const MAX_RUNS = 2000;
const PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
const SPECIAL = /[\\`*_~[\]!<&\n]/;
const CJK = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]/;
const MARK = /[\p{P}\p{S}]/u;

/** @type {Record<string, string>} */
const ENTITIES = {
  amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0", copy: "©", reg: "®", trade: "™", hellip: "…",
  mdash: "—", ndash: "–", times: "×", divide: "÷", plusmn: "±", le: "≤", ge: "≥", ne: "≠", euro: "€", pound: "£",
  yen: "¥", cent: "¢", deg: "°", rarr: "→", larr: "←", bull: "•", middot: "·",
};

/** Give an address that may be a link, else null: http, https and mailto only. @param {string} raw */
export function safeHref(raw) {
  const text = raw.replace(/&(#?\w{1,31});/g, (whole, name) => entity(name) ?? whole).replace(/\\([!-/:-@[-\x60{-~])/g, "$1");
  try {
    const url = new URL(text);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** @param {string} name @returns {string | null} */
function entity(name) {
  const code = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name);
  if (!code) return Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : null;
  const point = code[1] ? parseInt(code[1], 16) : Number(code[2]);
  return point === 0 || point > 0x10ffff || (point >= 0xd800 && point < 0xe000) ? "\ufffd" : String.fromCodePoint(point);
}

/**
 * Parse a block's lines. With `tail` the text goes on: what is open at its end is shown as if it were closed.
 * @param {Line[]} lines
 * @param {boolean} tail
 * @returns {Node[]}
 */
export function parseInline(lines, tail) {
  const text = lines.map((line) => line.text).join("\n");
  const starts = [];
  let length = 0;
  for (const line of lines) {
    starts.push(length);
    length += line.text.length + 1;
  }
  /** @param {number} i */
  const place = (i) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= i) low = middle;
      else high = middle - 1;
    }
    return lines[low].at + i - starts[low];
  };
  const shared = { budget: BUDGET, runs: 0 };
  return new Inline(text, place, tail, false, shared).parse(0, text.length);
}

/** @typedef {{mark: string, count: number, size: number, closes: boolean, index: number, node: Node}} Opener */

class Inline {
  /** @type {Node[]} */
  #out = [];
  /** @type {Opener[]} */
  #openers = [];

  /** @param {string} text @param {(i: number) => number} place @param {boolean} tail @param {boolean} inLink @param {{budget: number, runs: number}} shared */
  constructor(text, place, tail, inLink, shared) {
    this.text = text;
    this.place = place;
    this.tail = tail;
    this.inLink = inLink;
    this.shared = shared;
  }

  /** @param {number} from @param {number} to */
  parse(from, to) {
    const { text } = this;
    let plain = from;
    for (let i = from; i < to; ) {
      if (!SPECIAL.test(text[i])) {
        i++;
        continue;
      }
      const flush = () => this.#add(plain, i);
      const next = this.#special(i, to, flush);
      if (next === i) i++;
      else plain = i = next;
    }
    this.#add(plain, to);
    if (this.tail && to === text.length) this.#closeOpen();
    return this.#out;
  }

  /** Take what begins at `i`; gives `i` when it is plain text. @param {number} i @param {number} to @param {() => void} flush */
  #special(i, to, flush) {
    switch (this.text[i]) {
      case "\\":
        return this.#escape(i, to, flush);
      case "`":
        return this.#code(i, to, flush);
      case "*":
      case "_":
      case "~":
        return this.#run(i, to, flush);
      case "[":
        return this.#link(i, i, to, flush);
      case "!":
        return this.text[i + 1] === "[" ? this.#link(i, i + 1, to, flush) : i;
      case "<":
        return this.#autolink(i, to, flush);
      case "&":
        return this.#entity(i, to, flush);
      case "\n":
        return this.#newline(i, flush);
      default:
        return i;
    }
  }

  /** @param {number} from @param {number} to */
  #add(from, to) {
    if (to > from) this.#out.push({ type: "text", text: this.text.slice(from, to), at: this.place(from), length: to - from });
  }

  /** @param {number} i @param {number} to @param {() => void} flush */
  #escape(i, to, flush) {
    const next = i + 1 < to ? this.text[i + 1] : "";
    if (next === "\n") {
      flush();
      this.#out.push({ type: "break" });
      return i + 2;
    }
    if (!next || !PUNCTUATION.includes(next)) return i;
    flush();
    this.#add(i + 1, i + 2);
    return i + 2;
  }

  /** @param {number} i @param {() => void} flush */
  #newline(i, flush) {
    flush();
    const before = this.#out.at(-1);
    const spaces = before?.type === "text" ? /[ \t]*$/.exec(before.text ?? "")?.[0].length ?? 0 : 0;
    if (before && spaces) before.text = before.text?.slice(0, -spaces);
    this.#out.push(spaces >= 2 ? { type: "break" } : { type: "text", text: "\n", at: this.place(i), length: 1 });
    return i + 1;
  }

  /** @param {number} i @param {number} to @param {() => void} flush */
  #entity(i, to, flush) {
    const match = /^&(#?\w{1,31});/.exec(this.text.slice(i, Math.min(to, i + 34)));
    const found = match && entity(match[1]);
    if (!match || found === null) return i;
    flush();
    this.#out.push({ type: "text", text: found, at: this.place(i), length: match[0].length, whole: true });
    return i + match[0].length;
  }

  /** @param {number} i @param {number} to @param {() => void} flush */
  #code(i, to, flush) {
    let size = 1;
    while (i + size < to && this.text[i + size] === "`") size++;
    const end = this.#closing(i + size, to, size);
    if (end < 0 && !(this.tail && to === this.text.length)) {
      flush();
      this.#add(i, i + size);
      return i + size;
    }
    flush();
    let [from, until] = [i + size, end < 0 ? to : end];
    const content = this.text.slice(from, until).replace(/\n/g, " ");
    if (/^ .*[^ ].* $/.test(content)) [from, until] = [from + 1, until - 1];
    const shown = this.text.slice(from, until).replace(/\n/g, " ");
    if (shown) this.#out.push({ type: "code", children: [{ type: "text", text: shown, at: this.place(from), length: until - from }] });
    return end < 0 ? to : end + size;
  }

  /** Find the run of exactly `size` backticks. @param {number} from @param {number} to @param {number} size */
  #closing(from, to, size) {
    for (let i = from; i < to && this.shared.budget > 0; ) {
      const start = this.text.indexOf("`", i);
      if (start < 0 || start >= to) return -1;
      let end = start;
      while (end < to && this.text[end] === "`") end++;
      if (end - start === size) return start;
      this.shared.budget -= end - i;
      i = end;
    }
    return -1;
  }

  /** @param {number} i @param {number} to @param {() => void} flush */
  #autolink(i, to, flush) {
    const match = /^<([a-z][a-z0-9+.-]{1,31}:[^\s<>]*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)>/i.exec(this.text.slice(i, Math.min(to, i + SCAN)));
    if (!match || this.inLink) return i;
    const href = safeHref(match[1].includes(":") ? match[1] : `mailto:${match[1]}`);
    if (href === null) return i;
    flush();
    const label = { type: "text", text: match[1], at: this.place(i + 1), length: match[1].length };
    this.#out.push({ type: "link", href, children: [label] });
    return i + match[0].length;
  }

  /** A link, an image (shown as its text), or a citation. @param {number} i @param {number} open @param {number} to @param {() => void} flush */
  #link(i, open, to, flush) {
    const close = this.#bracket(open, to);
    if (close < 0) return i;
    const image = open > i;
    const target = this.text[close + 1] === "(" ? this.#target(close + 1, to) : null;
    if (target === null) {
      if (image || !/^\[\d{1,3}$/.test(this.text.slice(open, close))) return i;
      flush();
      const label = { type: "text", text: this.text.slice(open, close + 1), at: this.place(open), length: close + 1 - open };
      this.#out.push({ type: "cite", children: [label] });
      return close + 1;
    }
    if (this.inLink && !image) return i;
    flush();
    const inner = new Inline(this.text, this.place, false, true, this.shared).parse(open + 1, close);
    const href = image || target.partial ? null : safeHref(target.href);
    if (href === null) this.#out.push(...inner);
    else this.#out.push({ type: "link", href, children: inner });
    return target.end;
  }

  /** Find the bracket that closes the one at `open`. @param {number} open @param {number} to */
  #bracket(open, to) {
    let depth = 0;
    const end = Math.min(to, open + SCAN);
    for (let i = open; i < end && this.shared.budget-- > 0; i++) {
      const c = this.text[i];
      if (c === "\\") i++;
      else if (c === "[") depth++;
      else if (c === "]" && --depth === 0) return i;
    }
    return -1;
  }

  /** Read `(address "title")`. @param {number} i @param {number} to @returns {{href: string, end: number, partial: boolean} | null} */
  #target(i, to) {
    const rest = this.text.slice(i, Math.min(to, i + SCAN));
    const match =
      /^\(\s*(?:<([^<>\n]*)>|((?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.)*\))*))(?:\s+(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)))?\s*\)/.exec(rest);
    if (match) return { href: match[1] ?? match[2], end: i + match[0].length, partial: false };
    if (this.tail && to === this.text.length && !rest.includes(")") && !rest.includes("\n")) return { href: "", end: to, partial: true };
    return null;
  }

  /** A run of `*`, `_` or `~`: closes what it can, then opens. @param {number} i @param {number} to @param {() => void} flush */
  #run(i, to, flush) {
    const { text } = this;
    const mark = text[i];
    let end = i;
    while (end < to && text[end] === mark) end++;
    let count = end - i;
    if (++this.shared.runs > MAX_RUNS || (mark === "~" && count !== 2)) {
      flush();
      this.#add(i, end);
      return end;
    }
    const { opens, closes } = flanks(text, i, end, mark);
    flush();
    const size = count;
    let at = i;
    while (closes && count > 0) {
      const used = this.#close(mark, count, size, opens);
      if (!used) break;
      count -= used;
      at += used;
    }
    if (count > 0) {
      this.#add(at, end);
      const node = /** @type {Node} */ (this.#out.at(-1));
      if (opens) this.#openers.push({ mark, count, size, closes, index: this.#out.length - 1, node });
    }
    return end;
  }

  /** Wrap what follows the nearest opener that matches; gives how many marks were used. @param {string} mark @param {number} count @param {number} size @param {boolean} opens */
  #close(mark, count, size, opens) {
    for (let n = this.#openers.length - 1; n >= Math.max(0, this.#openers.length - 50); n--) {
      const opener = this.#openers[n];
      if (opener.mark !== mark) continue;
      const uneven = (opener.closes || opens) && (opener.size + size) % 3 === 0 && !(opener.size % 3 === 0 && size % 3 === 0);
      if (mark !== "~" && uneven) continue;
      const used = mark === "~" || (opener.count >= 2 && count >= 2) ? 2 : 1;
      this.#wrap(n, used);
      return used;
    }
    return 0;
  }

  /** @param {number} n @param {number} used */
  #wrap(n, used) {
    const opener = this.#openers[n];
    const children = this.#out.splice(opener.index + 1);
    this.#openers.length = n + 1;
    opener.count -= used;
    if (opener.count === 0) {
      this.#out.pop();
      this.#openers.pop();
    } else opener.node.text = opener.node.text?.slice(0, opener.count);
    this.#out.push({ type: opener.mark === "~" ? "del" : used === 2 ? "strong" : "em", children });
  }

  /** Show strong text as such while it is being written, and no mark that is half there. */
  #closeOpen() {
    const last = this.#out.at(-1);
    if (last?.type === "text" && /^[*_]+$/.test(last.text ?? "")) {
      this.#out.pop();
      if (this.#openers.at(-1)?.node === last) this.#openers.pop();
    }
    for (let n = this.#openers.length - 1; n >= 0; n--) {
      const opener = this.#openers[n];
      if (opener.mark === "*" && opener.count >= 2 && this.#out.length > opener.index + 1) this.#wrap(n, 2);
    }
  }
}

/** Whether a run of marks can open and close. Beside Chinese text, punctuation counts as a letter. @param {string} text @param {number} from @param {number} to @param {string} mark */
function flanks(text, from, to, mark) {
  const before = from > 0 ? [...text.slice(Math.max(0, from - 2), from)].at(-1) ?? " " : " ";
  const after = to < text.length ? String.fromCodePoint(text.codePointAt(to) ?? 32) : " ";
  const [spaceBefore, spaceAfter] = [/\s/.test(before), /\s/.test(after)];
  const [markBefore, markAfter] = [MARK.test(before), MARK.test(after)];
  const left = !spaceAfter && (!markAfter || spaceBefore || markBefore || CJK.test(before));
  const right = !spaceBefore && (!markBefore || spaceAfter || markAfter || CJK.test(after));
  if (mark !== "_") return { opens: left, closes: right };
  return { opens: left && (!right || markBefore), closes: right && (!left || markAfter) };
}
