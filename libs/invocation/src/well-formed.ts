/** Values nested deeper than this are left as they are; nothing that is shown is. */
const DEEPEST = 200;

/**
 * The JSON value with every text in it, names of fields included, made well-formed: half of a surrogate pair, which is
 * no character and which many readers of JSON refuse, becomes U+FFFD. In linear time.
 */
export function wellFormed<T>(value: T): T {
  return copy(value, 0) as T;
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null || depth === DEEPEST) return value;
  if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toWellFormed(), copy(item, depth + 1)]));
}

/** Joins the halves of pairs that were cut apart between two pieces of a text, and replaces those that have no other. */
export class WholeCharacters {
  #half = "";

  /** Takes a piece; returns what may be passed on now: all but a first half at its end. */
  push(piece: string): string {
    const text = this.#half + piece;
    const last = text.charCodeAt(text.length - 1);
    const end = last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length;
    this.#half = text.slice(end);
    return text.slice(0, end).toWellFormed();
  }

  /** The text has ended: returns the rest. */
  end(): string {
    const rest = this.#half.toWellFormed();
    this.#half = "";
    return rest;
  }
}
