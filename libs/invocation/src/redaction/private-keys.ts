import { CREDENTIAL, classOf, runEnd, SPACE } from "./characters.ts";
import type { SourceText } from "./source-text.ts";
import { isOpen, type Verdict } from "./token-shapes.ts";

const BEGINNING = "-----BEGIN ";
const LABEL_END = " KEY-----";
const LONGEST_LABEL = 64;
/** Such as `RSA PRIVATE` or `PRIVATE`. */
const PRIVATE_LABEL = /^(?:[A-Z\d]+ )*PRIVATE$/;
/** What has come of a label and of the dashes behind it. */
const LABEL_BEGUN = /^[A-Z\d ]*-{0,5}$/;
/** Follows the content of a private key. */
export const PRIVATE_KEY_END = "-----END ";
/** The first line of the content holds at least so many characters of base64. */
const LEAST_LINE = 16;
const LONGEST_SPACE = 16;
/** Begins the content of a private key that is encrypted. */
const HEADER = "Proc-Type:";
const COLON = ":".charCodeAt(0);
const COMMA = ",".charCodeAt(0);

/** Whether a private key in PEM (RFC 7468) begins at `at`: the secret is between its first and its last line. */
export function privateKeyAt(source: SourceText, at: number): Verdict {
  const { text, isComplete } = source;
  if (!text.startsWith(BEGINNING, at)) {
    const isBegun = !isComplete && text.length - at < BEGINNING.length && BEGINNING.startsWith(text.slice(at));
    return isBegun ? "undecided" : "nothing";
  }
  const label = text.slice(at + BEGINNING.length, at + BEGINNING.length + LONGEST_LABEL);
  const labelEnd = label.indexOf(LABEL_END);
  if (labelEnd === -1) {
    const isBegun = label.length < LONGEST_LABEL && LABEL_BEGUN.test(label);
    return !isComplete && isBegun ? "undecided" : "nothing";
  }
  // What stands before is no label of a key when another line, or another word, is part of it.
  if (!PRIVATE_LABEL.test(label.slice(0, labelEnd))) return "nothing";
  return contentAt(source, at + BEGINNING.length + labelEnd + LABEL_END.length);
}

function contentAt(source: SourceText, start: number): Verdict {
  const { text } = source;
  const line = runEnd(text, start, SPACE, LONGEST_SPACE);
  const isKey = text.startsWith(HEADER, line) || runEnd(text, line, CREDENTIAL, LEAST_LINE) - line === LEAST_LINE;
  if (!isKey)
    return !source.isComplete && text.length - line < LEAST_LINE && isAllContent(text, line) ? "undecided" : "nothing";
  const end = endOfContent(text, start);
  return isOpen(source, start, end) ? "undecided" : { start, end };
}

function isAllContent(text: string, from: number): boolean {
  return endOfContent(text, from) === text.length;
}

/** Where the content of a private key that goes on at `from` ends. */
export function endOfContent(text: string, from: number): number {
  let end = from;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if ((classOf(code) & (CREDENTIAL | SPACE)) === 0 && code !== COLON && code !== COMMA) return end;
    if (text.startsWith(PRIVATE_KEY_END, end)) return end;
  }
  return end;
}
