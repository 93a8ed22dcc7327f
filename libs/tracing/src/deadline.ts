import { setTimeout as pause } from "node:timers/promises";

/** A point in time until which something must be over, whatever is waited for. */
export class Deadline {
  /** Aborted when the time is over, or nobody waits any more. */
  readonly signal: AbortSignal;
  readonly #atMs: number;

  /**
   * @param ms from now, milliseconds
   * @param abort ends it before
   */
  constructor(ms: number, abort?: AbortSignal) {
    this.#atMs = performance.now() + ms;
    const timeout = AbortSignal.timeout(ms);
    this.signal = abort ? AbortSignal.any([timeout, abort]) : timeout;
  }

  /** One that is over with this one, and at the latest `ms` from now. */
  atMost(ms: number): Deadline {
    return new Deadline(Math.max(0, Math.min(ms, Math.round(this.#atMs - performance.now()))), this.signal);
  }

  get isOver(): boolean {
    return this.signal.aborted;
  }

  /** Waits, unless that would take longer than there is time: then it resolves to `false` at once. */
  async wait(ms: number): Promise<boolean> {
    if (this.isOver || performance.now() + ms >= this.#atMs) return false;
    try {
      await pause(ms, undefined, { signal: this.signal });
    } catch {
      // It ended before its time was over.
      return false;
    }
    return !this.isOver;
  }

  /** The value, or `undefined` when the time is over first. */
  async within<T>(value: Promise<T>): Promise<T | undefined> {
    if (this.isOver) return undefined;
    const { promise: over, resolve } = Promise.withResolvers<undefined>();
    const onAbort = () => resolve(undefined);
    this.signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([value, over]);
    } finally {
      this.signal.removeEventListener("abort", onAbort);
    }
  }
}
