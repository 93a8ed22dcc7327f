import { addUsage, type Message, NO_USAGE, type RunnerRecord, type Usage } from "@pifleet/invocation";
import type { RecordObserver } from "./record-observer.ts";

/** Of a long conversation the newest is kept, characters. */
const MAX_CHARS = 8_000_000;
/** What a message takes beside its text, about. */
const MESSAGE_CHARS = 200;

/** What an attempt has to show, whenever it is cut short. */
export interface Remains {
  readonly output: string | null;
  readonly messages: Message[];
  readonly usage: Usage;
}

/** Puts the conversation together from what the runner reports, so that partial results survive the runner's death. */
export class Transcript implements RecordObserver {
  #messages: { readonly message: Message; readonly chars: number }[] = [];
  #chars = 0;
  #streamed = "";
  #output: string | null = null;
  #usage: Usage = NO_USAGE;

  observe(record: RunnerRecord): void {
    switch (record.type) {
      case "turn.started":
        this.#usage = { ...this.#usage, turns: this.#usage.turns + 1 };
        break;
      case "message.delta":
        if (record.channel === "text" && this.#streamed.length < MAX_CHARS) this.#streamed += record.text;
        break;
      case "message.completed":
        this.#say(record.text);
        break;
      case "request.ended":
        this.#usage = addUsage(this.#usage, { ...record.usage, turns: 0, toolCalls: 0 });
        break;
      case "tool.started":
        this.#usage = { ...this.#usage, toolCalls: this.#usage.toolCalls + 1 };
        this.#call(record);
        break;
      case "tool.ended":
        this.#answer(record);
        break;
    }
  }

  /** What there is now; a message that still streams counts as far as it came. */
  remains(): Remains {
    const output = this.#streamed || this.#output;
    const messages = this.#messages.map(({ message }) => message);
    if (this.#streamed) messages.push({ role: "assistant", content: [{ type: "text", text: this.#streamed }] });
    return { output, messages, usage: this.#usage };
  }

  #say(text: string): void {
    this.#streamed = "";
    if (text === "") return;
    this.#output = text;
    this.#add({ role: "assistant", content: [{ type: "text", text }] }, text.length);
  }

  #call({ callId, name, arguments: given }: Extract<RunnerRecord, { type: "tool.started" }>): void {
    const fields = typeof given === "object" && given !== null ? { ...given } : {};
    const message: Message = {
      role: "assistant",
      content: [{ type: "tool_call", id: callId, name, arguments: fields }],
    };
    this.#add(message, JSON.stringify(message).length);
  }

  #answer({ callId, name, isError, text }: Extract<RunnerRecord, { type: "tool.ended" }>): void {
    this.#add({ role: "tool", toolCallId: callId, name, isError, content: [{ type: "text", text }] }, text.length);
  }

  /** Adds a message, and lets the oldest go that there is no room for any more. */
  #add(message: Message, chars: number): void {
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
