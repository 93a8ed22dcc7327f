import { MAX_WAIT_SECONDS } from "./holding.ts";

const PREFERENCE =
  /^[ \t]*(?<name>[!#$%&'*+\-.^_`|~\w]+)(?:[ \t]*=[ \t]*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<word>[!#$%&'*+\-.^_`|~\w]*)))?[ \t]*(?:;.*)?$/;

/**
 * How many seconds the client asks to wait by the header `Prefer: wait=N` (RFC 7240), at most `MAX_WAIT_SECONDS`.
 * `undefined` when it does not. What is malformed is ignored, as the RFC wants; the first of several counts.
 */
export function preferredWait(header: string | string[] | undefined): number | undefined {
  const preferences = split(String(header ?? "")).map((text) => PREFERENCE.exec(text)?.groups);
  const wait = preferences.find((preference) => preference?.name?.toLowerCase() === "wait");
  const value = wait?.quoted ?? wait?.word ?? "";
  return /^\d+$/.test(value) ? Math.min(Number(value), MAX_WAIT_SECONDS) : undefined;
}

/** Splits at the commas that stand outside of quotes. */
function split(header: string): string[] {
  return header.match(/(?:"(?:[^"\\]|\\.)*"|[^,])+/g) ?? [];
}
