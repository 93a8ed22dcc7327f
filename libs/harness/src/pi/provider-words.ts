const MAX_CHARS = 2_000;

/**
 * What a provider said, out of an error text that may hold its JSON answer: `401: {"error":{"message":"No"}}` becomes
 * `401: No`. A text without such an answer stays as it is; all are cut at 2,000 characters.
 */
export function providerWords(text: string): string {
  const start = text.indexOf("{");
  const words = start < 0 ? undefined : messageIn(parsed(text.slice(start)));
  const clean = words === undefined ? text : `${text.slice(0, start)}${words}`.trim();
  return clean.length > MAX_CHARS ? `${clean.slice(0, MAX_CHARS)}… (cut)` : clean;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** The innermost `message`; Google puts a JSON answer into the message of another one. */
function messageIn(answer: unknown): string | undefined {
  if (typeof answer !== "object" || answer === null) return undefined;
  const { error, message } = answer as { error?: unknown; message?: unknown };
  const inner = messageIn(error) ?? (typeof error === "string" ? error : undefined);
  if (inner !== undefined) return inner;
  if (typeof message !== "string") return undefined;
  return messageIn(parsed(message)) ?? message;
}
