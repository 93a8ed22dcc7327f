import { classAt, DASH, DELIMITER, LOWER, runEnd, runStart, SPACE, WORD } from "./characters.ts";
import { isHarmless, isMixed, looksRandom } from "./plausibility.ts";
import type { SourceText } from "./source-text.ts";
import { isOpen, type Verdict } from "./token-shapes.ts";

/** A verdict on the text from `from` on. */
export interface Judged {
  readonly verdict: Verdict;
  readonly from: number;
}

/** How sure it is that the value under a name is a secret. */
export type Strength = "password" | "key" | "token";

/** Longer names, and more space between a name and its value, do not belong together. */
const LONGEST_NAME = 64;
const LONGEST_SPACE = 16;
/** A longer value is a secret or none by its beginning. */
const JUDGED_CHARS = 128;
const MIN_QUOTED = 4;
const MIN_PLAIN = 6;
const MIN_TOKEN = 12;
const QUOTES = "\"'`";

const NAMES: Readonly<Record<Strength, readonly string[]>> = {
  password: ["password", "passwd", "passphrase"],
  key: [
    ...["apikey", "secretkey", "accesskey", "privatekey", "signingkey", "encryptionkey", "authkey", "masterkey"],
    ...["accesstoken", "refreshtoken", "authtoken", "bearertoken", "sessiontoken", "idtoken", "apitoken"],
    ...["clientsecret", "apisecret", "webhooksecret", "appsecret", "authorization"],
  ],
  token: ["token", "secret"],
};
const STRENGTHS: readonly Strength[] = ["password", "key", "token"];
/** The last two letters of all these names: most names are told apart by them. */
const ENDINGS = new Set(Object.values(NAMES).flatMap((names) => names.map((name) => name.slice(-2))));
const LONGEST_ENDING = 2;
/** Tokens that say where a list goes on. */
const CURSORS: readonly string[] = ["pagetoken", "nexttoken", "continuationtoken", "cursortoken", "synctoken"];

/** How sure it is that the value under this name is a secret; `undefined` for an ordinary name. */
export function strengthOf(name: string): Strength | undefined {
  if (name.length > LONGEST_NAME || !ENDINGS.has(name.slice(-LONGEST_ENDING).toLowerCase())) return undefined;
  const plain = name.toLowerCase().replaceAll("_", "").replaceAll("-", "");
  if (CURSORS.some((cursor) => plain.endsWith(cursor))) return undefined;
  return STRENGTHS.find((strength) => NAMES[strength].some((ending) => plain.endsWith(ending)));
}

/** Whether a text that is the whole value of a field with such a name is a secret. */
export function isSecretValue(value: string, strength: Strength): boolean {
  if (strength === "token") return value.length >= MIN_TOKEN && looksRandom(value);
  const head = value.slice(0, JUDGED_CHARS);
  return value.length >= MIN_QUOTED && !hasSpace(head) && !isHarmless(head);
}

function hasSpace(value: string): boolean {
  for (let i = 0; i < value.length; i += 1) if ((classAt(value, i) & SPACE) !== 0) return true;
  return false;
}

/** Whether the colon or equals sign at `at` stands between the name of a secret and the secret. */
export function valueBehind(source: SourceText, at: number): Judged {
  const { text, isComplete } = source;
  const name = nameBefore(text, at);
  const strength = name && strengthOf(name);
  if (!name || !strength) return { verdict: "nothing", from: at };
  const from = beginningOfValue(text, at + 1);
  if (from === text.length) return { verdict: isComplete ? "nothing" : "undecided", from };
  const quote = text.charAt(from);
  if (QUOTES.includes(quote)) return { verdict: quotedValue(source, from + 1, quote, strength), from: from + 1 };
  // Such as in a file of environment variables.
  const isCertain = text[at] === "=" && from === at + 1 && strength !== "token" && isUpperCase(name);
  return { verdict: plainValue(source, from, strength, isCertain), from };
}

/** The name that ends before `at`, with a quote and some space between where there are. */
function nameBefore(text: string, at: number): string | undefined {
  let end = runStart(text, at, SPACE, LONGEST_SPACE);
  if (end > 0 && QUOTES.includes(text.charAt(end - 1))) end -= 1;
  const start = runStart(text, end, WORD | DASH, LONGEST_NAME + 1);
  return start === end ? undefined : text.slice(start, end);
}

/** Behind the second sign of `:=`, `==` and `=>`, and some space. */
function beginningOfValue(text: string, from: number): number {
  const sign = text[from] === "=" || text[from] === ">" ? from + 1 : from;
  return runEnd(text, sign, SPACE, LONGEST_SPACE);
}

function isUpperCase(name: string): boolean {
  for (let i = 0; i < name.length; i += 1) if ((classAt(name, i) & LOWER) !== 0) return false;
  return true;
}

function quotedValue(source: SourceText, from: number, quote: string, strength: Strength): Verdict {
  const { text } = source;
  const end = Math.min(source.indexOf(quote, from), source.indexOf("\n", from));
  if (isOpen(source, from, end)) return "undecided";
  const start = behindScheme(text, from);
  const value = text.slice(start, end);
  const isSecret = start > from ? isSecretPlain(value, strength, true) : isSecretValue(value, strength);
  return isSecret && end > start ? { start, end } : "nothing";
}

function plainValue(source: SourceText, from: number, strength: Strength, isCertain: boolean): Verdict {
  const { text } = source;
  const start = behindScheme(text, from);
  const end = source.runEndWithout(start, DELIMITER);
  if (isOpen(source, from, end)) return "undecided";
  return isSecretPlain(text.slice(start, end), strength, isCertain || start > from) ? { start, end } : "nothing";
}

function isSecretPlain(value: string, strength: Strength, isCertain: boolean): boolean {
  const head = value.slice(0, JUDGED_CHARS);
  if (isCertain) return value.length >= MIN_PLAIN && !isHarmless(head);
  if (strength === "token") return value.length >= MIN_TOKEN && looksRandom(head);
  return value.length >= MIN_PLAIN && isMixed(head) && !isHarmless(head);
}

const SCHEMES: readonly string[] = ["bearer", "basic", "token", "digest", "apikey"];
const LONGEST_SCHEME = 8;

/** Behind the word that says which kind of credential follows, such as `Bearer`; `from` when there is none. */
function behindScheme(text: string, from: number): number {
  const word = runEnd(text, from, WORD | DASH, LONGEST_SCHEME);
  if ((classAt(text, word) & SPACE) === 0 || !SCHEMES.includes(text.slice(from, word).toLowerCase())) return from;
  return runEnd(text, word, SPACE, LONGEST_SPACE);
}
