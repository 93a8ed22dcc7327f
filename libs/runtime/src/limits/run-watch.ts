import { setTimeout as pause } from "node:timers/promises";
import type { ProcessEntry } from "../processes/process-table.ts";
import { Census, type CountedRun } from "./census.ts";
import { takeMoreDisk } from "./disk-use.ts";
import { takeMoreMemory } from "./memory-use.ts";
import { describeExcess, type LimitedResource, type RunLimits } from "./run-limits.ts";

/** How often processes and memory are looked at, milliseconds. */
const LOOK_MS = 500;
/** How long the files of a run are left alone after a look, milliseconds; ten times as long as the look took at least. */
const DISK_REST_MS = 2_000;
const DISK_REST_LOOKS = 10;

/** A run that is watched. */
export interface WatchedRun extends CountedRun {
  /** The directories in which it writes. */
  readonly directories: readonly string[];
  /** Ends the run; `processes` are those that were seen. Called once at most. */
  readonly end: (excess: string, processes: readonly ProcessEntry[]) => void;
}

/**
 * Ends runs that take more than they may, each by itself. One look at the process table serves all runs of the worker. Where
 * control groups have controllers the kernel holds the same limits without delay; this holds everywhere on Linux.
 */
export class RunWatch {
  readonly #limits: RunLimits;
  readonly #onFault: (error: Error) => void;
  readonly #census = new Census();
  readonly #runs = new Map<WatchedRun, AbortController>();
  #looking: Promise<void> | undefined;

  constructor(limits: RunLimits, onFault: (error: Error) => void) {
    this.#limits = limits;
    this.#onFault = onFault;
  }

  /** Watches a run until `stop` is called with it, or it is ended. */
  start(run: WatchedRun): void {
    const over = new AbortController();
    this.#runs.set(run, over);
    const { diskBytes, memoryBytes, processes } = this.#limits;
    if (diskBytes !== undefined) void this.#safely(this.#watchDisk(run, diskBytes, over.signal));
    if (memoryBytes !== undefined || processes !== undefined) this.#looking ??= this.#safely(this.#look());
  }

  /** Safe to call twice. */
  stop(run: WatchedRun): void {
    this.#runs.get(run)?.abort();
    this.#runs.delete(run);
  }

  async #look(): Promise<void> {
    try {
      while (this.#runs.size > 0) {
        for (const [run, entries] of this.#census.take(this.#runs.keys())) await this.#judge(run, entries);
        await pause(LOOK_MS, undefined, { ref: false });
      }
    } finally {
      this.#looking = undefined;
    }
  }

  async #judge(run: WatchedRun, entries: readonly ProcessEntry[]): Promise<void> {
    const { memoryBytes, processes } = this.#limits;
    if (processes !== undefined && entries.length > processes) return this.#end(run, "processes", processes, entries);
    const pids = entries.map(({ pid }) => pid);
    if (memoryBytes !== undefined && (await takeMoreMemory(pids, memoryBytes)))
      this.#end(run, "memory", memoryBytes, entries);
  }

  async #watchDisk(run: WatchedRun, limit: number, over: AbortSignal): Promise<void> {
    for (;;) {
      const begun = performance.now();
      if (await takeMoreDisk(run.directories, limit)) return this.#end(run, "disk", limit, []);
      const restMs = Math.max(DISK_REST_MS, DISK_REST_LOOKS * (performance.now() - begun));
      await pause(restMs, undefined, { ref: false, signal: over }).catch(() => undefined);
      if (over.aborted) return;
    }
  }

  #end(run: WatchedRun, resource: LimitedResource, limit: number, entries: readonly ProcessEntry[]): void {
    if (!this.#runs.has(run)) return;
    this.stop(run);
    run.end(describeExcess(resource, limit), entries);
  }

  async #safely(watch: Promise<void>): Promise<void> {
    try {
      await watch;
    } catch (error) {
      this.#onFault(new Error("A run could not be watched", { cause: error }));
    }
  }
}
