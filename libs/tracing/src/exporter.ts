import { resourceFromAttributes } from "@opentelemetry/resources";
import type { Span, TraceExport } from "@pifleet/invocation";
import { Deadline } from "./deadline.ts";
import { type ExportResult, toTraceExport } from "./export-result.ts";
import { ExportSlots } from "./export-slots.ts";
import type { Connection } from "./otlp-http.ts";
import { sendSpans } from "./send-spans.ts";

type Headers = Readonly<Record<string, string>>;

/** Where spans are sent, over OTLP/HTTP with protobuf (https://opentelemetry.io/docs/specs/otlp/). */
export interface TraceDestination {
  /** The whole URL, such as `http://127.0.0.1:4318/v1/traces`. */
  readonly endpoint: string;
  /** Sent with every request; a function is asked at each export, so that a credential can change. */
  readonly headers?: Headers | (() => Headers);
  readonly serviceName: string;
  readonly serviceVersion: string;
  /** How long one export may take with all its messages and tries, milliseconds. Default 5,000. */
  readonly deadlineMs?: number;
  readonly connection?: Connection;
}

/** Brings spans to one destination. It never rejects: what went wrong is the result. */
export type SendSpans = (spans: readonly Span[]) => Promise<ExportResult>;

/** Sends the spans of an attempt. It never rejects: what went wrong is the result. */
export type ExportSpans = (spans: readonly Span[]) => Promise<TraceExport>;

const DEFAULT_DEADLINE_MS = 5_000;
const DEFAULT_SLOTS = 16;

/**
 * Sends to one destination, each export in as few messages as a collector takes, in their order.
 * @param slots shared by all senders that are to take turns
 */
export function createSender(destination: TraceDestination, slots = new ExportSlots(DEFAULT_SLOTS)): SendSpans {
  const { endpoint, serviceName, serviceVersion, deadlineMs = DEFAULT_DEADLINE_MS } = destination;
  const url = URL.parse(endpoint);
  const resource = resourceFromAttributes({ "service.name": serviceName, "service.version": serviceVersion });
  return async (spans) => {
    if (spans.length === 0) return { kind: "ok", sent: 0 };
    if (!url) return { kind: "refused", rejected: spans.length, reason: "the endpoint is no URL" };
    const deadline = new Deadline(deadlineMs);
    const { connection, headers = {} } = destination;
    const sent = await slots.run(deadline, () => {
      const target = {
        url,
        headers: typeof headers === "function" ? headers() : headers,
        ...(connection && { connection }),
      };
      return sendSpans(target, resource, spans, deadline);
    });
    return sent ?? { kind: "unsent", sent: 0, rejected: 0, spans, reason: "too many exports were under way" };
  };
}

/** An exporter for one destination; without one, an exporter that says that export is off. */
export function createExporter(destination: TraceDestination | undefined, slots?: ExportSlots): ExportSpans {
  if (!destination) return async () => ({ status: "off" });
  const send = createSender(destination, slots);
  return async (spans) => toTraceExport(await send(spans));
}
