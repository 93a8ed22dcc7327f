import { addUsage, type Message, NO_USAGE, type RunnerRecord, type Usage } from "@pifleet/invocation";
import type { RecordObserver } from "./record-observer.ts";

/** What an attempt has to show, whenever it is cut short. */
export interface Remains {
  readonly output: string | null;
  readonly messages: Message[];
  readonly usage: Usage;
}

/** Puts the conversation together from what the runner reports, so that partial results survive the runner's death. */
export class Transcript implements RecordObserver {
  readonly #messages: Message[] = [];
  #streamed = "";
  #output: string | null = null;
  #usage: Usage = NO_USAGE;

  observe(record: RunnerRecord): void {
    switch (record.type) {
      case "turn.started":
        this.#usage = { ...this.#usage, turns: this.#usage.turns + 1 };
        break;
      case "message.delta":
        if (record.channel === "text") this.#streamed += record.text;
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
    const cut: Message[] = this.#streamed
      ? [{ role: "assistant", content: [{ type: "text", text: this.#streamed }] }]
      : [];
    return { output, messages: [...this.#messages, ...cut], usage: this.#usage };
  }

  #say(text: string): void {
    this.#streamed = "";
    if (text === "") return;
    this.#output = text;
    this.#messages.push({ role: "assistant", content: [{ type: "text", text }] });
  }

  #call({ callId, name, arguments: given }: Extract<RunnerRecord, { type: "tool.started" }>): void {
    const fields = typeof given === "object" && given !== null ? { ...given } : {};
    this.#messages.push({
      role: "assistant",
      content: [{ type: "tool_call", id: callId, name, arguments: fields }],
    });
  }

  #answer({ callId, name, isError, text }: Extract<RunnerRecord, { type: "tool.ended" }>): void {
    this.#messages.push({ role: "tool", toolCallId: callId, name, isError, content: [{ type: "text", text }] });
  }
}
