import { Newest } from "@pifleet/outbound";

/** Assumed duration of a try at an unknown receiver. */
const FIRST_GUESS_MS = 50;
/** How much the newest try counts. */
const WEIGHT = 0.3;
const SHORTEST_MS = 50;
const LONGEST_MS = 60_000;
const MAX_REMEMBERED = 1_000;

interface Line {
  /** Approximate duration of a try. */
  readonly tryMs: number;
  /** When the last one of those that wait has its turn. */
  readonly endMs: number;
}

/**
 * When the messages that are too many for a receiver or a tenant have their turn: one behind the other, at the pace at
 * which they are taken, so that they are not looked at again and again in vain. None is put off for longer than a
 * minute, for the pace may change.
 */
export class Pace {
  readonly #lines = new Newest<string, Line>(MAX_REMEMBERED);
  readonly #atOnce: number;
  readonly #nowMs: () => number;

  /**
   * @param atOnce how many tries each of them has at once
   * @param nowMs a time that only ever grows, milliseconds
   */
  constructor(atOnce: number, nowMs: () => number = () => performance.now()) {
    this.#atOnce = atOnce;
    this.#nowMs = nowMs;
  }

  /** Says how long a try has lasted. */
  note(who: string, durationMs: number): void {
    const { tryMs, endMs } = this.#lineOf(who);
    this.#lines.set(who, { tryMs: tryMs + WEIGHT * (durationMs - tryMs), endMs });
  }

  /** Puts one more message into the line: how long it waits, milliseconds. */
  waitMs(who: string): number {
    const nowMs = this.#nowMs();
    const { tryMs, endMs } = this.#lineOf(who);
    const turnMs = Math.min(Math.max(endMs, nowMs) + tryMs / this.#atOnce, nowMs + LONGEST_MS);
    this.#lines.set(who, { tryMs, endMs: turnMs });
    return Math.max(turnMs - nowMs, SHORTEST_MS);
  }

  #lineOf(who: string): Line {
    return this.#lines.get(who) ?? { tryMs: FIRST_GUESS_MS, endMs: 0 };
  }
}
