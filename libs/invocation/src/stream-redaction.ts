import type { Redactor } from "./redaction.ts";

/** A word longer than this is passed on although its end was not seen: memory stays bounded. */
const MAX_HELD_CHARS = 8_192;
/** How much of such a word stays back, so that a secret across the cut is still seen. */
const OVERLAP_CHARS = 512;

/** The last two words and the space between and behind them: the most that a secret's shape can span. */
const LAST_TWO_WORDS = /\S*\s*\S*$/;

/**
 * Redacts a text that arrives in pieces, also a secret that two pieces share. What may be the beginning of a secret
 * stays back until what follows shows what it is; everything else is passed on at once.
 */
export class StreamRedactor {
  readonly #redactor: Redactor;
  #held = "";

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Takes a piece; returns what may be passed on now, which may be empty. */
  push(piece: string): string {
    this.#held = this.#held + piece;
    return this.#release(this.#safeLength());
  }

  /** The text is complete, or was cut off: returns the rest. */
  end(): string {
    return this.#release(this.#held.length);
  }

  #safeLength(): number {
    const words = LAST_TWO_WORDS.exec(this.#held)?.index ?? 0;
    const suspect = words + this.#redactor.suspectIndex(this.#held.slice(words));
    const overlong = this.#held.length > MAX_HELD_CHARS ? this.#held.length - OVERLAP_CHARS : 0;
    return Math.max(Math.min(suspect, this.#held.length - this.#redactor.begunSecret(this.#held)), overlong);
  }

  #release(length: number): string {
    const whole = this.#redactor.text(this.#held);
    const out = this.#redactor.text(this.#held.slice(0, length));
    const rest = this.#held.slice(length);
    if (out + this.#redactor.text(rest) === whole) {
      this.#held = rest;
      return out;
    }
    // A secret lies across the cut. It stays back as a whole, unless too much is held already.
    if (this.#held.length <= MAX_HELD_CHARS) return "";
    this.#held = "";
    return whole;
  }
}
