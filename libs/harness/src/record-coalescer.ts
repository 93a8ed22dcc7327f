import type { RunnerRecord } from "@pifleet/invocation";

/** How long a piece of text waits for the next one, milliseconds: not seen by people, and saves most messages. */
const WINDOW_MS = 30;
/** A piece of this size waits for nothing. */
const FULL_CHARS = 16_384;

type Piece = Extract<RunnerRecord, { type: "message.delta" | "tool.output" }>;

/** Joins the pieces of a text that come in quick succession. The order of records stays as it is. */
export class RecordCoalescer {
  readonly #send: (record: RunnerRecord) => void;
  #waiting: Piece | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (record: RunnerRecord) => void) {
    this.#send = send;
  }

  push(record: RunnerRecord): void {
    if (record.type === "message.delta" || record.type === "tool.output") {
      this.#join(record);
      return;
    }
    // A heartbeat belongs to no place in the order.
    if (record.type !== "heartbeat") this.flush();
    this.#send(record);
  }

  /** Sends what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const piece = this.#waiting;
    this.#waiting = undefined;
    if (piece) this.#send(piece);
  }

  #join(record: Piece): void {
    if (this.#waiting && !sameText(this.#waiting, record)) this.flush();
    this.#waiting = this.#waiting ? { ...this.#waiting, text: this.#waiting.text + record.text } : record;
    if (this.#waiting.text.length >= FULL_CHARS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), WINDOW_MS);
  }
}

function sameText(a: Piece, b: Piece): boolean {
  if (a.type === "message.delta") return b.type === "message.delta" && a.channel === b.channel;
  return b.type === "tool.output" && a.callId === b.callId;
}
