/** What stands where a secret stood. */
export const REDACTED = "[redacted]";

/** A known secret shorter than this would blank ordinary words. */
const MIN_SECRET_LENGTH = 8;

/**
 * The shapes of secrets. What is captured as `keep` stays, so that the reader sees what kind of thing was there.
 * None of them spans more than two words, which is what lets a stream be redacted piece by piece.
 */
const SHAPES: readonly RegExp[] = [
  // A field that holds a key, in JSON or in JSON inside of JSON, where every quote has a backslash before it.
  /(?<keep>\\*["'](?:api[_-]?key|apikey|x-api-key|access[_-]?token|refresh[_-]?token|client[_-]?secret|secret[_-]?key|authorization|password)\\*["']\s*[:=]\s*\\*["'])[^"'\\\s]{4,}/gi,
  /(?<keep>\b(?:api[_-]?key|access[_-]?token|secret[_-]?key|client[_-]?secret|x-api-key)[=:]\s?)[^\s"'&,;\\]{8,}/gi,
  /(?<keep>\b(?:bearer|basic)\s)[\w.~+/=-]{12,}/gi,
  // Keys by their issuers' prefixes.
  /\bsk-[\w-]{12,}/g,
  /\bwhsec_[\w+/=-]{12,}/g,
  /\bpf_[\w-]{20,}/g,
  /\b(?:gh[oprsu]|github_pat|glpat|xox[abprs])[_-][\w-]{16,}/g,
  /\bAIza[\w-]{30,}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  // A JSON Web Token: two base64url JSON objects and a signature.
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g,
  // The password in a URL.
  /(?<keep>\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@/]+(?=@)/gi,
];

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

const SECRET_FIELD =
  /^(?:api[_-]?key|x-api-key|access[_-]?token|refresh[_-]?token|client[_-]?secret|secret[_-]?key|authorization|password)$/i;

function replaceShape(match: string, ...rest: unknown[]): string {
  const groups = rest.at(-1);
  const keep = typeof groups === "object" && groups !== null && "keep" in groups ? String(groups.keep) : "";
  return match === keep ? match : `${keep}${REDACTED}`;
}
