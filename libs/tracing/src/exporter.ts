import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { Span, TraceExport } from "@pifleet/invocation";
import { type Answer, post } from "./otlp-http.ts";
import { readableSpan } from "./readable-span.ts";

/** Where spans are sent, over OTLP/HTTP with protobuf (https://opentelemetry.io/docs/specs/otlp/). */
export interface TraceDestination {
  /** The whole URL, such as `http://127.0.0.1:4318/v1/traces`. */
  readonly endpoint: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly serviceName: string;
  readonly serviceVersion: string;
  /** How long one export may take with all its tries, milliseconds. Default 5,000. */
  readonly deadlineMs?: number;
}

const DEFAULT_DEADLINE_MS = 5_000;
const FIRST_BACKOFF_MS = 250;

/** Sends the spans of an attempt. It never rejects: what went wrong is the result. */
export type ExportSpans = (spans: readonly Span[]) => Promise<TraceExport>;

/** An exporter for one destination; without one, an exporter that says that export is off. */
export function createExporter(destination: TraceDestination | undefined): ExportSpans {
  if (!destination) return async () => ({ status: "off" });
  const resource = resourceFromAttributes({
    "service.name": destination.serviceName,
    "service.version": destination.serviceVersion,
  });
  return async (spans) => {
    const body = ProtobufTraceSerializer.serializeRequest(spans.map((span) => readableSpan(span, resource)));
    return body ? send(destination, body) : { status: "ok" };
  };
}

/** One batch, tried again while the deadline lasts when the answer says that this may help. */
async function send(destination: TraceDestination, body: Uint8Array): Promise<TraceExport> {
  const deadline = AbortSignal.timeout(destination.deadlineMs ?? DEFAULT_DEADLINE_MS);
  for (let backoffMs = FIRST_BACKOFF_MS; ; backoffMs *= 2) {
    const answer = await post(destination.endpoint, { ...destination.headers }, body, deadline);
    if (answer.kind !== "retryable") return result(answer);
    const waited = await wait(answer.retryAfterMs ?? backoffMs, deadline);
    if (!waited) return { status: "failed", reason: answer.reason };
  }
}

function result(answer: Exclude<Answer, { kind: "retryable" }>): TraceExport {
  if (answer.kind === "refused") return { status: "failed", reason: answer.reason };
  const { partialSuccess } = ProtobufTraceSerializer.deserializeResponse(answer.body);
  const rejected = Number(partialSuccess?.rejectedSpans ?? 0);
  if (rejected === 0) return { status: "ok" };
  return {
    status: "partial",
    reason: `${rejected} spans were refused: ${partialSuccess?.errorMessage ?? "no reason"}`,
  };
}

/** Resolves to `false` when the signal is aborted before the time is over. */
function wait(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve(true);
    }, ms);
    const onAbort = () => {
      clearTimeout(timer);
      resolve(false);
    };
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
