import type { HarnessResult, Message } from "@pifleet/invocation";

/** A worker takes no record that is longer than twice this, characters. */
const MAX_CHARS = 8_000_000;

/** The result with as many of its messages, the newest, as a worker takes. */
export function fittedResult(result: HarnessResult): HarnessResult {
  return { ...result, messages: newest(result.messages), output: result.output.slice(0, MAX_CHARS / 2) };
}

function newest(messages: Message[]): Message[] {
  let chars = 0;
  const first = messages.findLastIndex((message) => {
    chars += JSON.stringify(message).length;
    return chars > MAX_CHARS;
  });
  return messages.slice(first + 1);
}
