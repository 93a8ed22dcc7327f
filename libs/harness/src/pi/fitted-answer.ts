import type { StreamFn } from "@earendil-works/pi-agent-core";
import type { AssistantMessage, ToolCall, Usage } from "@earendil-works/pi-ai";
import { parseToolCallArguments } from "@earendil-works/pi-ai/utils/json-parse";

type StreamEvent = Parameters<Awaited<ReturnType<StreamFn>>["push"]>[0];

/**
 * Makes what a provider has sent fit the types by which Pi hands it on, in place, before Pi reads it. Pi's clients copy
 * what they find in an answer and trust it to be what the provider's documentation says: an id that is a number, arguments
 * that are JSON twice over, a text that comes in parts. One for each model request.
 */
export class FittedAnswer {
  /** The arguments of each call as they came, by the place of the call in the answer. */
  readonly #arguments = new Map<number, string>();
  /** The places of the calls whose end has come. */
  readonly #ended = new Set<number>();

  /** To be called with each event of the answer, in their order. */
  fit(event: StreamEvent): void {
    if (event.type === "text_delta" || event.type === "thinking_delta") fitDelta(event);
    if (event.type === "toolcall_delta") {
      const before = this.#arguments.get(event.contentIndex) ?? "";
      this.#arguments.set(event.contentIndex, before + textOf(event.delta));
    }
    // The call may be carried out before the answer ends.
    if (event.type === "toolcall_end") {
      this.#ended.add(event.contentIndex);
      this.#fitCall(event.toolCall, event.contentIndex);
    }
    if (event.type === "done") this.#fitMessage(event.message);
    if (event.type === "error") this.#fitMessage(event.error);
  }

  #fitMessage(message: AssistantMessage): void {
    for (const [index, block] of message.content.entries()) {
      if (block.type === "text") block.text = textOf(block.text);
      if (block.type === "thinking") block.thinking = textOf(block.thinking);
      if (block.type === "toolCall") {
        if (!this.#ended.has(index)) this.#endCall(block, index);
        this.#fitCall(block, index);
      }
    }
    fitUsage(message.usage);
    for (const field of ["responseId", "responseModel", "errorMessage"] as const)
      if (message[field] !== undefined) message[field] = textOf(message[field]);
  }

  /**
   * Of a call whose end never came, Pi has what it could read of the arguments so far, closed by its parser: `rm -rf build`
   * of `rm -rf build/cache`. They count when they are whole.
   */
  #endCall(call: ToolCall, index: number): void {
    const json = this.#arguments.get(index);
    if (json !== undefined) Object.assign(call, parseToolCallArguments(json));
  }

  #fitCall(call: ToolCall, index: number): void {
    // Every call needs an id, by which the next request brings its result.
    call.id = textOf(call.id) || `call_${index}`;
    call.name = textOf(call.name);
    call.arguments = objectIn(call.arguments) ?? {};
    if (Object.keys(call.arguments).length > 0) return;
    const decodedTwice = this.#decodedTwice(index);
    if (!decodedTwice) return;
    call.arguments = decodedTwice;
    // Pi says with this that the text was no object, and refuses the call.
    delete call.argumentsError;
  }

  #decodedTwice(index: number): ToolCall["arguments"] | undefined {
    const json = this.#arguments.get(index) ?? "";
    const once = json.trimStart().startsWith('"') ? decoded(json) : undefined;
    return typeof once === "string" ? objectIn(decoded(once)) : undefined;
  }
}

/** The client has added the delta to its block already, as JavaScript adds to a text what is none. */
function fitDelta(event: Extract<StreamEvent, { type: "text_delta" | "thinking_delta" }>): void {
  if (typeof event.delta === "string") return;
  const added = String(event.delta);
  event.delta = textOf(event.delta);
  const block = event.partial.content[event.contentIndex];
  if (block?.type === "text") block.text = replacedEnd(String(block.text), added, event.delta);
  if (block?.type === "thinking") block.thinking = replacedEnd(String(block.thinking), added, event.delta);
}

function replacedEnd(text: string, end: string, by: string): string {
  return text.endsWith(end) ? text.slice(0, text.length - end.length) + by : text;
}

/** Nothing but an object can be arguments; without them, the tool says what it lacks. */
function objectIn(value: unknown): ToolCall["arguments"] | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? ({ ...value } as ToolCall["arguments"]) : undefined;
}

/** `undefined` for what is no JSON. */
function decoded(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function fitUsage(usage: Usage): void {
  for (const field of ["input", "output", "cacheRead", "cacheWrite", "totalTokens"] as const)
    usage[field] = numberOf(usage[field]);
  for (const field of ["input", "output", "cacheRead", "cacheWrite", "total"] as const)
    usage.cost[field] = numberOf(usage.cost[field]);
}

function numberOf(value: unknown): number {
  const number = typeof value === "string" || typeof value === "number" ? Number(value) : 0;
  return Number.isFinite(number) ? number : 0;
}

/** The text of what should be one: itself, a number, or the texts of its parts; empty for all else. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(textOf).join("");
  if (typeof value === "object" && value !== null && "text" in value) return textOf(value.text);
  return "";
}
