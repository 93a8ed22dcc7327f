/**
 * The shapes of secrets. What is captured as `keep` stays, so that the reader sees what kind of thing was there.
 * None of them spans more than two words, which is what lets a stream be redacted piece by piece.
 */
export const SHAPES: readonly RegExp[] = [
  // A field that holds a key, in JSON or in JSON inside of JSON, where every quote has a backslash before it.
  /(?<keep>\\*["'](?:api[_-]?key|apikey|x-api-key|access[_-]?token|refresh[_-]?token|client[_-]?secret|secret[_-]?key|authorization|password)\\*["']\s*[:=]\s*\\*["'])[^"'\\\s]{4,}/gi,
  /(?<keep>\b(?:api[_-]?key|access[_-]?token|secret[_-]?key|client[_-]?secret|x-api-key)[=:]\s?)[^\s"'&,;\\]{8,}/gi,
  /(?<keep>\b(?:bearer|basic)\s)[\w.~+/=-]{12,}/gi,
  // Keys by their issuers' prefixes.
  /\bsk-[\w-]{12,}/g,
  /\bwhsec_[\w+/=-]{12,}/g,
  /\bpf_[\w-]{20,}/g,
  // An API key of our own; its id stays, and tells which one to revoke.
  /(?<keep>\bpifleet_[0-9A-Z]{26}_)[\w-]{12,}/g,
  /\b(?:gh[oprsu]|github_pat|glpat|xox[abprs])[_-][\w-]{16,}/g,
  /\bAIza[\w-]{30,}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  // A JSON Web Token: two base64url JSON objects and a signature.
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g,
  // The password in a URL.
  /(?<keep>:\/\/[^\s:/@]*:)[^\s@/]+(?=@)/g,
];

/** How every shape begins; a text without any of these holds no secret by its shape. Lower case. */
const BEGINNINGS: readonly string[] = [
  ...["api_key", "api-key", "apikey", "x-api-key", "access_token", "access-token", "accesstoken"],
  ...["refresh_token", "refresh-token", "refreshtoken", "client_secret", "client-secret", "clientsecret"],
  ...["secret_key", "secret-key", "secretkey", "authorization", "password", "bearer", "basic"],
  ...[
    "sk-",
    "whsec_",
    "pf_",
    "pifleet_",
    "gho",
    "ghp",
    "ghr",
    "ghs",
    "ghu",
    "github_pat",
    "glpat",
    "xoxa",
    "xoxb",
    "xoxp",
    "xoxr",
  ],
  ...["xoxs", "aiza", "akia", "asia", "eyj", "://"],
];

/** The quotes that stand before the name of a field, and their backslashes, belong to the shape. */
const BEGINNING = new RegExp(`[\\\\"']*(?:${BEGINNINGS.join("|")})`, "i");
const QUOTES_AT_END = /[\\"']*$/;

/** Names of fields whose value is a secret whatever it looks like. */
export const SECRET_FIELD =
  /^(?:api[_-]?key|x-api-key|access[_-]?token|refresh[_-]?token|client[_-]?secret|secret[_-]?key|authorization|password)$/i;

/** Where in `text` a secret may begin by its shape; the text's length when nowhere. */
export function shapeIndex(text: string): number {
  return BEGINNING.exec(text)?.index ?? text.length;
}

/** How many of the last characters of `text` may be the first ones of a shape. */
export function begunShape(text: string): number {
  const end = text.slice(-MAX_BEGINNING_CHARS);
  const letters = Math.max(...BEGINNINGS.map((beginning) => begun(end.toLowerCase(), beginning)));
  const quotes = QUOTES_AT_END.exec(end.slice(0, end.length - letters))?.[0].length ?? 0;
  return letters + quotes;
}

/** The quotes before a name count as part of it; more of them than this do not. */
const MAX_BEGINNING_CHARS = 32;

/** The length of the longest end of `text` that is a beginning of `secret`, but not all of it. */
export function begun(text: string, secret: string): number {
  for (let length = Math.min(text.length, secret.length - 1); length > 0; length -= 1) {
    if (text.endsWith(secret.slice(0, length))) return length;
  }
  return 0;
}
