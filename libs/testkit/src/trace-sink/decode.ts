import { bytesField, varintField, WireMessage } from "./wire.ts";

/**
 * Reads what a collector is sent, by the numbers of the fields in opentelemetry-proto 1.7
 * (https://github.com/open-telemetry/opentelemetry-proto/tree/v1.7.0/opentelemetry/proto). It shares no code with what
 * encodes spans, so that a test which decodes them here does not repeat the encoder's mistakes.
 */

type Scalar = string | number | boolean;
export type ReceivedValue = Scalar | Scalar[];
type Attributes = Record<string, ReceivedValue>;

/** A span as a collector received it. `parentSpanId` is empty for a root. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: string;
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  readonly attributes: Attributes;
  readonly events: { readonly name: string; readonly timeUnixNano: bigint; readonly attributes: Attributes }[];
  readonly links: { readonly traceId: string; readonly spanId: string; readonly attributes: Attributes }[];
  readonly status: { readonly code: string; readonly message?: string };
  readonly resource: Attributes;
}

const KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
const CODES = ["UNSET", "OK", "ERROR"];

/** Decodes an `ExportTraceServiceRequest`, with the spans in the order in which they were sent. */
export function decodeSpans(body: Uint8Array): ReceivedSpan[] {
  return new WireMessage(body).messages(1).flatMap((resourceSpans) => {
    const resource = attributesOf(resourceSpans.messages(1).at(-1), 1);
    const spans = resourceSpans.messages(2).flatMap((scopeSpans) => scopeSpans.messages(2));
    return spans.map((span) => ({ ...spanOf(span), resource }));
  });
}

/** The body of an answer that refuses some of the spans: an `ExportTraceServiceResponse`. */
export function encodePartialSuccess(rejectedSpans: number, errorMessage: string): Uint8Array {
  const message = bytesField(2, new TextEncoder().encode(errorMessage));
  return bytesField(1, Buffer.concat([varintField(1, rejectedSpans), message]));
}

function spanOf(span: WireMessage): Omit<ReceivedSpan, "resource"> {
  return {
    traceId: span.hex(1),
    spanId: span.hex(2),
    parentSpanId: span.hex(4),
    name: span.text(5),
    kind: `SPAN_KIND_${nameOf(KINDS, span.number(6))}`,
    startTimeUnixNano: span.number(7),
    endTimeUnixNano: span.number(8),
    attributes: attributesOf(span, 9),
    events: span.messages(11).map((event) => ({
      name: event.text(2),
      timeUnixNano: event.number(1),
      attributes: attributesOf(event, 3),
    })),
    links: span.messages(13).map((link) => ({
      traceId: link.hex(1),
      spanId: link.hex(2),
      attributes: attributesOf(link, 4),
    })),
    status: statusOf(span.messages(15).at(-1)),
  };
}

function statusOf(status: WireMessage | undefined): ReceivedSpan["status"] {
  const code = `STATUS_CODE_${nameOf(CODES, status?.number(3) ?? 0n)}`;
  return status?.has(2) ? { code, message: status.text(2) } : { code };
}

function attributesOf(owner: WireMessage | undefined, field: number): Attributes {
  const pairs = owner?.messages(field) ?? [];
  return Object.fromEntries(pairs.map((pair) => [pair.text(1), attributeValue(pair.messages(2).at(-1))]));
}

/** The value of an attribute; lists of lists and maps are not among ours. */
function attributeValue(value: WireMessage | undefined): ReceivedValue {
  const list = value?.messages(5).at(-1);
  return list ? list.messages(1).map(scalarOf) : scalarOf(value);
}

function scalarOf(value: WireMessage | undefined): Scalar {
  if (value?.has(1)) return value.text(1);
  if (value?.has(2)) return value.number(2) !== 0n;
  if (value?.has(3)) return Number(BigInt.asIntN(64, value.number(3)));
  if (value?.has(4)) return value.double(4);
  throw new RangeError("An attribute has a value that is none of ours");
}

function nameOf(names: readonly string[], value: bigint): string {
  return names[Number(value)] ?? `${value}`;
}
