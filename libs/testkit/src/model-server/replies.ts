/** A piece of what the fake model says. */
export type ReplyPart =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "tool_call";
      readonly id: string;
      readonly name: string;
      readonly arguments: Record<string, unknown>;
    };

/** How the fake model answers one request. */
export type Reply = StreamedReply | RawReply | StatusReply | { readonly kind: "hang" };

export interface StreamedReply {
  readonly kind: "stream";
  readonly parts: readonly ReplyPart[];
  /** Milliseconds before each frame. */
  readonly frameDelayMs: number;
  /** What happens after `frames` frames instead of the end: silence, or a connection that is cut. */
  readonly breaks?: { readonly how: "stall" | "cut"; readonly frames: number };
}

/** Frames that the test has made itself, as they go over the wire. */
export interface RawReply {
  readonly kind: "raw";
  readonly frames: readonly string[];
  /** Milliseconds before each frame. */
  readonly frameDelayMs: number;
}

export interface StatusReply {
  readonly kind: "status";
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;
}

let calls = 0;

/** An answer of text alone. */
export function text(said: string): StreamedReply {
  return { kind: "stream", parts: [{ type: "text", text: said }], frameDelayMs: 0 };
}

/** An answer that calls a tool, after `said` when it says something. */
export function toolCall(name: string, args: Record<string, unknown>, said?: string): StreamedReply {
  calls += 1;
  const call: ReplyPart = { type: "tool_call", id: `call_${calls}`, name, arguments: args };
  return { kind: "stream", parts: said === undefined ? [call] : [{ type: "text", text: said }, call], frameDelayMs: 0 };
}

/** An answer of several parts, such as two tool calls at once. */
export function together(...replies: readonly StreamedReply[]): StreamedReply {
  return { kind: "stream", parts: replies.flatMap(({ parts }) => parts), frameDelayMs: 0 };
}

/** A refusal. */
export function status(code: number, body: unknown, headers: Record<string, string> = {}): StatusReply {
  return { kind: "status", status: code, body, headers };
}

/** An answer of these server-sent events: JSON values, and texts as they are. */
export function raw(events: readonly unknown[], frameDelayMs = 0): RawReply {
  const frames = events.map((event) => (typeof event === "string" ? event : `data: ${JSON.stringify(event)}\n\n`));
  return { kind: "raw", frames, frameDelayMs };
}

/** A connection on which nothing ever comes. */
export function hang(): Reply {
  return { kind: "hang" };
}

/** An answer that stops in the middle without ending. */
export function stallAfter(frames: number, said: string): StreamedReply {
  return { ...text(said), breaks: { how: "stall", frames } };
}

/** An answer whose connection is cut in the middle. */
export function cutAfter(frames: number, said: string): StreamedReply {
  return { ...text(said), breaks: { how: "cut", frames } };
}

/** An answer that takes its time before each frame. */
export function slow(frameDelayMs: number, said: string): StreamedReply {
  return { ...text(said), frameDelayMs };
}

/** An answer that ends properly and says nothing. */
export function empty(): StreamedReply {
  return { kind: "stream", parts: [], frameDelayMs: 0 };
}
