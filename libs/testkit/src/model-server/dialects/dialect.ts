import type { ReplyPart } from "../replies.ts";

/** The tokens that every answer of the fake model claims to have used. */
export const CLAIMED_USAGE = { input: 100, output: 20, cacheRead: 40 } as const;

const PIECE = /.{1,12}/gs;

/** A provider's way to stream an answer. */
export interface Dialect {
  /** Whether a request to this path is in the dialect. */
  speaks(path: string): boolean;
  /** The frames of an answer, as they go over the wire. */
  frames(parts: readonly ReplyPart[], model: string): string[];
}

/** The text in the pieces in which it is streamed. */
export function pieces(text: string): string[] {
  return text.match(PIECE) ?? [];
}

/** An event of a server-sent event stream. */
export function frame(data: unknown, event?: string): string {
  const body = typeof data === "string" ? data : JSON.stringify(data);
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${body}\n\n`;
}
