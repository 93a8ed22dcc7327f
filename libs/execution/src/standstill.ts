import type { Runner } from "@pifleet/invocation";
import type { SpanRecorder } from "@pifleet/tracing";
import type { Deadlines } from "./deadlines.ts";
import type { LogRelay } from "./log-relay.ts";

export interface StandstillParts {
  readonly deadlines: Deadlines;
  readonly spans: SpanRecorder;
  readonly relay: LogRelay;
  /** How long the attempt may stay paused, milliseconds. */
  readonly pauseLimitMs: number;
  readonly onFault: (error: unknown) => void;
}

/**
 * Stops the processes of an attempt where they are, and lets them go on. They stand still while the attempt is paused,
 * and while its claim is in doubt: when either ends, the other may still hold them.
 */
export class Standstill {
  readonly #parts: StandstillParts;
  #runner: Runner | undefined;
  #paused: boolean;
  #doubtSince: number | undefined;
  /** One change of the processes at a time; each brings them to what is wanted by then. */
  #changing: Promise<void> = Promise.resolve();

  constructor(paused: boolean, parts: StandstillParts) {
    this.#paused = paused;
    this.#parts = parts;
  }

  /** From now on these are the processes; resolves when they stand still, if they are to. */
  async begin(runner: Runner): Promise<void> {
    this.#runner = runner;
    if (this.#isWanted) await this.#change();
  }

  setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    this.#parts.spans.event(paused ? "pause" : "resume", Date.now());
    void this.#change();
  }

  setInDoubt(inDoubt: boolean): void {
    const { spans, relay } = this.#parts;
    const since = this.#doubtSince;
    if (inDoubt === (since !== undefined)) return;
    const now = Date.now();
    this.#doubtSince = inDoubt ? now : undefined;
    spans.event(inDoubt ? "suspend" : "continue", now);
    if (since !== undefined) relay.observe({ type: "log", at: now, level: "warn", message: storyOf(now - since) });
    void this.#change();
  }

  get #isWanted(): boolean {
    return this.#paused || this.#doubtSince !== undefined;
  }

  #change(): Promise<void> {
    this.#changing = this.#changing.then(() => this.#apply());
    return this.#changing;
  }

  async #apply(): Promise<void> {
    const { deadlines, pauseLimitMs, onFault } = this.#parts;
    const stands = this.#isWanted;
    if (stands) deadlines.pause(this.#paused ? pauseLimitMs : undefined);
    try {
      if (stands) await this.#runner?.suspend();
      else await this.#runner?.resume();
    } catch (error) {
      onFault(error);
    }
    if (!stands) deadlines.resume();
  }
}

function storyOf(ms: number): string {
  const seconds = (ms / 1_000).toFixed(1);
  return `The worker could not reach Redis for longer than its lease: the run stood still for ${seconds} s, and goes on`;
}
