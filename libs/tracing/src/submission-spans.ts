import type { Carrier, Invocation, Span } from "@pifleet/invocation";
import { type Attributes, boundAttributes } from "./attribute-limits.ts";
import { commonAttributes } from "./attributes.ts";
import { parseTraceparent, traceparentFor } from "./carrier.ts";
import { newSpanId, newTraceId } from "./ids.ts";
import { producerAttributes, type SubmissionRequest, serverAttributes } from "./queue-attributes.ts";

export interface SubmissionTrace {
  /** The caller's trace context. */
  readonly carrier: Carrier;
  readonly invocation: Pick<Invocation, "id" | "tenant">;
  readonly request: SubmissionRequest;
  /** The name of the queue, such as `invocations`. */
  readonly queue: string;
  /** When the request arrived, when it was about to be recorded, and when its spans end; Unix milliseconds. */
  readonly startMs: number;
  readonly sendMs: number;
  readonly endMs: number;
}

export interface SubmissionSpans {
  readonly traceId: string;
  /** What the invocation travels with: the PRODUCER span under which every attempt hangs. */
  readonly carrier: Carrier;
  /** The SERVER and the PRODUCER span, attempt 0; the first one hangs on the caller's span, if there is one. */
  readonly spans: [server: Span, producer: Span];
}

/** The spans of a submission, which continue the caller's trace or begin one. Sampling is the caller's choice. */
export function submissionSpans(submission: SubmissionTrace): SubmissionSpans {
  const { carrier, invocation, request, queue, startMs, sendMs, endMs } = submission;
  const caller = parseTraceparent(carrier.traceparent);
  const traceId = caller?.traceId ?? newTraceId();
  const finished = (span: Pick<Span, "name" | "kind" | "parentSpanId" | "startMs">, attributes: Attributes): Span => ({
    ...{ traceId, spanId: newSpanId(), attempt: 0, ...span },
    endMs: Math.max(endMs, span.startMs),
    status: { code: "unset" },
    attributes: { ...commonAttributes(invocation), ...boundAttributes(attributes) },
    events: [],
  });
  const name = `${request.method ?? "POST"} ${request.route}`;
  const server = finished(
    { name, kind: "server", parentSpanId: caller?.spanId ?? null, startMs },
    serverAttributes(request, invocation),
  );
  const producer = finished(
    { name: `send ${queue}`, kind: "producer", parentSpanId: server.spanId, startMs: Math.max(sendMs, startMs) },
    producerAttributes(queue, invocation),
  );
  const traceparent = traceparentFor(traceId, producer.spanId, caller?.sampled ?? true);
  return { traceId, carrier: { ...carrier, traceparent }, spans: [server, producer] };
}
