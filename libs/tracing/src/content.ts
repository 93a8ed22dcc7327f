import type { InputMessage, Redactor } from "@pifleet/invocation";
import { type Attributes, cutText } from "./attribute-limits.ts";
import { jsonWithin, listWithin } from "./json-limits.ts";

/** Whether, and how much of, what was said is kept in spans. Without it nothing of it is. */
export interface ContentOptions {
  /** How long each attribute that holds content may be, bytes of UTF-8. */
  readonly maxBytes: number;
}

/** A message in the shape of the conventions (`gen-ai-input-messages.json` and `gen-ai-output-messages.json`). */
interface ChatMessage {
  readonly role: "user" | "assistant" | "tool";
  readonly parts: Record<string, unknown>[];
  readonly finish_reason?: string;
}

/** The conventions' words for why a model stopped, by Pi's. */
const FINISH_REASONS: Record<string, string> = { toolUse: "tool_call", tool_use: "tool_call", aborted: "error" };

/**
 * What was said in one attempt, as far as the runner's records tell, as attributes. The input comes from the
 * submission, so it is redacted here; the records are redacted already.
 */
export class Content {
  readonly #maxBytes: number;
  readonly #messages: ChatMessage[];
  readonly #instructions: string | undefined;
  #answer: ChatMessage | undefined;

  constructor(
    submission: { readonly input: string | readonly InputMessage[]; readonly instructions?: string | undefined },
    redactor: Redactor,
    { maxBytes }: ContentOptions,
  ) {
    const { input, instructions } = submission;
    this.#maxBytes = maxBytes;
    this.#messages = messagesOf(redactor.value(input));
    this.#instructions = instructions === undefined ? undefined : redactor.text(instructions);
  }

  /** On `invoke_agent`, when the attempt starts. */
  ofAgent(): Attributes {
    const instructions = this.#instructions;
    return {
      ...this.ofRequest(),
      ...(instructions !== undefined && {
        "gen_ai.system_instructions": this.#json([{ type: "text", content: instructions }]),
      }),
    };
  }

  /** On `invoke_agent`, when the attempt ends. */
  ofOutput(output: string, failed: boolean): Attributes {
    const message = { role: "assistant", parts: [textPart(output)], finish_reason: failed ? "error" : "stop" };
    return {
      "gen_ai.output.messages": this.#json([message]),
      "output.value": cutText(output, this.#maxBytes),
      "output.mime_type": "text/plain",
    };
  }

  /** On `chat`, when the request is sent: the conversation until then. */
  ofRequest(): Attributes {
    const messages = listWithin(this.#messages, this.#maxBytes, messagesLeftOut);
    return { "gen_ai.input.messages": messages, "input.value": messages, "input.mime_type": "application/json" };
  }

  /** A request is sent: what is answered next belongs to it. */
  beginAnswer(): void {
    this.#answer = undefined;
  }

  /** The model has said something. */
  addText(text: string): void {
    this.#answerParts().push(textPart(text));
  }

  /** The model has asked for a tool. Returns what is said of it on `execute_tool`. */
  addToolCall(callId: string, name: string, given: unknown): Attributes {
    this.#answerParts().push({ type: "tool_call", id: callId, name, arguments: given });
    const json = this.#json(given);
    return { "gen_ai.tool.call.arguments": json, "input.value": json, "input.mime_type": "application/json" };
  }

  /** A tool has answered. Returns what is said of it on `execute_tool`. */
  addToolResult(callId: string, text: string): Attributes {
    const response = cutText(text, this.#maxBytes);
    this.#messages.push({ role: "tool", parts: [{ type: "tool_call_response", id: callId, response }] });
    return { "gen_ai.tool.call.result": response, "output.value": response, "output.mime_type": "text/plain" };
  }

  /** On `chat`: what the model has answered until now. Empty when that is nothing. */
  ofAnswer(stopReason: string): Attributes {
    if (!this.#answer) return {};
    const messages = this.#json([{ ...this.#answer, finish_reason: FINISH_REASONS[stopReason] ?? stopReason }]);
    return { "gen_ai.output.messages": messages, "output.value": messages, "output.mime_type": "application/json" };
  }

  /** What was said before is no longer what the model is sent; what stands for it is not known here. */
  compact(): void {
    this.#messages.splice(0, this.#messages.length, {
      role: "user",
      parts: [textPart("[the conversation until here was compacted]")],
    });
  }

  #answerParts(): Record<string, unknown>[] {
    if (!this.#answer) {
      this.#answer = { role: "assistant", parts: [] };
      this.#messages.push(this.#answer);
    }
    return this.#answer.parts;
  }

  #json(value: unknown): string {
    return jsonWithin(value, this.#maxBytes);
  }
}

function messagesOf(input: string | readonly InputMessage[]): ChatMessage[] {
  if (typeof input === "string") return [{ role: "user", parts: [textPart(input)] }];
  return input.map(({ role, content }) => ({
    role,
    parts: typeof content === "string" ? [textPart(content)] : content.map(partOf),
  }));
}

/** An image is told by its type and size only. */
function partOf(part: Exclude<InputMessage["content"], string>[number]): Record<string, unknown> {
  if (part.type === "text") return textPart(part.text);
  return { type: "blob", modality: "image", mime_type: part.mediaType, content: cutText(part.data, 0) };
}

/** Stands for the oldest messages of a conversation that is too long for an attribute. */
function messagesLeftOut(count: number): ChatMessage {
  return { role: "user", parts: [textPart(`…[cut: ${count} more messages]`)] };
}

function textPart(content: string): Record<string, unknown> {
  return { type: "text", content };
}
