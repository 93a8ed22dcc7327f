import { type HrTime, type SpanContext, SpanKind, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import type { ISerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { Resource } from "@opentelemetry/resources";
import type { Span } from "@pifleet/invocation";

/** A span in the form that the serializer of OpenTelemetry takes. */
type ReadableSpan = typeof ProtobufTraceSerializer extends ISerializer<(infer Item)[], unknown> ? Item : never;

const SCOPE = { name: "pi-fleet" };

const KINDS: Record<Span["kind"], SpanKind> = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

const STATUS_CODES: Record<Span["status"]["code"], SpanStatusCode> = {
  unset: SpanStatusCode.UNSET,
  ok: SpanStatusCode.OK,
  error: SpanStatusCode.ERROR,
};

/** Spans of these kinds continue what another process has sent. */
const RECEIVING: ReadonlySet<Span["kind"]> = new Set(["server", "consumer"]);

/** Our span as OpenTelemetry's; nothing in it is dropped. */
export function readableSpan(span: Span, resource: Resource): ReadableSpan {
  const { traceId, parentSpanId } = span;
  const isRemote = RECEIVING.has(span.kind);
  return {
    name: span.name,
    kind: KINDS[span.kind],
    spanContext: () => context(traceId, span.spanId),
    ...(parentSpanId && { parentSpanContext: { ...context(traceId, parentSpanId), isRemote } }),
    startTime: time(span.startMs),
    endTime: time(span.endMs),
    duration: time(span.endMs - span.startMs),
    ended: true,
    status: { code: STATUS_CODES[span.status.code], ...(span.status.message && { message: span.status.message }) },
    attributes: span.attributes,
    links: (span.links ?? []).map((link) => ({
      context: { ...context(link.traceId, link.spanId), isRemote },
      ...(link.attributes && { attributes: link.attributes }),
    })),
    events: span.events.map(({ name, atMs, attributes }) => ({ name, time: time(atMs), attributes: attributes ?? {} })),
    resource,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function context(traceId: string, spanId: string): SpanContext {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
}

/** Seconds and nanoseconds. Milliseconds with fractions hold microseconds exactly until the year 2255. */
function time(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1_000) * 1_000];
}
