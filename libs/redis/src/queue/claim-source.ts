import { type Carrier, type InvocationId, QUEUE_NAME } from "@pifleet/invocation";
import { type Job, Worker } from "bullmq";
import type { Redis } from "ioredis";
import { isUnreachable, reached } from "../connection/unavailable.ts";
import { tookEffect } from "../leases/lease-gone.ts";
import { LeaseWatch, watchRoundMs } from "../leases/lease-watch.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { type QueueKeys, queueKeys } from "./queue-keys.ts";
import { renewClaim } from "./renew-claim.ts";

/** An entry that was fetched, with the token that proves the right to it for one lease. */
export interface Fetched {
  readonly id: InvocationId;
  readonly carrier: Carrier;
  /** When the fetch was sent, at the latest; `performance.now()`. The lease began after it. */
  readonly fetchedAt: number;
  /**
   * Whether the lease was extended; also one that has run out, if the entry lies where it was and nobody has fetched it
   * since. @throws {UnavailableError}
   */
  renew(): Promise<boolean>;
  /** Takes the entry out of the queue. Does nothing when the lease is gone. @throws {UnavailableError} */
  complete(): Promise<void>;
  /** Puts the entry back, to be fetched after `delayMs`. Does nothing when the lease is gone. @throws {UnavailableError} */
  putBack(delayMs: number): Promise<void>;
}

export interface ClaimSourceOptions {
  /** The id of the worker that claims. Each token begins with it; see `claims-of-worker.lua`. */
  readonly worker: string;
  readonly leaseMs: number;
  readonly onFault: (error: Error) => void;
}

/**
 * Fetches entries by hand from a BullMQ worker that has no processor: BullMQ renews nothing by itself, so a lease
 * lasts exactly as long as its holder says. Meanwhile a watch puts entries whose leases have run out back at the head of
 * the queue.
 */
export class ClaimSource {
  readonly #bullmq: Worker<Carrier>;
  readonly #scripts: Scripts;
  readonly #keys: QueueKeys;
  readonly #watch: LeaseWatch;
  readonly #worker: string;
  readonly #leaseMs: number;

  constructor(redis: Redis, scripts: Scripts, options: ClaimSourceOptions) {
    const { leaseMs, onFault } = options;
    const roundMs = watchRoundMs(leaseMs);
    this.#scripts = scripts;
    this.#worker = options.worker;
    this.#leaseMs = options.leaseMs;
    this.#bullmq = new Worker<Carrier>(QUEUE_NAME, null, {
      connection: redis,
      prefix: scripts.keys.queuePrefix,
      autorun: false,
      skipLockRenewal: true,
      lockDuration: leaseMs,
      stalledInterval: roundMs,
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    });
    this.#bullmq.on("error", (error) => {
      // The main connection reports an outage itself.
      if (!isUnreachable(error)) onFault(error);
    });
    this.#keys = queueKeys(this.#bullmq);
    const putStalledBack = () => this.#bullmq.backend.moveStalledJobsToWait();
    this.#watch = new LeaseWatch(scripts, putStalledBack, { leaseMs, roundMs, onFault });
  }

  /**
   * The next entry; `null` when none came for some seconds, or after `close`. Without `wait`, `null` when there is none
   * now. @throws {UnavailableError}
   */
  async next(wait: boolean): Promise<Fetched | null> {
    const token = `${this.#worker}:${crypto.randomUUID()}`;
    const job: Job<Carrier> | undefined = await reached(this.#bullmq.getNextJob(token, { block: wait }));
    return job?.id ? this.#fetched(job, token) : null;
  }

  /** Ends a fetch that waits. Entries that were fetched can still be extended, completed and put back. */
  async close(): Promise<void> {
    this.#watch.stop();
    await this.#bullmq.close(true);
  }

  #fetched(job: Job<Carrier>, token: string): Fetched {
    // BullMQ notes the time of this host at which it sent the fetch.
    const ageMs = Math.max(0, Date.now() - (job.processedOn ?? Date.now()));
    return {
      id: job.id as InvocationId,
      carrier: job.data,
      fetchedAt: performance.now() - ageMs,
      renew: () => renewClaim(this.#scripts, this.#keys, job, { token, leaseMs: this.#leaseMs }),
      complete: async () => {
        await tookEffect(job.moveToCompleted(undefined as never, token, false));
      },
      putBack: (delayMs) => putBack(job, token, delayMs),
    };
  }
}

async function putBack(job: Job<Carrier>, token: string, delayMs: number): Promise<void> {
  // BullMQ wakes a waiting fetch for delayed entries, but not for prioritised ones that are moved back directly.
  if (!(await tookEffect(job.moveToDelayed(Date.now() + delayMs, token)))) return;
  // One that came from a dead worker has lost its priority; see `reclamation.ts`.
  const { priority } = job.opts;
  if (job.priority !== priority) await reached(job.changePriority({ priority }));
}
