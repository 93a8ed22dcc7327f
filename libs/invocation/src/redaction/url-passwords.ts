import { classAt, SPACE } from "./characters.ts";
import type { Judged } from "./field-values.ts";
import type { SourceText } from "./source-text.ts";

/** Longer names of users, and longer passwords, are no part of a URL that anybody uses. */
const LONGEST_USER = 128;
const LONGEST_PASSWORD = 2_048;

/** Whether the `://` that ends before `at` begins the user and the password of a URL. */
export function passwordAt({ text, isComplete }: SourceText, at: number): Judged {
  const colon = endOfPart(text, at, LONGEST_USER, true);
  if (text[colon] !== ":") return { verdict: "nothing", from: at };
  const from = colon + 1;
  const end = endOfPart(text, from, LONGEST_PASSWORD, false);
  if (end === text.length && !isComplete && end - from < LONGEST_PASSWORD) return { verdict: "undecided", from };
  return { verdict: text[end] === "@" && end > from ? { start: from, end } : "nothing", from };
}

/** Where a part of the authority of a URL ends: at most `longest` further. */
function endOfPart(text: string, from: number, longest: number, endsAtColon: boolean): number {
  const last = Math.min(text.length, from + longest);
  let end = from;
  for (; end < last; end += 1) {
    const character = text[end];
    if (character === "@" || character === "/" || (endsAtColon && character === ":")) break;
    if ((classAt(text, end) & SPACE) !== 0 || character === '"' || character === "'") break;
  }
  return end;
}
