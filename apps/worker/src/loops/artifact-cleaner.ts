import type { ArtifactStore, InvocationStore, KnownHolder, WorkerRegistry } from "@pifleet/invocation";
import { LedLoop } from "./led-loop.ts";

/** Age below which an unfinished upload is left alone, milliseconds. */
const UNFINISHED_MS = 3_600_000;
/** Invocations per look-up. */
const PAGE = 500;

export interface ArtifactCleanerOptions {
  readonly worker: string;
  readonly artifacts: ArtifactStore;
  readonly store: Pick<InvocationStore, "newestAttempts">;
  readonly registry: Pick<WorkerRegistry, "lead">;
  /** How long an invocation is kept after its end, milliseconds. */
  readonly retentionMs: number;
  /** How often it looks, milliseconds. */
  readonly roundMs: number;
  readonly onFault: (error: unknown) => void;
}

/**
 * Drops artifacts that are nobody's any more: those of invocations whose retention has run out, and those of attempts
 * that others came after, because their workers were lost while they kept them. An invocation that is not known keeps
 * its artifacts for the retention all the same: should two fleets have come to share a directory, or should Redis have
 * lost its memory, then that is the time to notice. It runs on every worker, and one of them does the work.
 */
export class ArtifactCleaner {
  readonly #options: ArtifactCleanerOptions;
  readonly #loop: LedLoop;

  constructor(options: ArtifactCleanerOptions) {
    this.#options = options;
    this.#loop = new LedLoop({ task: "artifacts", pauseMs: options.roundMs, ...options }, (stopping) =>
      this.#clean(stopping),
    );
  }

  start(): void {
    this.#loop.start();
  }

  /** Resolves when the round that is under way has ended. Safe to call twice, and before `start`. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #clean(stopping: AbortSignal): Promise<void> {
    const { artifacts } = this.#options;
    let page: KnownHolder[] = [];
    for await (const holder of artifacts.holders()) {
      if (stopping.aborted) return;
      page.push(holder);
      if (page.length < PAGE) continue;
      await this.#dropUnwanted(page, stopping);
      page = [];
    }
    await this.#dropUnwanted(page, stopping);
    await artifacts.sweep(Date.now() - UNFINISHED_MS);
  }

  async #dropUnwanted(holders: readonly KnownHolder[], stopping: AbortSignal): Promise<void> {
    if (holders.length === 0) return;
    const newest = await this.#options.store.newestAttempts(holders.map(({ id }) => id));
    for (const [i, holder] of holders.entries())
      if (!stopping.aborted && this.#isUnwanted(holder, newest[i] ?? null)) await this.#options.artifacts.drop(holder);
  }

  #isUnwanted({ attempt, sinceMs }: KnownHolder, newest: number | null): boolean {
    if (newest !== null) return newest > attempt;
    return sinceMs + this.#options.retentionMs < Date.now();
  }
}
