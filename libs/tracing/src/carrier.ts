import type { Carrier } from "@pifleet/invocation";

/** The fields of a `traceparent` header. */
export interface Traceparent {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}

/** version - trace id - parent id - flags (https://www.w3.org/TR/trace-context/#traceparent-header). */
const TRACEPARENT =
  /^(?<version>[0-9a-f]{2})-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<rest>-.*)?$/;
const ALL_ZEROS = /^0+$/;
const SAMPLED_FLAG = 1;

/** The limits up to which the specifications oblige us to carry these headers on. */
const MAX_TRACESTATE_CHARS = 512;
const MAX_BAGGAGE_BYTES = 8_192;

/** Reads a `traceparent`; `undefined` when it is absent or malformed, which starts a trace of its own. */
export function parseTraceparent(header: string | undefined): Traceparent | undefined {
  const fields = TRACEPARENT.exec(header?.trim() ?? "")?.groups;
  if (!fields) return undefined;
  const { version = "", traceId = "", spanId = "", flags = "", rest } = fields;
  // ff is forbidden; version 00 has exactly four fields; later versions may add more.
  if (version === "ff" || (version === "00" && rest !== undefined)) return undefined;
  if (ALL_ZEROS.test(traceId) || ALL_ZEROS.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED_FLAG) === SAMPLED_FLAG };
}

/**
 * Takes the trace context from the headers of a request. What is malformed or too long is left out; `tracestate`
 * means nothing without a `traceparent`.
 */
export function carrierFrom(headers: Readonly<Record<string, string | string[] | undefined>>): Carrier {
  const traceparent = single(headers.traceparent);
  const parent = parseTraceparent(traceparent);
  const tracestate = joined(headers.tracestate);
  const baggage = joined(headers.baggage);
  return {
    ...(parent && { traceparent: traceparent?.trim() }),
    ...(parent && tracestate && tracestate.length <= MAX_TRACESTATE_CHARS && { tracestate }),
    ...(baggage && Buffer.byteLength(baggage) <= MAX_BAGGAGE_BYTES && { baggage }),
  };
}

/** The caller's trace id, if the carrier has one. */
export function traceIdOf(carrier: Carrier): string | undefined {
  return parseTraceparent(carrier.traceparent)?.traceId;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? (value.length === 1 ? value[0] : undefined) : value;
}

function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(",") : value;
}
