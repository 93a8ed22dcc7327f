import type { Rate, RateDecision } from "@pifleet/invocation";

/** A bucket of `burst` requests that fills up again at the rate. */
export class TokenBucket {
  #level: number | undefined;
  #levelAt = 0;

  /** Takes one request out, if there is one. @param nowMs Unix milliseconds */
  take({ perSecond, burst }: Rate, nowMs: number): RateDecision {
    const grown = ((nowMs - this.#levelAt) * perSecond) / 1_000;
    const level = Math.min(burst, (this.#level ?? burst) + grown);
    const allowed = level >= 1;
    const left = allowed ? level - 1 : level;
    this.#level = left;
    this.#levelAt = nowMs;
    const msFor = (requests: number) => Math.ceil((Math.max(0, requests) * 1_000) / perSecond);
    return { allowed, remaining: Math.floor(left), retryAfterMs: msFor(1 - left), resetMs: msFor(burst - left) };
  }
}
