import { type Event, type EventType, TerminalStatus } from "@pifleet/invocation";
import { formatEnding } from "./ending.ts";
import { elapsedMs, formatDuration } from "./figures.ts";
import type { Paint } from "./output.ts";
import { plainText } from "./plain-text.ts";
import { formatArguments, ToolOutput } from "./tool-output.ts";

type EventOf<T extends EventType> = Extract<Event, { type: T }>;
type Channel = EventOf<"message.delta">["channel"];

/**
 * Turns the events of one invocation, in order, into text for people. Texts of the model appear piece by piece, as
 * they were streamed; everything else is whole lines. It does no input or output.
 */
export class Transcript {
  readonly #paint: Paint;
  readonly #calls = new Map<string, ToolOutput>();
  /** The channel of the text that the last line is being filled with; undefined at the start of a line. */
  #open: Channel | undefined;
  /** Whether the text of the message that comes next as a whole has been shown already. */
  #streamed = false;
  #startedAt: string | undefined;

  constructor(paint: Paint) {
    this.#paint = paint;
  }

  /** The text that this event adds; often none. */
  next(event: Event): string {
    if ("usage" in event) return this.#ended(event);
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
        return this.#note(event);
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
    const output = this.#calls.get(event.callId) ?? new ToolOutput(this.#paint);
    this.#calls.set(event.callId, output);
    const name = plainText(event.name);
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
    const line = noteLine(event);
    return line === undefined
      ? ""
      : `${this.#closeLine()}${this.#paint("dim", plainText(line).replaceAll("\n", " "))}\n`;
  }

  #ended(event: Extract<Event, { usage: unknown }>): string {
    const status = TerminalStatus.parse(event.type.slice("invocation.".length));
    const ranMs = elapsedMs(this.#startedAt, event.at);
    return `${this.#closeLine()}${formatEnding({ ...event, status, ranMs }, this.#paint)}\n`;
  }

  #closeLine(): string {
    const end = this.#open === undefined ? "" : "\n";
    this.#open = undefined;
    return end;
  }
}

function noteLine(event: Event): string | undefined {
  switch (event.type) {
    case "invocation.queued":
      return "· queued";
    case "attempt.started":
      return `· attempt ${event.attempt} on worker ${event.worker}`;
    case "turn.started":
      return `· turn ${event.turn}`;
    case "retry.scheduled":
      return `↻ the ${event.scope === "request" ? "model request" : "attempt"} is made again in ${formatDuration(event.delayMs)}: ${event.reason}`;
    case "log":
      return `· ${event.level}: ${event.message}`;
    case "invocation.paused":
      return "· paused";
    case "invocation.resumed":
      return "· resumed";
    case "attempt.ended":
      return event.ended === "succeeded" ? undefined : `· attempt ${event.attempt} ended: ${event.ended}`;
    case "gap":
      return `… the events from ${event.from} to ${event.to} are no longer kept`;
    default:
      return undefined;
  }
}
