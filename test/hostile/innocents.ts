import { setTimeout } from "node:timers/promises";
import type { InvocationRecord } from "@pifleet/client";
import { quantile } from "../chaos/statistics.ts";
import { runs } from "./agent.ts";
import type { Arena } from "./arena.ts";

const AT_ONCE = 2;
const PAUSE_MS = 250;
const COMMAND = "echo written > note.txt; sleep 0.2; cat note.txt";
/** Far longer than a run takes; one that takes this long was stopped by somebody. */
const LIMITS = { firstByteMs: 30_000, idleMs: 30_000, totalMs: 60_000, maxAttempts: 3 };

/** One run of the innocent tenant, as it ended. */
export interface InnocentRun {
  readonly id: string;
  readonly record: InvocationRecord;
  /** From its submission to the start of its first attempt. */
  readonly startMs: number;
}

/** The innocent tenant: its agents write a file, read it, and are done. */
export class Innocents {
  readonly runs: InnocentRun[] = [];
  /** Calls that the API did not answer as it should. */
  readonly failures: string[] = [];
  readonly #arena: Arena;
  readonly #stopping = new AbortController();
  readonly #callers: Promise<void>[] = [];

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  start(): void {
    this.#callers.push(...Array.from({ length: AT_ONCE }, () => this.#callAgain()));
  }

  /** Resolves when every run has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#callers);
  }

  async #callAgain(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#callOnce();
      } catch (error) {
        this.failures.push(error instanceof Error ? error.message : String(error));
      }
      await setTimeout(PAUSE_MS);
    }
  }

  async #callOnce(): Promise<void> {
    const { invocations } = this.#arena.innocent;
    const { id } = await invocations.create({ model: "fake/test", input: runs(COMMAND), limits: LIMITS });
    const record = await invocations.wait(id);
    const startMs = Date.parse(record.startedAt ?? record.endedAt ?? "") - Date.parse(record.createdAt);
    this.runs.push({ id, record, startMs });
  }
}

/** How long starts took: the value below which 99 of 100 lie, milliseconds. */
export function p99(runs: readonly InnocentRun[]): number {
  return quantile(
    runs.map(({ startMs }) => startMs),
    0.99,
  );
}
