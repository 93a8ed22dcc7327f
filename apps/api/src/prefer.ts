import { MAX_WAIT_SECONDS } from "./holding.ts";

/** A longer header is ignored, as a malformed one is. */
const LONGEST_CHARS = 1_024;
const SECONDS = /^\d{1,100}$/;

/**
 * How many seconds the client asks to wait by the header `Prefer: wait=N` (RFC 7240), at most `MAX_WAIT_SECONDS`.
 * `undefined` when it does not. What is malformed is ignored, as the RFC wants; the first of several counts.
 */
export function preferredWait(header: string | string[] | undefined): number | undefined {
  const text = String(header ?? "");
  if (text.length > LONGEST_CHARS) return undefined;
  const preferences = split(text, ",").map((preference) => split(preference, ";")[0] ?? "");
  const wait = preferences.map(nameAndValue).find(({ name }) => name === "wait");
  return wait && SECONDS.test(wait.value) ? Math.min(Number(wait.value), MAX_WAIT_SECONDS) : undefined;
}

function nameAndValue(preference: string): { name: string; value: string } {
  const [name = "", ...rest] = preference.split("=");
  const value = rest.join("=").trim();
  const isQuoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
  return { name: name.trim().toLowerCase(), value: isQuoted ? value.slice(1, -1) : value };
}

/** Splits at the separators that stand outside of quotes. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let [from, isQuoted] = [0, false];
  for (let at = 0; at < text.length; at += 1) {
    if (isQuoted && text[at] === "\\") at += 1;
    else if (text[at] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && text[at] === separator) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}
