import { Newest } from "@pifleet/outbound";

/** Tries in a row without an answer that open the circuit. */
const FAILURES = 4;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 30_000;
/** Longer than any try takes: whoever probes has said by then what came of it, or has died. */
const PROBE_MS = 30_000;
/** More receivers than these are not remembered at once. */
const MAX_REMEMBERED = 1_000;

interface Circuit {
  /** Tries without an answer, in a row. */
  readonly failures: number;
  /** How long the receiver is left alone; 0 while the circuit is closed. */
  readonly pauseMs: number;
  readonly untilMs: number;
  /** Whether somebody is finding out if the receiver is back. */
  readonly probing: boolean;
}

/** Result of a try, as far as it concerns its receiver. */
export interface Sign {
  /** Whether there was an answer, whatever it said. */
  readonly answered: boolean;
  /** Wait that an overloaded receiver asks for. */
  readonly askedMs?: number;
}

/**
 * Remembers which receivers do not answer, so that their messages cost no tries and take no slots from the others'. An
 * open circuit lets nothing through for a while; then one try finds out whether the receiver is back. The while grows
 * from 5 to 30 s, and is never longer than the longest wait of the schedule.
 *
 * An answer closes the circuit, also one that refuses the message: it costs next to nothing, and whether a message is
 * tried again is for its schedule to say.
 */
export class Circuits {
  readonly #known = new Newest<string, Circuit>(MAX_REMEMBERED);
  readonly #longestMs: number;
  readonly #nowMs: () => number;

  /**
   * @param longestMs the longest pause, unless it is above 30 s
   * @param nowMs a time that only ever grows, milliseconds
   */
  constructor(longestMs: number, nowMs: () => number = () => performance.now()) {
    this.#longestMs = Math.min(longestMs, LONGEST_PAUSE_MS);
    this.#nowMs = nowMs;
  }

  /** How long the receiver is to be left alone; 0 when a try is to be made, and then `note` is to be called. */
  waitMs(receiver: string): number {
    const circuit = this.#known.get(receiver);
    if (!circuit || circuit.pauseMs === 0) return 0;
    const nowMs = this.#nowMs();
    // While somebody probes it may be over at any time.
    if (nowMs < circuit.untilMs) return Math.min(circuit.untilMs - nowMs, circuit.pauseMs);
    this.#known.set(receiver, { ...circuit, untilMs: nowMs + PROBE_MS, probing: true });
    return 0;
  }

  /** Says what a try told of its receiver. */
  note(receiver: string, { answered, askedMs = 0 }: Sign): void {
    const before = this.#known.get(receiver);
    const failures = answered ? 0 : (before?.failures ?? 0) + 1;
    const pauseMs = answered ? Math.min(askedMs, this.#longestMs) : this.#nextPauseMs(failures, before);
    if (answered && pauseMs === 0) this.#known.delete(receiver);
    else this.#known.set(receiver, { failures, pauseMs, untilMs: this.#nowMs() + pauseMs, probing: false });
  }

  /** It grows with each probe that fails; several tries that fail together do not make it longer. */
  #nextPauseMs(failures: number, before: Circuit | undefined): number {
    if (failures < FAILURES) return 0;
    const { pauseMs = 0, probing = false } = before ?? {};
    return Math.min(probing ? 2 * pauseMs : Math.max(pauseMs, FIRST_PAUSE_MS), this.#longestMs);
  }
}
