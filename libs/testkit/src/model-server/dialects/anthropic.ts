import type { ReplyPart } from "../replies.ts";
import { CLAIMED_USAGE, type Dialect, frame, pieces } from "./dialect.ts";

/** Anthropic's messages. */
export const anthropic: Dialect = {
  speaks: (path) => /\/messages(\?|$)/.test(path),
  frames(parts, model) {
    const { input, output, cacheRead } = CLAIMED_USAGE;
    const usage = { input_tokens: input, output_tokens: 1, cache_read_input_tokens: cacheRead };
    const message = {
      id: "msg_fake",
      type: "message",
      role: "assistant",
      model,
      content: [],
      stop_reason: null,
      usage,
    };
    const stop = parts.some((part) => part.type === "tool_call") ? "tool_use" : "end_turn";
    return [
      event({ type: "message_start", message }),
      ...parts.flatMap(block),
      event({ type: "message_delta", delta: { stop_reason: stop }, usage: { output_tokens: output } }),
      event({ type: "message_stop" }),
    ];
  },
};

function block(part: ReplyPart, index: number): string[] {
  const begin =
    part.type === "text" ? { type: "text", text: "" } : { type: "tool_use", id: part.id, name: part.name, input: {} };
  const deltas =
    part.type === "text"
      ? pieces(part.text).map((text) => ({ type: "text_delta", text }))
      : pieces(JSON.stringify(part.arguments)).map((json) => ({ type: "input_json_delta", partial_json: json }));
  return [
    event({ type: "content_block_start", index, content_block: begin }),
    ...deltas.map((delta) => event({ type: "content_block_delta", index, delta })),
    event({ type: "content_block_stop", index }),
  ];
}

function event(data: { type: string; [field: string]: unknown }): string {
  return frame(data, data.type);
}
