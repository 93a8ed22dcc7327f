import type { InvocationRecord } from "@pifleet/client";
import type { EventType } from "@pifleet/invocation";
import { formatWaiting } from "./waiting.ts";

/** How long an invocation may wait without a word before somebody wants to know why, milliseconds. */
const FIRST_MS = 2_000;
const AGAIN_MS = 5_000;

/** The events behind which an invocation waits to be claimed. */
const QUEUED: readonly EventType[] = ["invocation.queued", "attempt.ended"];

interface WaitNotesOptions {
  /** Reads the record. */
  readonly read: () => Promise<InvocationRecord>;
  readonly tell: (text: string) => void;
}

/** Tells why an invocation waits, as long as it is queued and whenever the reason changes. */
export class WaitNotes {
  readonly #options: WaitNotesOptions;
  #timer: NodeJS.Timeout | undefined;
  #told: string | undefined;

  constructor(options: WaitNotesOptions) {
    this.#options = options;
  }

  /** Takes the next event of the invocation. */
  next(event: { readonly type: EventType }): void {
    this.stop();
    this.#told = undefined;
    if (QUEUED.includes(event.type)) this.#ask(FIRST_MS);
  }

  /** Idempotent. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #ask(inMs: number): void {
    const timer = setTimeout(async () => {
      // The reader of the events already tells of a fleet that cannot be reached.
      const record = await this.#options.read().catch(() => undefined);
      if (timer !== this.#timer) return;
      if (record?.waitingFor) this.#tell(formatWaiting(record.waitingFor));
      this.#ask(AGAIN_MS);
    }, inMs);
    this.#timer = timer.unref();
  }

  #tell(text: string): void {
    if (text !== this.#told) this.#options.tell(`· waits for ${text}`);
    this.#told = text;
  }
}
