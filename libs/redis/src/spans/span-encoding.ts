import type { Span } from "@pifleet/invocation";
import { decodeText, encodeText } from "../scripting/text-encoding.ts";

/** The spans of one write as one element of a span list; empty when there are none. */
export async function encodeSpans(spans: readonly Span[]): Promise<Buffer> {
  return spans.length === 0 ? Buffer.alloc(0) : encodeText(JSON.stringify(spans));
}

/** The spans of an element. @throws {RangeError} for a form that is not known here. */
export async function decodeSpans(element: Buffer): Promise<Span[]> {
  return JSON.parse(await decodeText(element));
}
