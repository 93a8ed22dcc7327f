import type { Backend, Claim, Consumer } from "@pifleet/invocation";
import { NO_USAGE, type Outcome, SETTLER_LEASE_MS, type WorkerPresence } from "@pifleet/invocation";

const ID = "wrk_probe";
const TTL_MS = 60_000;
const OUTCOME: Outcome = { status: "succeeded", output: "done", messages: [], usage: NO_USAGE, error: null };

/** A worker of one place that is on the list only while it is measured, and that ends at once what it has claimed. */
export class ClaimProbe {
  readonly #backend: Backend;
  readonly #consumer: Consumer;
  #started = Promise.withResolvers<void>();
  #done = Promise.withResolvers<void>();

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#consumer = backend.queue.consume({ worker: ID, concurrency: 1, leaseMs: SETTLER_LEASE_MS }, (claim) =>
      this.#run(claim),
    );
  }

  /** Milliseconds from when a place is free until whoever is next has been admitted, claimed and started. */
  async claim(): Promise<number> {
    const { workers, admission, queue, store } = this.#backend;
    this.#started = Promise.withResolvers();
    this.#done = Promise.withResolvers();
    await workers.beat(presence(), TTL_MS);
    const begin = performance.now();
    const entries = await admission.admit();
    await queue.enqueue(...entries);
    await store.markEnqueued(...entries.map(({ id }) => id));
    await this.#started.promise;
    const took = performance.now() - begin;
    // Before the end of the run, so that its place is given to nobody.
    await workers.leave(ID);
    await this.#done.promise;
    return took;
  }

  stop(): Promise<void> {
    return this.#consumer.stop();
  }

  async #run(claim: Claim): Promise<void> {
    const { store, workers } = this.#backend;
    const started = await store.start(claim.id, ID);
    this.#started.resolve();
    await workers.leave(ID);
    if (started.kind === "started")
      await store.settle(claim.id, started.invocation.attempt, { kind: "final", outcome: OUTCOME });
    await claim.complete();
    this.#done.resolve();
  }
}

function presence(): WorkerPresence {
  const at = new Date().toISOString();
  const figures = { concurrency: 1, running: [], rssBytes: 0, load: 0, containment: "none" };
  return { id: ID, host: "bench", pid: process.pid, version: "0", startedAt: at, heartbeatAt: at, ...figures };
}
