import { setTimeout as delay } from "node:timers/promises";
import { UnavailableError } from "@pifleet/invocation";
import { reached } from "../connection/unavailable.ts";
import { number } from "../scripting/parameters.ts";
import { yesOrNo } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const LEASES_ARE_DUE = defineScript({
  name: "leases-are-due",
  keys: {
    watch: "hash: when somebody asked last, and from when on leases are due, Unix ms",
  },
  args: {
    lease: number("ms"),
    longest: number("the longest time between two questions within which no lease that is kept runs out, ms"),
  },
  reply: yesOrNo("it may be taken for lost"),
});

const LONGEST_ROUND_MS = 2_000;
/** A claim is renewed four times per lease, so a Redis that was away for less has let none run out that is kept. */
const HARMLESS_SHARE = 0.7;

/** How long a round of the watch over leases of this length takes, milliseconds. */
export function watchRoundMs(leaseMs: number): number {
  return Math.min(LONGEST_ROUND_MS, Math.ceil(leaseMs / 3));
}

export interface LeaseWatchOptions {
  readonly leaseMs: number;
  readonly roundMs: number;
  readonly onFault: (error: Error) => void;
}

/**
 * Looks for leases that have run out, and puts their entries back into the queue. After an outage of Redis it waits for
 * one lease, so that the workers which lived through it renew first.
 */
export class LeaseWatch {
  readonly #scripts: Scripts;
  readonly #putStalledBack: () => Promise<unknown>;
  readonly #options: LeaseWatchOptions;
  readonly #stopping = new AbortController();

  /** @param putStalledBack puts entries back whose leases have run out for a round or more */
  constructor(scripts: Scripts, putStalledBack: () => Promise<unknown>, options: LeaseWatchOptions) {
    this.#scripts = scripts;
    this.#putStalledBack = putStalledBack;
    this.#options = options;
    void this.#watch();
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#look();
      await delay(this.#options.roundMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** The connection reports an outage itself. */
  async #look(): Promise<void> {
    const { leaseMs, onFault } = this.#options;
    try {
      const keys = { watch: this.#scripts.keys.leaseWatch };
      const areDue = await this.#scripts.call(LEASES_ARE_DUE, keys, {
        lease: leaseMs,
        longest: leaseMs * HARMLESS_SHARE,
      });
      if (areDue) await reached(this.#putStalledBack());
    } catch (error) {
      if (!this.#stopping.signal.aborted && !(error instanceof UnavailableError)) onFault(error as Error);
    }
  }
}
