import {
  briefSubmission,
  type Invocation,
  type InvocationFields,
  toRecord,
  type WebhookEventType,
} from "@pifleet/invocation";

/** Of the output, and of the instructions, a message brings as much as this; the record has more. */
const MAX_TEXT_BYTES = 16_384;
/** A conversation longer than this, in JSON, is left to the record: it holds the output once more, and all tool output. */
const MAX_MESSAGES_BYTES = 65_536;

/** What the body of a webhook message holds, as JSON. */
export interface MessageBody {
  readonly type: WebhookEventType;
  /** When the invocation ended. */
  readonly timestamp: string;
  readonly data: InvocationFields & {
    /** The fields of which the message does not bring everything; there only when there are any. */
    readonly cut?: readonly (keyof InvocationFields)[];
  };
}

/** The body that tells how an invocation ended: made once, and word for word the same over all tries. */
export function messageBody(type: WebhookEventType, invocation: Invocation): string {
  const record = toRecord(invocation);
  const output = record.output && firstBytes(record.output, MAX_TEXT_BYTES);
  const instructions = record.instructions && firstBytes(record.instructions, MAX_TEXT_BYTES);
  const input = bytesOf(record.input) > MAX_TEXT_BYTES ? briefSubmission(invocation.submission).input : record.input;
  const messages = bytesOf(record.messages) > MAX_MESSAGES_BYTES ? [] : record.messages;
  const brought = { input, instructions, output, messages };
  const cut = (Object.keys(brought) as (keyof typeof brought)[]).filter((name) => brought[name] !== record[name]);
  const body: MessageBody = {
    type,
    timestamp: record.endedAt ?? record.createdAt,
    data: { ...record, ...brought, ...(cut.length > 0 && { cut }) },
  };
  return JSON.stringify(body);
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** As much of a text as fits into so many bytes of UTF-8, whole characters only. */
function firstBytes(text: string, maxBytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}
