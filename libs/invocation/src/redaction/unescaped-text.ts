const BACKSLASH = "\\".charCodeAt(0);
const PERCENT = "%".charCodeAt(0);
const ESCAPE = 0x1b;
const LONGEST_CONTROL = 64;
/** Of more backslashes in a row than these, the first ones stand for themselves. */
const MOST_BACKSLASHES = 1_024;

const LETTERS: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  f: "\f",
  v: "\v",
  0: "\0",
  '"': '"',
  "'": "'",
  "/": "/",
};

/** What an escape stands for, and where it ends; null when it goes on behind the text. */
type Escape = { readonly text: string; readonly end: number } | null;

/**
 * A text as it is without its escapes: JSON's, also of JSON inside of JSON, percent signs as in URLs, and the colours of
 * terminals. It knows where everything in it came from.
 */
export class UnescapedText {
  readonly text: string;
  /** From where on the original text can only be read with what follows it; its length when nowhere. */
  readonly open: number;
  readonly #at: readonly number[];
  readonly #origin: readonly number[];

  private constructor(text: string, open: number, at: readonly number[], origin: readonly number[]) {
    this.text = text;
    this.open = open;
    this.#at = at;
    this.#origin = origin;
  }

  /**
   * `undefined` when nothing in it is escaped.
   * @param isComplete whether nothing follows; else an escape that has only begun is left to what does
   */
  static of(original: string, isComplete: boolean): UnescapedText | undefined {
    if (!original.includes("\\") && !original.includes("%") && !original.includes("\x1b")) return undefined;
    const parts: string[] = [];
    const [at, origin] = [[0], [0]];
    let [length, taken, open] = [0, 0, original.length];
    for (let i = nextEscape(original, 0); i < original.length; i = nextEscape(original, i)) {
      const found = escapeAt(original, i);
      if (found === null && !isComplete) open = i;
      const { text, end } = found ?? { text: isComplete ? original.slice(i) : "", end: original.length };
      parts.push(original.slice(taken, i), text);
      length += i - taken;
      at.push(length, length + text.length);
      origin.push(i, end);
      length += text.length;
      taken = i = end;
    }
    parts.push(original.slice(taken));
    const text = parts.join("");
    return text === original && open === original.length ? undefined : new UnescapedText(text, open, at, origin);
  }

  /** Where the character at `index` of this text begins in the original one. */
  originOf(index: number): number {
    let [low, high] = [0, this.#at.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#at[middle] as number) <= index) low = middle;
      else high = middle - 1;
    }
    return (this.#origin[low] as number) + index - (this.#at[low] as number);
  }
}

/**
 * The text with a control character in place of every character of a terminal's escape, so that the last letter of one
 * is not taken for the first of a word.
 */
export function withoutControls(text: string): string {
  if (!text.includes("\x1b")) return text;
  const parts: string[] = [];
  let taken = 0;
  for (let i = text.indexOf("\x1b"); i !== -1; i = text.indexOf("\x1b", taken)) {
    const end = controlAt(text, i)?.end ?? text.length;
    parts.push(text.slice(taken, i), "\x1b".repeat(end - i));
    taken = end;
  }
  parts.push(text.slice(taken));
  return parts.join("");
}

function nextEscape(text: string, from: number): number {
  for (let i = from; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH || code === PERCENT || code === ESCAPE) return i;
  }
  return text.length;
}

function escapeAt(text: string, at: number): Escape {
  const code = text.charCodeAt(at);
  if (code === BACKSLASH) return backslashAt(text, at);
  return code === PERCENT ? percentAt(text, at) : controlAt(text, at);
}

/** Any number of backslashes and what they escape: each layer of JSON doubles them. */
function backslashAt(text: string, at: number): Escape {
  let end = at;
  while (text.charCodeAt(end) === BACKSLASH && end - at < MOST_BACKSLASHES) end += 1;
  if (end === text.length) return null;
  const letter = text.charAt(end);
  if (letter === "u") return hexAt(text, end + 1, 4);
  if (letter === "x") return hexAt(text, end + 1, 2);
  const meant = LETTERS[letter];
  return meant === undefined ? { text: "\\", end } : { text: meant, end: end + 1 };
}

/** Also one whose percent sign is escaped itself. */
function percentAt(text: string, at: number): Escape {
  let from = at + 1;
  while (text.startsWith("25", from) && from - at < LONGEST_CONTROL) from += 2;
  // What follows decides whether it was an escaped percent sign.
  const decoded = hexAt(text, from, 2);
  return decoded === null || decoded.end > from ? decoded : { text: "%", end: from };
}

/** The character of so many hexadecimal digits; nothing when there are others. */
function hexAt(text: string, from: number, digits: number): Escape {
  const hex = text.slice(from, from + digits);
  for (let i = 0; i < hex.length; i += 1) if (!HEX.has(hex.charAt(i))) return { text: "", end: from };
  if (hex.length < digits) return null;
  return { text: String.fromCharCode(Number.parseInt(hex, 16)), end: from + digits };
}

const HEX = new Set("0123456789abcdefABCDEF");

/** A control sequence of a terminal, which shows nothing (ECMA-48, 5.4). */
function controlAt(text: string, at: number): Escape {
  if (at + 1 === text.length) return null;
  if (text[at + 1] !== "[") return { text: "", end: at + 2 };
  const last = Math.min(text.length, at + LONGEST_CONTROL);
  for (let end = at + 2; end < last; end += 1) {
    const code = text.charCodeAt(end);
    if (code >= 0x40 && code <= 0x7e) return { text: "", end: end + 1 };
    if (code < 0x20 || code > 0x7e) return { text: "", end };
  }
  return last === text.length ? null : { text: "", end: last };
}
