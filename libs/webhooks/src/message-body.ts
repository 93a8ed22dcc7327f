import { type Invocation, type InvocationRecord, toRecord, type WebhookEventType } from "@pifleet/invocation";

/** Of the output, a message brings as much as this; the record has all of it. */
const MAX_OUTPUT_BYTES = 16_384;
/** A conversation longer than this, in JSON, is left to the record: it holds the output once more, and all tool output. */
const MAX_MESSAGES_BYTES = 65_536;

/** What the body of a webhook message holds, as JSON. */
export interface MessageBody {
  readonly type: WebhookEventType;
  /** When the invocation ended. */
  readonly timestamp: string;
  readonly data: InvocationRecord & {
    /** The fields of which the message does not bring everything; there only when there are any. */
    readonly cut?: readonly (keyof InvocationRecord)[];
  };
}

/** The body that tells how an invocation ended: made once, and word for word the same over all tries. */
export function messageBody(type: WebhookEventType, invocation: Invocation): string {
  const record = toRecord(invocation);
  const output = record.output && firstBytes(record.output, MAX_OUTPUT_BYTES);
  const isLong = Buffer.byteLength(JSON.stringify(record.messages)) > MAX_MESSAGES_BYTES;
  const cut = [...(output === record.output ? [] : (["output"] as const)), ...(isLong ? (["messages"] as const) : [])];
  const body: MessageBody = {
    type,
    timestamp: record.endedAt ?? record.createdAt,
    data: { ...record, output, ...(isLong && { messages: [] }), ...(cut.length > 0 && { cut }) },
  };
  return JSON.stringify(body);
}

/** As much of a text as fits into so many bytes of UTF-8, whole characters only. */
function firstBytes(text: string, maxBytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}
