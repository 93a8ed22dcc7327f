import type { IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { type SinkControls, startSinkServer } from "../sink-server.ts";
import { decodeSpans, type ReceivedSpan } from "./decode.ts";
import { answer, type SinkReply, takesSpans } from "./sink-reply.ts";

export type { ReceivedSpan } from "./decode.ts";
export type { SinkReply } from "./sink-reply.ts";

export interface TraceSinkOptions {
  /** The `authorization` that a request needs; any other is answered 401. */
  readonly authorization?: string;
  /** A message longer than this, before compression, is answered 413. */
  readonly maxBytes?: number;
}

/** A request as the sink received it, whether it was accepted or not. */
export interface SinkRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** Of the message, before compression. */
  readonly bytes: number;
  /** In the order in which they were sent; empty when the message could not be decoded. */
  readonly spans: readonly ReceivedSpan[];
  readonly reply: SinkReply;
}

/** A collector for tests: takes OTLP/HTTP with protobuf and decodes it with code that shares nothing with ours. */
export interface TraceSink extends SinkControls {
  /** What to set as `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly endpoint: string;
  /** The headers of every request, oldest first. */
  readonly requests: readonly IncomingMessage["headers"][];
  /** Every request, oldest first. */
  readonly log: readonly SinkRequest[];
  /** Every batch that was accepted. */
  readonly batches: readonly ReceivedSpan[][];
  /** The next answers, one a request; then what `replyAlways` said, or else `ok` again. */
  reply(...replies: SinkReply[]): void;
  /** Every answer from now on, until it is called with nothing. */
  replyAlways(reply?: SinkReply): void;
  /** What requests need from now on, in place of what was said at the start. */
  require(options: TraceSinkOptions): void;
  /** The first batch that holds a span of this trace; resolves when it is there. */
  batchOf(traceId: string): Promise<ReceivedSpan[]>;
  /** Every span of this trace that was accepted until now, in the order in which they came. */
  spansOf(traceId: string): ReceivedSpan[];
}

/** Starts a sink on a free port of the loopback address. */
export async function startTraceSink(options: TraceSinkOptions = {}): Promise<TraceSink> {
  const log: SinkRequest[] = [];
  const requests: IncomingMessage["headers"][] = [];
  const batches: ReceivedSpan[][] = [];
  const replies: SinkReply[] = [];
  let always: SinkReply | undefined;
  let needed = options;

  const server = await startSinkServer(async (incoming, response) => {
    const received = await receive(incoming);
    if (!received) return;
    const reply = verdict(received, needed) ?? replies.shift() ?? always ?? { kind: "ok" };
    requests.push(incoming.headers);
    log.push({ ...received, reply });
    if (takesSpans(reply)) batches.push([...received.spans]);
    answer(response, reply);
  });
  const { origin, ...controls } = server;
  const batchWith = (traceId: string) => batches.find((spans) => spans.some((span) => span.traceId === traceId));

  return {
    ...controls,
    endpoint: origin,
    requests,
    log,
    batches,
    reply: (...next) => void replies.push(...next),
    replyAlways: (reply) => {
      always = reply;
    },
    require: (next) => {
      needed = next;
    },
    batchOf: async (traceId) => {
      await controls.until(() => batchWith(traceId) !== undefined);
      return batchWith(traceId) ?? [];
    },
    spansOf: (traceId) => batches.flat().filter((span) => span.traceId === traceId),
  };
}

/** `undefined` when the client went away before it had sent everything. */
async function receive(incoming: IncomingMessage): Promise<Omit<SinkRequest, "reply"> | undefined> {
  try {
    const body = await buffer(incoming);
    const message = incoming.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
    const { method = "", url: path = "", headers } = incoming;
    return { method, path, headers, bytes: message.length, spans: decoded(message) };
  } catch {
    return undefined;
  }
}

function decoded(message: Uint8Array): ReceivedSpan[] {
  try {
    return decodeSpans(message);
  } catch {
    return [];
  }
}

/** What the request is answered whatever was planned. */
function verdict(request: Omit<SinkRequest, "reply">, options: TraceSinkOptions): SinkReply | undefined {
  const { authorization, maxBytes } = options;
  if (authorization !== undefined && request.headers.authorization !== authorization)
    return { kind: "status", status: 401 };
  if (maxBytes !== undefined && request.bytes > maxBytes) return { kind: "status", status: 413 };
  if (request.spans.length === 0) return { kind: "status", status: 400 };
  return undefined;
}
