import type { RunnerRecord } from "@pifleet/invocation";

/** With more unread than this, something is wrong with the runner or with its reader. */
const MAX_CHARS = 64_000_000;
const MAX_RECORDS = 50_000;

/** The records of a runner on their way to the one that reads them; its memory is bounded. */
export class RecordQueue implements AsyncIterable<RunnerRecord> {
  #records: RunnerRecord[] = [];
  #chars = 0;
  #ended = false;
  #read = false;
  #wake: (() => void) | undefined;

  /**
   * Takes a record; returns false when there is no room for it. After the end nothing is taken.
   * @param chars how long the record is
   */
  push(record: RunnerRecord, chars: number): boolean {
    if (this.#ended) return true;
    if (this.#records.length >= MAX_RECORDS || this.#chars > MAX_CHARS) return false;
    // Of heartbeats that nobody has read, only the newest tells anything.
    if (record.type === "heartbeat" && this.#records.at(-1)?.type === "heartbeat") this.#records.pop();
    this.#records.push(record);
    this.#chars += chars;
    this.#wake?.();
    return true;
  }

  /** No more will come. Safe to call twice. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RunnerRecord> {
    if (this.#read) throw new Error("The records of a runner have one reader");
    this.#read = true;
    for (;;) {
      const records = this.#records;
      this.#records = [];
      this.#chars = 0;
      yield* records;
      if (this.#records.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
