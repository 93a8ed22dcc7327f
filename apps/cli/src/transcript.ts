import { type EventType, TerminalStatus } from "@pifleet/invocation";
import { formatEnding } from "./ending.ts";
import type { Event } from "./event.ts";
import { elapsedMs } from "./figures.ts";
import { noteOf } from "./note.ts";
import type { Paint } from "./output.ts";
import { plainText } from "./plain-text.ts";
import { formatArguments, ToolOutput } from "./tool-output.ts";

type EventOf<T extends EventType> = Extract<Event, { type: T }>;
type Ending = Extract<Event, { usage: unknown; error: unknown }>;
type Channel = EventOf<"message.delta">["channel"];

/**
 * Turns the events of one invocation, in order, into text for people. Texts of the model appear piece by piece, as
 * they were streamed; everything else is whole lines. It does no input or output.
 */
export class Transcript {
  readonly #paint: Paint;
  readonly #calls = new Map<string, { readonly name: string; readonly output: ToolOutput }>();
  /** The channel of the text that the last line is being filled with; undefined at the start of a line. */
  #open: Channel | undefined;
  /** Whether the text of the message that comes next as a whole has been shown already. */
  #streamed = false;
  #startedAt: string | undefined;
  #pausedAt: string | undefined;

  constructor(paint: Paint) {
    this.#paint = paint;
  }

  /** The text that this event adds; often none. */
  next(event: Event): string {
    switch (event.type) {
      case "message.delta":
        return this.#delta(event);
      case "message.completed":
        return this.#completed(event);
      case "tool.started":
      case "tool.output":
      case "tool.ended":
        return this.#closeLine() + this.#tool(event);
      default:
        return "usage" in event ? this.#ended(event) : this.#note(event);
    }
  }

  #delta({ channel, text }: EventOf<"message.delta">): string {
    const begin = this.#open === channel ? "" : this.#closeLine() + (channel === "thinking" ? "(thinking) " : "");
    this.#open = channel;
    if (channel === "text") this.#streamed = true;
    const plain = plainText(text);
    return channel === "thinking" ? this.#paint("dim", begin + plain) : begin + plain;
  }

  #completed({ text }: EventOf<"message.completed">): string {
    const missed = this.#streamed || text === "" ? "" : `${this.#closeLine()}${plainText(text)}\n`;
    this.#streamed = false;
    return missed || this.#closeLine();
  }

  #tool(event: EventOf<"tool.started" | "tool.output" | "tool.ended">): string {
    const name = plainText(event.name);
    const { output } = this.#calls.get(event.callId) ?? { output: new ToolOutput(this.#paint) };
    this.#calls.set(event.callId, { name, output });
    if (event.type === "tool.started")
      return `${this.#paint("bold", `▸ ${name}`)} ${formatArguments(event.arguments)}\n`;
    if (event.type === "tool.output") return output.push(event.text);
    this.#calls.delete(event.callId);
    const mark = event.isError ? this.#paint("red", `  ✗ ${name} failed`) : this.#paint("green", `  ✓ ${name}`);
    return `${output.end(event.text, event.isError)}${mark}\n`;
  }

  /** One line about the course of the run. */
  #note(event: Event): string {
    if (event.type === "attempt.started") this.#startedAt ??= event.at;
    const note = noteOf(event, { isMidMessage: this.#isMidMessage, pausedAt: this.#pausedAt });
    if (event.type === "invocation.paused") this.#pausedAt = event.at;
    if (event.type === "invocation.resumed") this.#pausedAt = undefined;
    const before = beginsAnew(event) ? this.#cutOff() : "";
    if (!note) return before;
    const line = this.#paint(note.style, plainText(note.text).replaceAll("\n", " "));
    return `${before}${this.#closeLine()}${line}\n`;
  }

  get #isMidMessage(): boolean {
    return this.#streamed || this.#open !== undefined;
  }

  /** Marks what will not be completed, so that what comes next is not taken for its continuation. */
  #cutOff(): string {
    const mark = this.#open === undefined ? "" : this.#paint("yellow", " [cut off]");
    const calls = [...this.#calls.values()].map(
      ({ name, output }) => `${output.end("", false)}${this.#paint("red", `  ✗ ${name} was cut off`)}\n`,
    );
    this.#calls.clear();
    this.#streamed = false;
    return mark + this.#closeLine() + calls.join("");
  }

  #ended(event: Ending): string {
    const status = TerminalStatus.parse(event.type.slice("invocation.".length));
    const ranMs = elapsedMs(this.#startedAt, event.at);
    return `${this.#closeLine()}${formatEnding({ ...event, status, ranMs }, this.#paint)}\n`;
  }

  /** Ends the line that is being filled, if there is one, so that something else can be written. */
  interrupt(): string {
    return this.#closeLine();
  }

  #closeLine(): string {
    const end = this.#open === undefined ? "" : "\n";
    this.#open = undefined;
    return end;
  }
}

/** Whether what was begun before this event is not gone on with after it. */
function beginsAnew(event: Event): boolean {
  return event.type === "attempt.started" || event.type === "attempt.ended" || event.type === "retry.scheduled";
}
