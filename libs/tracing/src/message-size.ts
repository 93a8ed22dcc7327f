import type { AttributeValue, Span } from "@pifleet/invocation";

/** What a protobuf message takes around its text: tags, lengths, ids, times. Rounded up. */
const SPAN_BYTES = 160;
const EVENT_BYTES = 48;
const LINK_BYTES = 64;
const PAIR_BYTES = 24;
const ITEM_BYTES = 12;

/** How many bytes the span takes in an OTLP message, at most; cheap to tell, and seldom more than half too much. */
export function spanBytes({ name, status, attributes, events, links = [] }: Span): number {
  let bytes = SPAN_BYTES + textBytes(name) + textBytes(status.message ?? "") + attributesBytes(attributes);
  for (const event of events) bytes += EVENT_BYTES + textBytes(event.name) + attributesBytes(event.attributes ?? {});
  for (const link of links) bytes += LINK_BYTES + attributesBytes(link.attributes ?? {});
  return bytes;
}

function attributesBytes(attributes: Readonly<Record<string, AttributeValue>>): number {
  let bytes = 0;
  for (const key in attributes) bytes += PAIR_BYTES + key.length + valueBytes(attributes[key]);
  return bytes;
}

function valueBytes(value: AttributeValue | undefined): number {
  if (typeof value === "string") return textBytes(value);
  if (!Array.isArray(value)) return ITEM_BYTES;
  let bytes = 0;
  for (const item of value) bytes += ITEM_BYTES + (typeof item === "string" ? textBytes(item) : 0);
  return bytes;
}

function textBytes(text: string): number {
  return Buffer.byteLength(text);
}
