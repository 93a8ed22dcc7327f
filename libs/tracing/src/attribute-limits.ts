import type { AttributeValue } from "@pifleet/invocation";

/** What the attributes of a span consist of. */
export type Attributes = Record<string, AttributeValue>;

/** How long an attribute's value may be, bytes of UTF-8. Content has a limit of its own. */
export const MAX_VALUE_BYTES = 16_384;
/** How long the message of a status may be, bytes of UTF-8. */
export const MAX_MESSAGE_BYTES = 4_096;
/** How long the name of a span or of an event may be, bytes of UTF-8: a model can ask for a tool by any name. */
export const MAX_NAME_BYTES = 256;
/** How much the mark of a cut takes at most, on top of what is kept. */
export const CUT_MARK_BYTES = 64;
const MAX_ITEMS = 128;

/** Shorter than this in UTF-16 is shorter than `bytes` in UTF-8, whatever the characters. */
const MAX_BYTES_PER_CHAR = 3;

/**
 * The text, cut where it would pass `maxBytes` of UTF-8; what was cut off is told at its end, which comes on top. It
 * can always be encoded: half of a surrogate pair becomes U+FFFD.
 */
export function cutText(text: string, maxBytes: number): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  if (whole.length * MAX_BYTES_PER_CHAR <= maxBytes) return whole;
  const bytes = Buffer.byteLength(whole);
  if (bytes <= maxBytes) return whole;
  const { read } = new TextEncoder().encodeInto(whole, new Uint8Array(maxBytes));
  const kept = whole.slice(0, read);
  return `${kept}…[cut: ${bytes - Buffer.byteLength(kept)} more bytes]`;
}

/**
 * Attributes that every collector takes, out of whatever was given: texts and lists are cut, what OpenTelemetry has no
 * form for becomes text, and what is absent is left out. Never throws.
 */
export function boundAttributes(given: Readonly<Record<string, unknown>>, maxBytes = MAX_VALUE_BYTES): Attributes {
  const bounded: Attributes = {};
  for (const key in given) {
    const value = boundValue(given[key], maxBytes);
    if (value !== undefined) bounded[key] = value;
  }
  return bounded;
}

function boundValue(value: unknown, maxBytes: number): AttributeValue | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return boundList(value, maxBytes);
  if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return value;
  return cutText(textOf(value), maxBytes);
}

/** A list of one type, as OpenTelemetry has it; one of several types becomes texts. */
function boundList(list: readonly unknown[], maxBytes: number): AttributeValue {
  const items = list.slice(0, MAX_ITEMS);
  const more = list.length - items.length;
  if (more === 0 && items.every((item) => typeof item === "number" && Number.isFinite(item))) return items as number[];
  if (more === 0 && items.every((item) => typeof item === "boolean")) return items as boolean[];
  const texts = items.map((item) => cutText(textOf(item), Math.floor(maxBytes / items.length)));
  return more === 0 ? texts : [...texts, `…[cut: ${more} more items]`];
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // A cycle, a bigint inside, or a toJSON that throws.
    return "[no text]";
  }
}
