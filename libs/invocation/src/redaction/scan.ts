import { CLASSES, classOf, WORD } from "./characters.ts";
import { type Judged, valueBehind } from "./field-values.ts";
import { privateKeyAt } from "./private-keys.ts";
import { credentialBehind } from "./schemes.ts";
import type { SourceText } from "./source-text.ts";
import { beginsToken, type Found, tokenAt, type Verdict } from "./token-shapes.ts";
import { passwordAt } from "./url-passwords.ts";

/** The secrets in a text, in their order, and from where on only what follows can tell; the text's length when nowhere. */
export interface Scanned {
  readonly found: readonly Found[];
  readonly open: number;
}

const COLON = ":".charCodeAt(0);
const EQUALS = "=".charCodeAt(0);
const DASH = "-".charCodeAt(0);
const LETTER_B = "b".charCodeAt(0);
const CASE_BIT = 0x20;

/**
 * Finds what has the shape of a secret, in one pass: credentials by their issuers' prefixes, JSON Web Tokens, private
 * keys, passwords of URLs, and what stands behind the name of a secret. The time is linear in the length of the text.
 */
export function scan(source: SourceText): Scanned {
  const { text } = source;
  const { length } = text;
  const found: Found[] = [];
  let isInWord = source.isContinued;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    const interest = code < 128 ? (INTEREST[code] as number) : 0;
    const wasInWord = isInWord;
    isInWord = (interest & IN_WORD) !== 0;
    if ((interest & (wasInWord ? SIGN : SIGN | BEGINNING)) === 0) continue;
    const judged = isInWord ? wordAt(source, at, code) : signAt(source, at, code);
    if (judged === undefined || judged.verdict === "nothing") continue;
    if (judged.verdict === "undecided") return { found, open: judged.from };
    found.push(judged.verdict);
    at = Math.max(at, judged.verdict.end - 1);
    isInWord = (classOf(text.charCodeAt(at)) & WORD) !== 0;
  }
  return { found, open: length };
}

const IN_WORD = 1;
/** May be the first letter of something that is known by how it begins. */
const BEGINNING = 2;
/** A secret may stand behind or before it. */
const SIGN = 4;
const INTEREST = CLASSES.map((classes, code) => {
  if ((classes & WORD) === 0) return [COLON, EQUALS, DASH].includes(code) ? SIGN : 0;
  return beginsToken(code) || (code | CASE_BIT) === LETTER_B ? IN_WORD | BEGINNING : IN_WORD;
});

/** What begins with the word at `at`. */
function wordAt(source: SourceText, at: number, code: number): Judged | undefined {
  if ((code | CASE_BIT) === LETTER_B) return credentialBehind(source, at);
  return judged(tokenAt(source, at), at);
}

/** What begins at, or behind, a sign. */
function signAt(source: SourceText, at: number, code: number): Judged | undefined {
  if (code === EQUALS) return valueBehind(source, at);
  if (code === COLON)
    return source.text.startsWith("//", at + 1) ? passwordAt(source, at + 3) : valueBehind(source, at);
  if (code === DASH && source.text.charCodeAt(at - 1) !== DASH) return judged(privateKeyAt(source, at), at);
  return undefined;
}

function judged(verdict: Verdict, from: number): Judged | undefined {
  return verdict === "nothing" ? undefined : { verdict, from };
}
