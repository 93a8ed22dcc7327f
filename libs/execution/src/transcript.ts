import {
  type AttemptProgress,
  addUsage,
  type Message,
  NO_USAGE,
  type RequestUsage,
  type RunnerRecord,
  StopReason,
  type Usage,
} from "@pifleet/invocation";
import type { RecordObserver } from "./record-observer.ts";

/** Of a long conversation the newest is kept, characters. */
const MAX_CHARS = 8_000_000;
/** An answer that is longer gets no more calls, so that what is dropped stays small. */
const MAX_ANSWER_CHARS = 1_000_000;
/** Approximate size of a message beside its text. */
const MESSAGE_CHARS = 200;

/** The partial result of an attempt, at any moment. */
export interface Remains {
  readonly output: string | null;
  readonly messages: Message[];
  readonly usage: Usage;
  readonly stopReason: StopReason | null;
}

type Completed = Extract<RunnerRecord, { type: "message.completed" }>;
type Answer = Extract<Message, { role: "assistant" }>;

/** Puts the conversation together from what the runner reports, so that partial results survive the runner's death. */
export class Transcript implements RecordObserver {
  #messages: { readonly message: Message; chars: number }[] = [];
  #chars = 0;
  #streamed = "";
  #output: string | null = null;
  /** What the requests took, by themselves. */
  #requests: Usage = NO_USAGE;
  /** What messages have told of it, with the turns and the tool calls. */
  #told: Usage = NO_USAGE;
  #messageCount: number;
  #stopReason: StopReason | null = null;

  /** @param submitted how many messages the conversation begins with */
  constructor(submitted: number) {
    this.#messageCount = submitted;
  }

  observe(record: RunnerRecord): void {
    switch (record.type) {
      case "turn.started":
        this.#told = { ...this.#told, turns: this.#told.turns + 1 };
        break;
      case "message.delta":
        if (record.channel === "text" && this.#streamed.length < MAX_CHARS) this.#streamed += record.text;
        break;
      case "message.completed":
        this.#told = addUsage(this.#told, { ...NO_USAGE, ...record.usage });
        this.#say(record.text);
        break;
      case "request.ended":
        this.#requests = addUsage(this.#requests, { ...NO_USAGE, ...record.usage });
        this.#stopReason = stopReasonOf(record.stopReason);
        break;
      case "tool.started":
        this.#told = { ...this.#told, toolCalls: this.#told.toolCalls + 1 };
        this.#call(record);
        break;
      case "tool.ended":
        this.#addResult(record);
        break;
    }
  }

  /** Returns the result so far, including a message that still streams. */
  remains(): Remains {
    const output = this.#streamed || this.#output;
    const messages = this.#messages.map(({ message }) => message);
    if (this.#streamed) messages.push({ role: "assistant", content: [{ type: "text", text: this.#streamed }] });
    const usage = addUsage(this.#told, { ...NO_USAGE, ...this.#untold });
    return { output, messages, usage, stopReason: this.#stopReason };
  }

  /** What the messages have told so far. */
  get progress(): AttemptProgress {
    return { usage: this.#told, messages: this.#messageCount };
  }

  /**
   * A last message for what the requests took that no message has told, because they brought none or were cut short;
   * nothing when all is told. Its text is what was streamed.
   * @param at Unix milliseconds
   */
  rest(at: number): Completed | undefined {
    const usage = this.#untold;
    if (Object.values(usage).every((count) => count === 0)) return undefined;
    return { type: "message.completed", at, text: this.#streamed, usage };
  }

  /** A runner may claim what it likes in its messages: never less than nothing. */
  get #untold(): RequestUsage {
    const left = (name: keyof RequestUsage) => Math.max(0, this.#requests[name] - this.#told[name]);
    return {
      inputTokens: left("inputTokens"),
      outputTokens: left("outputTokens"),
      cacheReadTokens: left("cacheReadTokens"),
      cacheWriteTokens: left("cacheWriteTokens"),
      costUsd: left("costUsd"),
    };
  }

  #say(text: string): void {
    this.#streamed = "";
    if (text === "") return;
    this.#output = text;
    this.#extendAnswer({ type: "text", text }, text.length);
  }

  #call({ callId, name, arguments: given }: Extract<RunnerRecord, { type: "tool.started" }>): void {
    const fields = typeof given === "object" && given !== null ? { ...given } : {};
    this.#extendAnswer({ type: "tool_call", id: callId, name, arguments: fields }, JSON.stringify(fields).length);
  }

  /** What was said and the calls that follow are one answer. */
  #extendAnswer(part: Answer["content"][number], chars: number): void {
    const newest = this.#messages.at(-1);
    const isOpen = newest?.message.role === "assistant" && newest.chars < MAX_ANSWER_CHARS;
    if (!isOpen || part.type === "text") {
      this.#add({ role: "assistant", content: [part] }, chars);
      return;
    }
    (newest.message as Answer).content.push(part);
    newest.chars += chars + MESSAGE_CHARS;
    this.#chars += chars + MESSAGE_CHARS;
  }

  #addResult({ callId, name, isError, text }: Extract<RunnerRecord, { type: "tool.ended" }>): void {
    this.#add({ role: "tool", toolCallId: callId, name, isError, content: [{ type: "text", text }] }, text.length);
  }

  /** Adds a message, and lets the oldest go that there is no room for any more. */
  #add(message: Message, chars: number): void {
    this.#messageCount += 1;
    this.#messages.push({ message, chars: chars + MESSAGE_CHARS });
    this.#chars += chars + MESSAGE_CHARS;
    if (this.#chars <= MAX_CHARS) return;
    const all = this.#messages;
    let dropped = 0;
    // More than needed, so that not every further message moves all others.
    for (; this.#chars > MAX_CHARS / 2 && dropped < all.length - 1; dropped += 1)
      this.#chars -= all[dropped]?.chars ?? 0;
    this.#messages = all.slice(dropped);
  }
}

/** The runner's word for the end of a request, which is Pi's, in ours. */
function stopReasonOf(reason: string): StopReason | null {
  return reason === "toolUse" ? "tool_calls" : (StopReason.safeParse(reason).data ?? null);
}
