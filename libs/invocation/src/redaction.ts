import { begun, begunShape, SECRET_FIELD, SHAPES, shapeIndex } from "./secret-shapes.ts";

/** What stands where a secret stood. */
export const REDACTED = "[redacted]";

/** A known secret shorter than this would blank ordinary words. */
const MIN_SECRET_LENGTH = 8;

/** Takes secrets out of text: those that it knows by value, and whatever has the shape of one. */
export class Redactor {
  readonly #known: readonly string[];

  /** @param secrets values that must never be seen; those under 8 characters are left to the shapes */
  constructor(secrets: Iterable<string> = []) {
    const known = [...new Set(secrets)].filter((secret) => secret.length >= MIN_SECRET_LENGTH);
    // The same secret looks different inside of a JSON string.
    const escaped = known.map((secret) => JSON.stringify(secret).slice(1, -1));
    this.#known = [...new Set([...known, ...escaped])].sort((a, b) => b.length - a.length);
  }

  /** The text with every secret replaced by `[redacted]`. */
  text(text: string): string {
    let clean = text;
    for (const secret of this.#known) clean = clean.replaceAll(secret, REDACTED);
    for (const shape of SHAPES) clean = clean.replace(shape, replaceShape);
    return clean;
  }

  /** Where in `text` a secret may begin by its shape; the text's length when nowhere. */
  suspectIndex(text: string): number {
    return shapeIndex(text);
  }

  /** How many of the last characters of `text` may be the first ones of a secret, or of the shape of one. */
  begunSecret(text: string): number {
    return Math.max(begunShape(text), ...this.#known.map((secret) => begun(text, secret)));
  }

  /** A copy of a JSON value with every string in it, keys included, redacted. */
  value<T>(value: T): T {
    return this.#copy(value) as T;
  }

  #copy(value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.#copy(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.#field(key, item)]));
  }

  /** A field's name can tell that its value is a secret, which the value alone would not. */
  #field(key: string, item: unknown): unknown {
    return typeof item === "string" && SECRET_FIELD.test(key) ? REDACTED : this.#copy(item);
  }
}

function replaceShape(match: string, ...rest: unknown[]): string {
  const groups = rest.at(-1);
  const keep = typeof groups === "object" && groups !== null && "keep" in groups ? String(groups.keep) : "";
  return match === keep ? match : `${keep}${REDACTED}`;
}
