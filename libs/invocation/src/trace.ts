import * as z from "zod";

/**
 * The caller's trace context in the form in which it travels: the headers of W3C Trace Context and Baggage
 * (https://www.w3.org/TR/trace-context/, https://www.w3.org/TR/baggage/). What is malformed is left out when the
 * carrier is made, so whoever holds one may trust it.
 */
export const Carrier = z.object({
  traceparent: z.string().optional(),
  tracestate: z.string().optional(),
  baggage: z.string().optional(),
});
export type Carrier = z.infer<typeof Carrier>;

export const AttributeValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.string()),
  z.array(z.number()),
  z.array(z.boolean()),
]);
export type AttributeValue = z.infer<typeof AttributeValue>;

/** A span of this or of another trace that a span has to do with, and that is not its parent only. */
export const SpanLink = z.object({
  traceId: z.string(),
  spanId: z.string(),
  attributes: z.record(z.string(), AttributeValue).optional(),
});
export type SpanLink = z.infer<typeof SpanLink>;

/** A finished span, in the form in which it is kept, shown and exported. Times are Unix milliseconds, with fractions. */
export const Span = z
  .object({
    traceId: z.string(),
    spanId: z.string(),
    parentSpanId: z.string().nullable(),
    name: z.string(),
    kind: z.enum(["internal", "server", "client", "producer", "consumer"]),
    attempt: z.int().min(0),
    startMs: z.number(),
    endMs: z.number(),
    status: z.object({ code: z.enum(["unset", "ok", "error"]), message: z.string().optional() }),
    attributes: z.record(z.string(), AttributeValue),
    events: z.array(
      z.object({ name: z.string(), atMs: z.number(), attributes: z.record(z.string(), AttributeValue).optional() }),
    ),
    links: z.array(SpanLink).optional(),
  })
  .meta({ id: "Span" });
export type Span = z.infer<typeof Span>;

/** A span as it is when it starts. */
export const StartedSpan = Span.omit({ endMs: true, status: true, events: true });
export type StartedSpan = z.infer<typeof StartedSpan>;

/**
 * One thing that happened to the spans of an attempt. All entries in their order make the spans, so whoever finds the
 * journal of a worker that was lost can make of it what the worker would have made.
 */
export const JournalEntry = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("start"), span: StartedSpan }),
  z.object({ kind: z.literal("attributes"), spanId: z.string(), attributes: Span.shape.attributes }),
  z.object({ kind: z.literal("event"), spanId: z.string(), event: Span.shape.events.element }),
  z.object({
    kind: z.literal("end"),
    spanId: z.string(),
    endMs: z.number(),
    status: Span.shape.status,
    attributes: Span.shape.attributes.optional(),
  }),
]);
export type JournalEntry = z.infer<typeof JournalEntry>;
