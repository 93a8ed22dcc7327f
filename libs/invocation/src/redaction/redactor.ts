import { isSecretValue, strengthOf } from "./field-values.ts";
import { KnownSecrets } from "./known-secrets.ts";
import { isKnownSecret } from "./plausibility.ts";
import { type Scanned, scan } from "./scan.ts";
import { type Piece, SourceText } from "./source-text.ts";
import type { Found } from "./token-shapes.ts";
import { UnescapedText, withoutControls } from "./unescaped-text.ts";

/** Stands where a secret stood. */
export const REDACTED = "[redacted]";

/** Values nested deeper than this are left out: nothing that is shown to anybody is. */
const DEEPEST = 100;
/** Of a longer secret, the beginning gives it away. */
const LONGEST_KNOWN = 4_096;
/** How often escapes are looked for in what escapes stood for: as of a URL inside of JSON inside of a URL. */
const MOST_LAYERS = 3;
const TOO_DEEP = "[nested too deeply]";

/**
 * Takes secrets out of texts: those it knows by value, and whatever has the shape of one. It finds them behind the
 * escapes of JSON, URLs and terminals too. The time is linear in the length of the text, whatever the text is.
 */
export class Redactor {
  readonly #known: KnownSecrets;

  /** @param secrets values that must never be seen; short ones and those that everybody knows are left alone */
  constructor(secrets: Iterable<string> = []) {
    const known = Array.from(secrets).filter(isKnownSecret);
    const unescaped = known.map((secret) => UnescapedText.of(secret, true)?.text ?? secret);
    this.#known = new KnownSecrets([...known, ...unescaped].map((secret) => secret.slice(0, LONGEST_KNOWN)));
  }

  /** The text with every secret replaced by `[redacted]`. */
  text(text: string): string {
    return replaced(text, this.find(text, { isComplete: true }).found);
  }

  /** Finds the secrets in a text: in their order, and apart. What follows decides what begins at `open` or behind it. */
  find(text: string, piece: Piece): Scanned {
    return this.#findWithin(text, piece, MOST_LAYERS);
  }

  /** Looks at the text as it is, and at what it says without its escapes, which may hold escapes again. */
  #findWithin(text: string, piece: Piece, layers: number): Scanned {
    const plain = this.#look(withoutControls(text), piece);
    const unescaped = layers === 0 ? undefined : UnescapedText.of(text, piece.isComplete);
    if (!unescaped) return undivided(plain.found, plain.open);
    const inside = this.#findWithin(unescaped.text, piece, layers - 1);
    const found = inside.found.map((secret) => ({
      ...secret,
      start: unescaped.originOf(secret.start),
      end: unescaped.originOf(secret.end),
    }));
    const open = piece.isComplete ? text.length : Math.min(unescaped.open, unescaped.originOf(inside.open));
    return undivided([...plain.found, ...found], Math.min(plain.open, open));
  }

  #look(text: string, piece: Piece): Scanned {
    const { found, open } = scan(new SourceText(text, piece));
    const known = this.#known.search(text);
    return {
      found: known.found.length === 0 ? found : [...found, ...known.found],
      open: piece.isComplete ? text.length : Math.min(open, text.length - known.begun),
    };
  }

  /** A copy of a JSON value with every string in it, keys included, redacted. */
  value<T>(value: T): T {
    return this.#copy(value, 0) as T;
  }

  #copy(value: unknown, depth: number): unknown {
    if (typeof value === "string") return this.text(value);
    if (typeof value !== "object" || value === null) return value;
    if (depth === DEEPEST) return TOO_DEEP;
    if (Array.isArray(value)) return value.map((item) => this.#copy(item, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [this.text(key), this.#field(key, item, depth)]),
    );
  }

  /** The name of a field can tell that its value is a secret, when the value alone would not. */
  #field(key: string, item: unknown, depth: number): unknown {
    const strength = typeof item === "string" ? strengthOf(key) : undefined;
    return strength && isSecretValue(item as string, strength) ? REDACTED : this.#copy(item, depth + 1);
  }
}

/** The text with what was found in it replaced. */
export function replaced(text: string, found: readonly Found[]): string {
  if (found.length === 0) return text;
  const parts: string[] = [];
  let taken = 0;
  for (const { start, end } of found) {
    parts.push(text.slice(taken, start), REDACTED);
    taken = end;
  }
  return parts.join("") + text.slice(taken);
}

/** In their order, with those that overlap made one. One that reaches into what is open is open itself. */
function undivided(found: readonly Found[], open: number): Scanned {
  const merged: Found[] = [];
  for (const secret of found.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (!last || secret.start >= last.end) merged.push(secret);
    else if (secret.end > last.end) merged[merged.length - 1] = { ...secret, start: last.start };
  }
  const last = merged.at(-1);
  if (!last || last.end <= open) return { found: merged, open };
  const decided = merged.filter(({ end }) => end <= open);
  return { found: decided, open: Math.min(open, merged[decided.length]?.start ?? open) };
}
