import { ConnectionError, PiFleetError } from "./errors.ts";

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 5_000;
/** Who asks for more patience than this is better told to the caller. */
const LONGEST_RETRY_AFTER_MS = 30_000;
/** Too many requests, and the three answers of an API that is away for a moment. */
const RETRIED_STATUSES = new Set([429, 502, 503, 504]);

/**
 * Does `act` again while it fails for a reason that may pass, at most `retries` times, with growing, random pauses.
 * @throws what `act` threw last; the signal's reason once it is aborted
 */
export async function retrying<T>(retries: number, signal: AbortSignal | undefined, act: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await act();
    } catch (error) {
      const delayMs = retryDelayMs(error, failures);
      if (delayMs === undefined || failures > retries) throw error;
      await pause(delayMs, signal);
    }
  }
}

/**
 * How long to wait after the `failures`-th failure in a row, milliseconds; `undefined` when trying again is of no use.
 * The pause is random between half and all of its bound, so that clients who failed together do not return together.
 */
export function retryDelayMs(error: unknown, failures: number): number | undefined {
  const bound = Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS);
  const backoffMs = bound * (0.5 + Math.random() / 2);
  if (error instanceof ConnectionError) return backoffMs;
  if (!(error instanceof PiFleetError) || !RETRIED_STATUSES.has(error.status)) return undefined;
  const askedMs = error.retryAfterMs ?? 0;
  return askedMs > LONGEST_RETRY_AFTER_MS ? undefined : Math.max(askedMs, backoffMs);
}

/** Reads a `Retry-After` header, seconds or a date (RFC 9110), as milliseconds from `nowMs`. */
export function parseRetryAfter(value: string | null, nowMs: number = Date.now()): number | undefined {
  if (value === null || value.trim() === "") return undefined;
  const seconds = Number(value);
  const ms = Number.isNaN(seconds) ? Date.parse(value) - nowMs : seconds * 1_000;
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}

/** Resolves after `ms` milliseconds. @throws the signal's reason as soon as it is aborted */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
