import type { ReplyPart } from "../replies.ts";
import { CLAIMED_USAGE, type Dialect, frame, pieces } from "./dialect.ts";

/** OpenAI's chat completions. */
export const openai: Dialect = {
  speaks: (path) => path.endsWith("/chat/completions"),
  frames(parts, model) {
    const base = { id: "chatcmpl-fake", object: "chat.completion.chunk", created: 0, model };
    const chunk = (delta: object, finish: string | null = null) =>
      frame({ ...base, choices: [{ index: 0, delta, finish_reason: finish }] });
    const calls = parts.filter((part) => part.type === "tool_call");
    return [
      chunk({ role: "assistant" }),
      ...parts.flatMap((part) => deltas(part, calls).map((delta) => chunk(delta))),
      chunk({}, calls.length > 0 ? "tool_calls" : "stop"),
      frame({ ...base, choices: [], usage: usage() }),
      frame("[DONE]"),
    ];
  },
};

function deltas(part: ReplyPart, calls: readonly ReplyPart[]): object[] {
  if (part.type === "text") return pieces(part.text).map((content) => ({ content }));
  const { id, name } = part;
  const index = calls.indexOf(part);
  return [
    { tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] },
    ...pieces(JSON.stringify(part.arguments)).map((piece) => ({
      tool_calls: [{ index, function: { arguments: piece } }],
    })),
  ];
}

function usage(): object {
  const { input, output, cacheRead } = CLAIMED_USAGE;
  return {
    prompt_tokens: input + cacheRead,
    completion_tokens: output,
    total_tokens: input + cacheRead + output,
    prompt_tokens_details: { cached_tokens: cacheRead },
  };
}
