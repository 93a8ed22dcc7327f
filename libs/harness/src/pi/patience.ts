import { AWAY_CODES, type ErrorCode, type HarnessFailure, type RunnerTask } from "@pifleet/invocation";

const MAX_DELAY_MS = 30_000;
const AWAY: ReadonlySet<ErrorCode> = new Set(AWAY_CODES);

export interface PatienceOptions {
  readonly patience: RunnerTask["providerPatience"];
  /** The wait after the first failure, milliseconds; it doubles with each further one, up to 30 s. */
  readonly firstDelayMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  /** From 0 to 1; spreads the requests of runs that failed together. */
  readonly random?: () => number;
}

/**
 * Decides when a request that failed is made again. A provider that is away is asked at one pace until it answers, or
 * until the patience is over: patience is time since the first of the failures in a row, and an answer renews it.
 *
 * A run to which the model has not answered yet holds a runner for nothing: it is patient for a short time only, and
 * then leaves its place to others.
 */
export class Patience {
  readonly #options: Required<PatienceOptions>;
  #isUnpaid = true;
  #failures = 0;
  #since = 0;

  constructor(options: PatienceOptions) {
    this.#options = { now: () => performance.now(), random: Math.random, ...options };
  }

  /** Whether the model has not answered yet. */
  get isUnpaid(): boolean {
    return this.#isUnpaid;
  }

  /** The model has answered. */
  answered(): void {
    this.#isUnpaid = false;
    this.#failures = 0;
  }

  /** Milliseconds to wait before the same request is made again; `undefined` when it is not to be. */
  delayAfter({ code, retryAfterMs }: HarnessFailure): number | undefined {
    if (!AWAY.has(code)) return undefined;
    const { patience, firstDelayMs, now, random } = this.#options;
    if (this.#failures === 0) this.#since = now();
    this.#failures += 1;
    const left = (this.#isUnpaid ? patience.unpaidMs : patience.totalMs) - (now() - this.#since);
    if (left <= 0) return undefined;
    if ((retryAfterMs ?? 0) > left) return undefined;
    const backoff = Math.min(firstDelayMs * 2 ** (this.#failures - 1), MAX_DELAY_MS) * (1 + random() / 4);
    // The last request is made when the patience ends, not long before. A `Retry-After: 0` is no reason to hurry.
    return Math.min(Math.max(backoff, retryAfterMs ?? 0), left);
  }
}
