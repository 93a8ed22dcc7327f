import type { ByteRange } from "@pifleet/invocation";

const FORM = /^bytes=\s*(?:(?<first>\d+)-(?<last>\d*)|-(?<suffix>\d+))\s*$/i;

/**
 * The part of `bytes` bytes that a `Range` header asks for (RFC 9110, 14.2). `undefined` for all of it: also when the
 * header is malformed or wants several parts, which a server may answer as a whole.
 */
export function requestedRange(header: string | undefined, bytes: number): ByteRange | "unsatisfiable" | undefined {
  const { first, last, suffix } = FORM.exec(header ?? "")?.groups ?? {};
  if (suffix !== undefined) return lastBytes(Number(suffix), bytes);
  if (first === undefined) return undefined;
  const from = Number(first);
  const to = last ? Number(last) + 1 : bytes;
  if (to <= from && last) return undefined;
  return from < bytes ? { from, to: Math.min(to, bytes) } : "unsatisfiable";
}

function lastBytes(count: number, bytes: number): ByteRange | "unsatisfiable" {
  if (count === 0 || bytes === 0) return "unsatisfiable";
  return { from: Math.max(0, bytes - count), to: bytes };
}
