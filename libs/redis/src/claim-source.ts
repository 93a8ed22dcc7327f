import type { Carrier, InvocationId } from "@pifleet/invocation";
import { type Job, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { Keys } from "./keys.ts";
import { QUEUE_NAME } from "./queue-name.ts";
import { isUnreachable, reached } from "./unavailable.ts";

const LONGEST_STALL_CHECK_MS = 2_000;

/** BullMQ's answer to a move whose lease has run out, or that somebody else holds. */
const LEASE_GONE = new Set([-1, -2, -3, -6]);

/** An entry that was fetched, with the token that proves the right to it for one lease. */
export interface Fetched {
  readonly id: InvocationId;
  readonly carrier: Carrier;
  /** When the fetch was sent, at the latest; `performance.now()`. The lease began after it. */
  readonly fetchedAt: number;
  /** Whether the lease was extended; false when it was gone. @throws {UnavailableError} */
  extend(): Promise<boolean>;
  /** Takes the entry out of the queue. Does nothing when the lease is gone. @throws {UnavailableError} */
  complete(): Promise<void>;
  /** Puts the entry back, to be fetched after `delayMs`. Does nothing when the lease is gone. @throws {UnavailableError} */
  putBack(delayMs: number): Promise<void>;
}

/**
 * Fetches entries by hand from a BullMQ worker that has no processor: BullMQ renews nothing by itself, so a lease
 * lasts exactly as long as its holder says. While it runs, the worker also looks for leases that have run out and puts
 * their entries back at the head of the queue.
 */
export class ClaimSource {
  readonly #worker: Worker<Carrier>;
  readonly #leaseMs: number;

  constructor(redis: Redis, keys: Keys, options: { leaseMs: number; onFault: (error: Error) => void }) {
    this.#leaseMs = options.leaseMs;
    this.#worker = new Worker<Carrier>(QUEUE_NAME, null, {
      connection: redis,
      prefix: keys.queuePrefix,
      autorun: false,
      skipLockRenewal: true,
      lockDuration: options.leaseMs,
      stalledInterval: Math.min(LONGEST_STALL_CHECK_MS, Math.ceil(options.leaseMs / 3)),
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    });
    this.#worker.on("error", (error) => {
      // The main connection reports an outage itself.
      if (!isUnreachable(error)) options.onFault(error);
    });
    this.#worker.startStalledCheckTimer().catch(options.onFault);
  }

  /** The next entry; `null` when none came for some seconds, or after `close`. @throws {UnavailableError} */
  async next(): Promise<Fetched | null> {
    const token = crypto.randomUUID();
    const job: Job<Carrier> | undefined = await reached(this.#worker.getNextJob(token, { block: true }));
    return job?.id ? this.#fetched(job, token) : null;
  }

  /** Ends a fetch that waits. Entries that were fetched can still be extended, completed and put back. */
  async close(): Promise<void> {
    await this.#worker.close(true);
  }

  #fetched(job: Job<Carrier>, token: string): Fetched {
    // BullMQ notes the time of this host at which it sent the fetch.
    const ageMs = Math.max(0, Date.now() - (job.processedOn ?? Date.now()));
    return {
      id: job.id as InvocationId,
      carrier: job.data,
      fetchedAt: performance.now() - ageMs,
      extend: async () => (await reached(job.extendLock(token, this.#leaseMs))) === 1,
      complete: () => unlessGone(job.moveToCompleted(undefined as never, token, false)),
      // BullMQ wakes a waiting fetch for delayed entries, but not for prioritised ones that are moved back directly.
      putBack: (delayMs) => unlessGone(job.moveToDelayed(Date.now() + delayMs, token)),
    };
  }
}

async function unlessGone(move: Promise<unknown>): Promise<void> {
  try {
    await reached(move);
  } catch (error) {
    if (!isLeaseGone(error)) throw error;
  }
}

function isLeaseGone(error: unknown): boolean {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  return cause instanceof Error && "code" in cause && LEASE_GONE.has(cause.code as number);
}
