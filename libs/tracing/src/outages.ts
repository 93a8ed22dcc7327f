const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** A collector that asks for a longer pause gets this one. */
const MAX_RETRY_AFTER_MS = 300_000;
/** More collectors than these are not remembered at once. */
const MAX_REMEMBERED = 1_000;

interface Outage {
  readonly reason: string;
  readonly pauseMs: number;
  /** Until then the collector is left alone. */
  untilMs: number;
  /** Whether an export is finding out if it is back. */
  probing: boolean;
}

/**
 * Remembers which collectors are away, so that not every export waits for one until its time is over. After a pause
 * that grows from 1 to 30 s, one export that is made again finds out whether the collector is back. The first export of
 * an attempt never does: its record would say `pending` for as long as a silent collector takes.
 */
export class Outages {
  readonly #known = new Map<string, Outage>();
  readonly #nowMs: () => number;

  /** @param nowMs a time that only ever grows, milliseconds */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /**
   * Why an export is not to ask the collector now; `undefined` when it may.
   * @param isAgain whether the export was tried before
   */
  reason(collector: string, isAgain: boolean): string | undefined {
    const outage = this.#known.get(collector);
    return outage && !(isAgain && this.#nowMs() >= outage.untilMs) ? outage.reason : undefined;
  }

  /** Like `reason`, right before the collector is asked: when the answer is `undefined`, call `note` afterwards. */
  begin(collector: string, isAgain: boolean): string | undefined {
    const reason = this.reason(collector, isAgain);
    const outage = this.#known.get(collector);
    if (reason === undefined && outage) {
      // The others wait until it is known what becomes of this one.
      outage.untilMs = this.#nowMs() + LONGEST_PAUSE_MS;
      outage.probing = true;
    }
    return reason;
  }

  /**
   * Remembers what came of an export.
   * @param failure why the collector could not be reached; none when it answered
   * @param retryAfterMs the pause that the collector asked for, if it did
   */
  note(collector: string, failure?: string, retryAfterMs = 0): void {
    const outage = this.#known.get(collector);
    this.#known.delete(collector);
    if (failure === undefined) return;
    const pauseMs = outage ? Math.min(outage.pauseMs * (outage.probing ? 2 : 1), LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    const untilMs = this.#nowMs() + Math.max(pauseMs, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS));
    this.#known.set(collector, { reason: failure, pauseMs, untilMs, probing: false });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
  }
}
