import { createRequire } from "node:module";
import * as z from "zod";

// An older release of the transformer, whose generated decoder shares no code with what encoded the spans.
const generated = createRequire(import.meta.url)("otlp-decode/build/src/generated/root");
const Request = generated.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
const Response = generated.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;

const Scalar = z.union([
  z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
  z.object({ intValue: z.coerce.number() }).transform(({ intValue }) => intValue),
  z.object({ doubleValue: z.number() }).transform(({ doubleValue }) => doubleValue),
  z.object({ boolValue: z.boolean() }).transform(({ boolValue }) => boolValue),
]);
const AnyValue = z.union([
  Scalar,
  z
    .object({ arrayValue: z.object({ values: z.array(Scalar).optional() }) })
    .transform(({ arrayValue }) => arrayValue.values ?? []),
]);

const Attributes = z
  .array(z.object({ key: z.string(), value: AnyValue }))
  .default([])
  .transform((pairs) => Object.fromEntries(pairs.map(({ key, value }) => [key, value])));

const Hex = z.string().transform((base64) => Buffer.from(base64, "base64").toString("hex"));

const DecodedSpan = z.object({
  traceId: Hex,
  spanId: Hex,
  parentSpanId: Hex.default(""),
  name: z.string(),
  kind: z.union([z.string(), z.number()]),
  startTimeUnixNano: z.coerce.bigint(),
  endTimeUnixNano: z.coerce.bigint(),
  attributes: Attributes,
  events: z.array(z.object({ name: z.string(), timeUnixNano: z.coerce.bigint(), attributes: Attributes })).default([]),
  links: z.array(z.object({ traceId: Hex, spanId: Hex, attributes: Attributes })).default([]),
  status: z.object({ code: z.string().optional(), message: z.string().optional() }).default({}),
});

/** A span as a collector received it. `parentSpanId` is empty for a root. */
export type ReceivedSpan = z.infer<typeof DecodedSpan> & { resource: Record<string, unknown> };

const Decoded = z.object({
  resourceSpans: z
    .array(
      z.object({
        resource: z.object({ attributes: Attributes }),
        scopeSpans: z.array(z.object({ spans: z.array(DecodedSpan) })),
      }),
    )
    .default([]),
});

/** Decodes the body of an OTLP request, with the spans in the order in which they were sent. */
export function decodeSpans(body: Uint8Array): ReceivedSpan[] {
  const json = Request.toObject(Request.decode(body), { longs: String, enums: String, bytes: String });
  return Decoded.parse(json).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, resource: resource.attributes }))),
  );
}

/** The body of an answer that refuses some of the spans. */
export function encodePartialSuccess(rejectedSpans: number, errorMessage: string): Uint8Array {
  return Response.encode({ partialSuccess: { rejectedSpans, errorMessage } }).finish();
}
