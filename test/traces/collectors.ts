import { type ReceivedSpan, startTraceSink, type TraceSink } from "@pifleet/testkit/trace-sink";
import { CANARIES } from "./canary.ts";

declare global {
  interface ImportMeta {
    readonly env: { readonly MODE: string };
  }
}

/** How a collector behaves, and what is to come of exports to it. */
export interface Behaviour {
  readonly title: string;
  /** Makes a collector behave so that wants this `authorization`. */
  readonly begin: (sink: TraceSink, authorization: string) => void | Promise<void>;
  /** What the record says of the export of so many attempts. */
  readonly told: (attempts: number) => { status: string; reason?: RegExp; rejectedSpans?: number };
  /** What one try is counted as. */
  readonly counted: "ok" | "partial" | "spooled" | "quarantined";
  /** Makes a collector take the spans that could not. */
  readonly mend?: (sink: TraceSink) => void | Promise<void>;
}

const TAKEN = { told: () => ({ status: "ok" }), counted: "ok" } as const;
const spooled = (reason: RegExp) => ({ told: () => ({ status: "spooled", reason }), counted: "spooled" }) as const;

/** More than any span of these tests takes, and less than all spans of an attempt together. */
const SMALL_BYTES = 3_600;

export const BEHAVIOURS: readonly Behaviour[] = [
  { title: "takes them", begin: () => undefined, ...TAKEN },
  { title: "answers 503, then takes them", begin: (sink) => sink.reply({ kind: "status", status: 503 }), ...TAKEN },
  {
    title: "is down",
    begin: (sink) => sink.down(),
    mend: (sink) => sink.up(),
    ...spooled(/cannot be reached \(ECONNREFUSED\)$/),
  },
  {
    title: "takes them in part",
    begin: (sink) => sink.replyAlways({ kind: "partial", rejected: 1, message: refusal() }),
    told: (attempts) => ({ status: "partial", rejectedSpans: attempts, reason: /1 span was refused: no room/ }),
    counted: "partial",
  },
  {
    title: "answers 413 to large messages",
    begin: (sink, authorization) => sink.require({ authorization, maxBytes: SMALL_BYTES }),
    ...TAKEN,
  },
  {
    title: "hangs",
    begin: (sink) => sink.replyAlways({ kind: "hang" }),
    mend: (sink) => sink.replyAlways(),
    ...spooled(/did not answer in time$/),
  },
  {
    title: "drips",
    begin: (sink) => sink.replyAlways({ kind: "drip", everyMs: 50 }),
    mend: (sink) => sink.replyAlways(),
    ...spooled(/did not answer in time$/),
  },
  {
    title: "refuses the credential",
    begin: (sink) => sink.require({ authorization: "Bearer another" }),
    told: () => ({ status: "failed", reason: /answered 401$/ }),
    counted: "quarantined",
  },
];

/** The message of a partial success that tells more than it should. */
function refusal(): string {
  return `no room for ${CANARIES.anthropicKey}, which came with Bearer ${CANARIES.collector}`;
}

/**
 * The behaviours that one of several rows of tests is made with. `npm run test:traces` makes every row with all of
 * them; `npm test`, to be quick, with one, so that eight rows have them all.
 */
export function behavioursOf(row: number): readonly Behaviour[] {
  if (import.meta.env.MODE === "whole") return BEHAVIOURS;
  return BEHAVIOURS.filter((_, column) => (row + column) % BEHAVIOURS.length === 0);
}

/** A collector that an invocation names. */
export interface OpenCollector extends AsyncDisposable {
  readonly behaviour: Behaviour;
  readonly sink: TraceSink;
  /** What to submit. */
  readonly destination: { readonly endpoint: string; readonly headers: Record<string, string> };
}

const AUTHORIZATION = `Bearer ${CANARIES.collector}`;

/** Opens a collector that behaves so. */
export async function openCollector(behaviour: Behaviour): Promise<OpenCollector> {
  const sink = await startTraceSink({ authorization: AUTHORIZATION });
  await behaviour.begin(sink, AUTHORIZATION);
  const destination = { endpoint: `${sink.endpoint}/v1/traces`, headers: { authorization: AUTHORIZATION } };
  return { behaviour, sink, destination, [Symbol.asyncDispose]: () => sink.close() };
}

/** What a collector was sent of a trace, taken or refused, each span as it came first. */
export function spansSent({ log }: TraceSink, traceId: string): ReceivedSpan[] {
  const spans = log.flatMap((request) => request.spans).filter((span) => span.traceId === traceId);
  return spans.filter(({ spanId }, i) => spans.findIndex((span) => span.spanId === spanId) === i);
}
