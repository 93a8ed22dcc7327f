/** What is shown live of one tool call; the model gets more, and the rest is in the result. */
const MAX_LIVE_CHARS = 65_536;
const NOTE = "\n[The rest of the output is not shown live]\n";

/** Turns the bytes of a tool's output into text for the live transcript, and stops at a limit. */
export class LiveOutput {
  readonly #emit: (text: string) => void;
  // One decoder for both streams of the tool: a character cut in two is rare, and never harmful.
  readonly #decoder = new TextDecoder();
  #left = MAX_LIVE_CHARS;

  constructor(emit: (text: string) => void) {
    this.#emit = emit;
  }

  push(data: Buffer): void {
    if (this.#left <= 0) return;
    const text = this.#decoder.decode(data.subarray(0, this.#left * 4), { stream: true });
    const shown = text.slice(0, this.#left);
    this.#left -= shown.length;
    if (shown !== "") this.#emit(this.#left > 0 ? shown : shown + NOTE);
  }
}
