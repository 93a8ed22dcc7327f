import { resourceFromAttributes } from "@opentelemetry/resources";
import type { Span } from "@pifleet/invocation";
import { Deadline } from "./deadline.ts";
import type { ExportResult } from "./export-result.ts";
import { ExportSlots } from "./export-slots.ts";
import type { Connection, Target } from "./otlp-http.ts";
import { Outages } from "./outages.ts";
import { sendSpans } from "./send-spans.ts";

type Headers = Readonly<Record<string, string>>;

/** Where spans are sent, over OTLP/HTTP with protobuf (https://opentelemetry.io/docs/specs/otlp/). */
export interface TraceDestination {
  /** The whole URL, such as `http://127.0.0.1:4318/v1/traces`. */
  readonly endpoint: string;
  /** Sent with every request; a function is asked at each export, so that a credential can change. */
  readonly headers?: Headers | (() => Headers);
  readonly serviceName: string;
  /** More attributes of the resource. */
  readonly resource?: Readonly<Record<string, string>>;
  readonly serviceVersion: string;
  /** How long one export may take with all its messages and tries, milliseconds. Default 10,000. */
  readonly deadlineMs?: number;
  readonly connection?: Connection;
}

/** State that several senders share. */
export interface SenderPool {
  readonly slots: Pick<ExportSlots, "run">;
  readonly outages: Pick<Outages, "reason" | "begin" | "note">;
}

/** How one export is made. */
export interface SendOptions {
  /** Breaks the export off when it is aborted; the rest is unsent. */
  readonly stop?: AbortSignal | undefined;
  /**
   * Whether the spans were tried before, so that their record already says how they stand. Only such an export finds
   * out whether a collector that was away is back; a first one is unsent at once.
   */
  readonly isAgain?: boolean;
}

/** Brings spans to one destination. It never rejects: what went wrong is the result. */
export type SendSpans = (spans: readonly Span[], options?: SendOptions) => Promise<ExportResult>;

const DEFAULT_DEADLINE_MS = 10_000;
const DEFAULT_SLOTS = 16;
const STOPPED = "the worker was stopped";

/** State of senders that take turns. @param slots how many exports may be under way at once */
export function createSenderPool(slots: number = DEFAULT_SLOTS): SenderPool {
  return { slots: new ExportSlots(slots), outages: new Outages() };
}

/** Sends to one destination, each export in as few messages as a collector takes, in their order. */
export function createSender(destination: TraceDestination, pool: SenderPool = createSenderPool()): SendSpans {
  const { endpoint, serviceName, serviceVersion, deadlineMs = DEFAULT_DEADLINE_MS } = destination;
  const url = URL.parse(endpoint);
  const resource = resourceFromAttributes({
    ...destination.resource,
    "service.name": serviceName,
    "service.version": serviceVersion,
  });
  return async (spans, { stop, isAgain = false } = {}) => {
    if (spans.length === 0) return { kind: "ok", sent: 0 };
    if (!url) return { kind: "refused", rejected: spans.length, reason: "the endpoint is no URL", mayPass: false };
    const unsent = (reason: string) => ({ kind: "unsent", sent: 0, rejected: 0, spans, reason }) as const;
    const away = pool.outages.reason(url.href, isAgain);
    if (away !== undefined) return unsent(away);
    const deadline = new Deadline(deadlineMs, stop);
    let isAsked = false;
    const sent = await pool.slots.run(deadline, async (): Promise<ExportResult> => {
      // Others may have found out that the collector is away while this export waited for its turn.
      const reason = pool.outages.begin(url.href, isAgain);
      if (reason !== undefined) return unsent(reason);
      isAsked = true;
      return sendSpans(targetOf(url, destination), resource, spans, deadline);
    });
    // That it was broken off says nothing of the collector.
    if (stop?.aborted) return sent && sent.kind !== "unsent" ? sent : { ...(sent ?? unsent("")), reason: STOPPED };
    if (!sent) return unsent("too many exports were under way");
    if (!isAsked) return sent;
    if (sent.kind === "unsent") pool.outages.note(url.href, sent.reason, sent.retryAfterMs);
    else pool.outages.note(url.href);
    return sent;
  };
}

function targetOf(url: URL, { headers = {}, connection }: TraceDestination): Target {
  const sent = typeof headers === "function" ? headers() : headers;
  return { url, headers: sent, ...(connection && { connection }) };
}
