import { CREDENTIAL, classAt, runEnd, SPACE, WORD } from "./characters.ts";
import type { Judged } from "./field-values.ts";
import { isMixed, looksRandom } from "./plausibility.ts";
import type { SourceText } from "./source-text.ts";
import { isOpen } from "./token-shapes.ts";

const SCHEMES = ["bearer", "basic"] as const;
const LONGEST_SPACE = 16;
const MIN_CREDENTIAL = 12;
/** As much of a credential is decoded to see what it is; a whole number of groups of base64. */
const DECODED_CHARS = 512;

/** Whether the word at `at`, where one begins, is `Bearer` or `Basic` with a credential behind it (RFC 6750, RFC 7617). */
export function credentialBehind(source: SourceText, at: number): Judged {
  const { text, isComplete } = source;
  const scheme = SCHEMES.find((word) => isWordAt(text, at, word));
  const space = at + (scheme?.length ?? 0);
  const from = runEnd(text, space, SPACE, LONGEST_SPACE);
  if (!scheme || from === space) return { verdict: "nothing", from: at };
  if (from === text.length) return { verdict: isComplete ? "nothing" : "undecided", from };
  const end = source.runEnd(from, CREDENTIAL);
  if (isOpen(source, from, end)) return { verdict: "undecided", from };
  const value = text.slice(from, Math.min(end, from + DECODED_CHARS));
  const isCredential =
    value.length >= MIN_CREDENTIAL &&
    (scheme === "basic" ? isUserAndPassword(value) : isMixed(value) || looksRandom(value));
  return { verdict: isCredential ? { start: from, end } : "nothing", from };
}

function isWordAt(text: string, at: number, word: string): boolean {
  for (let i = 0; i < word.length; i += 1) {
    // The bit tells capitals from small letters.
    if ((text.charCodeAt(at + i) | 0x20) !== word.charCodeAt(i)) return false;
  }
  return (classAt(text, at + word.length) & WORD) === 0;
}

/** Whether it is base64 of a text with a colon in it. */
function isUserAndPassword(value: string): boolean {
  try {
    return atob(value.replaceAll("-", "+").replaceAll("_", "/")).includes(":");
  } catch {
    return false;
  }
}
