/** Pi's own tools stay below this; it guards the channel against any that does not. */
const MAX_CHARS = 256_000;

/** What a tool told the model, as text; an image is only mentioned. */
export function toolResultText(result: unknown): string {
  const { content } = (result ?? {}) as { content?: unknown };
  const parts = Array.isArray(content) ? content : [];
  const text = parts.map(partText).join("\n");
  return text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS)}\n[cut]` : text;
}

function partText(part: { type?: unknown; text?: unknown; mimeType?: unknown }): string {
  return part.type === "text" ? String(part.text) : `[${String(part.mimeType ?? part.type)}]`;
}
