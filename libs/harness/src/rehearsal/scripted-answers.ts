/** The APIs that a rehearsal can be held in: those of Pi's that nearly all providers speak. */
export type RehearsedApi = "openai-completions" | "openai-responses" | "anthropic-messages" | "google-generative-ai";

/** What the tool is to read: a file that is everywhere, and empty. */
const READ = JSON.stringify({ path: "/dev/null" });

/** What a provider answers to the model requests of a rehearsal, as it goes over the wire: a tool call, then a text. */
export const SCRIPTED_ANSWERS: Readonly<Record<RehearsedApi, readonly [toolCall: string, text: string]>> = {
  "openai-completions": [
    completions({
      tool_calls: [{ index: 0, id: "c1", type: "function", function: { name: "read", arguments: READ } }],
    }),
    completions({ content: "Done." }),
  ],
  "openai-responses": [
    responses({ type: "function_call", id: "fc_1", call_id: "c1", name: "read", arguments: READ, status: "completed" }),
    responses({
      type: "message",
      id: "m1",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: "Done.", annotations: [] }],
    }),
  ],
  "anthropic-messages": [
    anthropic(
      { type: "tool_use", id: "c1", name: "read", input: {} },
      { type: "input_json_delta", partial_json: READ },
    ),
    anthropic({ type: "text", text: "" }, { type: "text_delta", text: "Done." }),
  ],
  "google-generative-ai": [
    google({ functionCall: { id: "c1", name: "read", args: JSON.parse(READ) } }),
    google({ text: "Done." }),
  ],
};

function completions(delta: object): string {
  const base = { id: "r", object: "chat.completion.chunk", created: 0, model: "rehearsal" };
  const finish = "content" in delta ? "stop" : "tool_calls";
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  return stream([
    { ...base, choices: [{ index: 0, delta: { role: "assistant", ...delta }, finish_reason: null }] },
    { ...base, choices: [{ index: 0, delta: {}, finish_reason: finish }] },
    { ...base, choices: [], usage },
    "[DONE]",
  ]);
}

function responses(item: object): string {
  const response = { id: "r", object: "response", model: "rehearsal", output: [] };
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  return stream([
    { type: "response.created", response: { ...response, status: "in_progress" } },
    { type: "response.output_item.added", output_index: 0, item: { ...item, status: "in_progress" } },
    { type: "response.output_item.done", output_index: 0, item },
    { type: "response.completed", response: { ...response, status: "completed", output: [item], usage } },
  ]);
}

function anthropic(block: object, delta: object): string {
  const usage = { input_tokens: 1, output_tokens: 1 };
  const message = { id: "r", type: "message", role: "assistant", model: "rehearsal", content: [], usage };
  const stop = "name" in block ? "tool_use" : "end_turn";
  return stream([
    { type: "message_start", message },
    { type: "content_block_start", index: 0, content_block: block },
    { type: "content_block_delta", index: 0, delta },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: stop }, usage: { output_tokens: 1 } },
    { type: "message_stop" },
  ]);
}

function google(part: object): string {
  const usageMetadata = { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 };
  const candidate = { index: 0, content: { role: "model", parts: [part] }, finishReason: "STOP" };
  return stream([{ responseId: "r", modelVersion: "rehearsal", candidates: [candidate], usageMetadata }]);
}

/** A stream of server-sent events; those that have a type are named by it. */
function stream(events: readonly (object | string)[]): string {
  return events.map(frame).join("");
}

function frame(event: object | string): string {
  const name = typeof event === "object" && "type" in event ? `event: ${event.type}\n` : "";
  return `${name}data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`;
}
