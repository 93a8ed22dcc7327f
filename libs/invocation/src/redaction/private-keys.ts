import { BASE64, CREDENTIAL, classAt, runEnd, SPACE } from "./characters.ts";
import { looksRandom } from "./plausibility.ts";
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
const END = "-----END ";
/** Every line of the content but the last holds at least so many characters of base64. */
const LEAST_LINE = 16;
const LONGEST_SPACE = 16;
/** Begin the content of a private key that is encrypted. */
const HEADERS = ["Proc-Type:", "DEK-Info:"] as const;
const LONGEST_HEADER = 64;
const LONGEST_PADDING = 2;
const EQUALS = "=";
const MOST_HELD_OF_REST = 512;

/** Stands for a private key whose beginning was taken out before: what follows it is judged as its content. */
export const PRIVATE_KEY_BEGUN = `-----BEGIN PRIVATE KEY-----${"A".repeat(LEAST_LINE)}`;

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

/** The content is base64 in lines, which spaces may separate instead; prose that follows it is not part of it. */
function contentAt(source: SourceText, start: number): Verdict {
  const { text, isComplete } = source;
  const line = runEnd(text, start, SPACE, LONGEST_SPACE);
  const isEncrypted = text.startsWith(HEADERS[0], line);
  if (!isEncrypted && runEnd(text, line, BASE64, LEAST_LINE) - line < LEAST_LINE)
    return !isComplete && isContentBegun(text.slice(line)) ? "undecided" : "nothing";
  const end = endOfLines(source, isEncrypted ? endOfHeaders(text, line) : line);
  // Of a key that is known to go on, little is held: what is held is looked at again with every piece.
  const isHeld = !source.beginsInKey || start > PRIVATE_KEY_BEGUN.length || end - start < MOST_HELD_OF_REST;
  return isHeld && isOpen(source, start, end) ? "undecided" : { start, end, isPrivateKey: true };
}

function isContentBegun(text: string): boolean {
  return HEADERS[0].startsWith(text) || runEnd(text, 0, BASE64, LEAST_LINE) === text.length;
}

function endOfHeaders(text: string, from: number): number {
  let end = from;
  for (const header of HEADERS) {
    if (!text.startsWith(header, end)) return end;
    const value = runEnd(text, end + header.length, SPACE, LONGEST_SPACE);
    let valueEnd = value;
    while (valueEnd < value + LONGEST_HEADER && valueEnd < text.length && (classAt(text, valueEnd) & SPACE) === 0)
      valueEnd += 1;
    end = runEnd(text, valueEnd, SPACE, LONGEST_SPACE);
  }
  return end;
}

/** Where the lines end of which the first begins at `first`; the text's length when what follows it may be one more. */
function endOfLines({ text, isComplete }: SourceText, first: number): number {
  const canSee = (at: number) => isComplete || at + END.length <= text.length;
  for (let from = first; ; ) {
    const line = runEnd(text, from, SPACE, text.length);
    const base64End = runEnd(text, line, BASE64, text.length);
    const end = paddingEnd(text, base64End);
    if (!canSee(end)) return text.length;
    if (base64End - line < LEAST_LINE) {
      const behind = runEnd(text, end, SPACE, text.length);
      if (!canSee(behind)) return text.length;
      return isLastLine(text, line, end, behind) ? end : line;
    }
    if (isAnotherWord(text, base64End, end)) return line === first ? base64End : line;
    if ((classAt(text, end) & SPACE) === 0) return end;
    from = end;
  }
}

function paddingEnd(text: string, from: number): number {
  let end = from;
  while (end < from + LONGEST_PADDING && text[end] === EQUALS) end += 1;
  return end;
}

/** Whether what is shorter than a line is the last one, and no word behind a key without its end. */
function isLastLine(text: string, line: number, end: number, behind: number): boolean {
  if (behind === text.length || text.startsWith(END, behind)) return true;
  return behind > end && looksRandom(text.slice(line, end));
}

/** Whether what looks like a line is a longer word that begins with it, such as a name before an equals sign. */
function isAnotherWord(text: string, base64End: number, end: number): boolean {
  if (text.startsWith(END, end)) return false;
  const isPadding = end > base64End && (classAt(text, end) & SPACE) !== 0;
  const next = classAt(text, base64End + 1);
  const goesOn = base64End + 1 < text.length && (next & SPACE) === 0;
  return !isPadding && goesOn && (text[base64End] === ":" || (classAt(text, base64End) & CREDENTIAL) !== 0);
}
