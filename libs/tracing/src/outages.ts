const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** More collectors than these are not remembered at once. */
const MAX_REMEMBERED = 1_000;

interface Outage {
  readonly reason: string;
  readonly pauseMs: number;
  /** Until then the collector is left alone. */
  untilMs: number;
  /** Whether somebody is finding out if it is back. */
  probing: boolean;
}

/**
 * Remembers which collectors are away, so that not every export waits for one until its time is over: for a while none
 * is made, then one finds out whether the collector is back. The while grows from 1 to 30 s.
 */
export class Outages {
  readonly #known = new Map<string, Outage>();
  readonly #nowMs: () => number;

  /** @param nowMs a time that only ever grows, milliseconds */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Why the collector is not asked now; `undefined` when it is to be, and then `note` is to be called. */
  reason(collector: string): string | undefined {
    const outage = this.#known.get(collector);
    if (!outage) return undefined;
    if (this.#nowMs() < outage.untilMs) return outage.reason;
    // Until it is known what becomes of this one, the others wait.
    outage.untilMs = this.#nowMs() + LONGEST_PAUSE_MS;
    outage.probing = true;
    return undefined;
  }

  /** @param failure why the collector could not be reached; none when it answered */
  note(collector: string, failure?: string): void {
    const outage = this.#known.get(collector);
    this.#known.delete(collector);
    if (failure === undefined) return;
    const pauseMs = outage ? Math.min(outage.pauseMs * (outage.probing ? 2 : 1), LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    const untilMs = this.#nowMs() + pauseMs;
    this.#known.set(collector, { reason: failure, pauseMs, untilMs, probing: false });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
  }
}
