import type { Outcome } from "./outcome.ts";

/** How long the output of an invocation may be, bytes of UTF-8. */
export const MAX_OUTPUT_BYTES = 1_048_576;
/** The same of its messages as JSON. */
export const MAX_MESSAGES_BYTES = 4_194_304;

/**
 * The outcome with no more than a record may hold: an output that is too long is cut, and says so at its end; of messages
 * that are too long together, the newest stay.
 */
export function boundedOutcome<Kind extends Outcome>(outcome: Kind): Kind {
  const { output, messages } = outcome;
  return { ...outcome, output: output === null ? null : cut(output), messages: newest(messages) };
}

function cut(text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_OUTPUT_BYTES) return text;
  const note = `\n[cut: the output had ${bytes} bytes, and ${MAX_OUTPUT_BYTES} are kept]`;
  const kept = Buffer.from(text).subarray(0, MAX_OUTPUT_BYTES - note.length);
  // A character that was cut in its middle goes.
  return new TextDecoder().decode(kept, { stream: true }) + note;
}

function newest<Message>(messages: readonly Message[]): Message[] {
  let bytes = 0;
  let first = messages.length;
  while (first > 0) {
    bytes += Buffer.byteLength(JSON.stringify(messages[first - 1]));
    if (bytes > MAX_MESSAGES_BYTES) break;
    first -= 1;
  }
  return messages.slice(first);
}
