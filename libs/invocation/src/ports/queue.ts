import type { InvocationId } from "../id.ts";
import type { Carrier } from "../trace.ts";

/** What the queue is called, in the database and in spans. */
export const QUEUE_NAME = "invocations";

/** What waits in the queue. All else about the invocation is in the store. */
export interface QueueEntry {
  readonly id: InvocationId;
  readonly carrier: Carrier;
  /** 0 to `MAX_PRIORITY`; a higher one is claimed first. */
  readonly priority: number;
  readonly delayMs: number;
  /** Whether there may be no room for it but in a reserve; see `ConsumeOptions.reserve`. Default false. */
  readonly mayNeedReserve?: boolean;
}

/**
 * The right to run one invocation, held until it is completed, released or lost. It lasts for one lease from the
 * last successful renewal.
 */
export interface Claim {
  readonly id: InvocationId;
  readonly carrier: Carrier;
  /** Aborted when the claim is lost: a renewal was refused. From then on nothing may be written for the invocation. */
  readonly lost: AbortSignal;
  /**
   * Calls `listener` with `true` when the claim is in doubt: no renewal has succeeded for one lease, measured from
   * before the last successful one, so somebody else may have the invocation. Until a renewal tells, its run must stand
   * still. Calls it with `false` when a renewal has succeeded after all. Returns a function that ends this.
   */
  onDoubt(listener: (inDoubt: boolean) => void): () => void;
  /**
   * Extends the lease, also one that has run out if nobody has claimed the entry since. Resolves to `false` when the
   * claim is lost, and to `true` when it is held, or the queue cannot be reached.
   */
  renew(): Promise<boolean>;
  /** Gives the claim up for good: the invocation has ended, or needs no run. */
  complete(): Promise<void>;
  /** Puts the invocation back into the queue, to be claimed again after `delayMs`. */
  release(delayMs?: number): Promise<void>;
}

/** A running consumer of claims. */
export interface Consumer {
  /** No new claims from now on; resolves when the handlers of all the claims have returned. Safe to call twice. */
  stop(): Promise<void>;
  /** The ids whose handlers have not returned. */
  running(): InvocationId[];
}

/** How deep the queue is. */
export interface QueueDepth {
  readonly waiting: number;
  readonly delayed: number;
  readonly claimed: number;
  readonly paused: boolean;
}

/** The port to the queue, which owns *when* an invocation runs. What happened to it is the store's. */
export interface InvocationQueue {
  /**
   * Adds entries in one round trip, one more when the consumers have to be called for their reserves. Adding an id that
   * waits, or is claimed, changes nothing.
   * @throws {UnavailableError} at once when the queue cannot be reached.
   */
  enqueue(...entries: QueueEntry[]): Promise<void>;
  /** Takes a waiting or delayed entry out. A claimed one stays: its claim finds the invocation terminal. */
  remove(id: InvocationId): Promise<void>;
  /**
   * Claims entries, at most `concurrency` and `reserve` at once, and hands each to `handle`. An id whose handler has not returned
   * is never handed out again by the same consumer. `handle` must not reject.
   */
  consume(options: ConsumeOptions, handle: (claim: Claim) => Promise<void>): Consumer;
  /** Which of these invocations have no entry, neither waiting nor claimed. */
  missing(ids: readonly InvocationId[]): Promise<InvocationId[]>;
  /**
   * Puts back what a worker has claimed that is known to be dead, at once and ahead of others; returns the ids. The
   * dead worker's claims are lost by it, should it live after all.
   */
  reclaim(worker: string): Promise<InvocationId[]>;
  depth(): Promise<QueueDepth>;
  /** Stops all consumers of the fleet from claiming; running work goes on. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

export interface ConsumeOptions {
  /** The id of the worker that claims; `reclaim` finds its claims by it. */
  readonly worker: string;
  readonly concurrency: number;
  /**
   * How many more claims it may hold; none by default. It takes them only while it holds `concurrency`, and while
   * more invocations have a place than the workers run at once; see `Admission`.
   */
  readonly reserve?: number;
  /** How long a claim lasts without renewal, milliseconds. */
  readonly leaseMs: number;
  /** Called for infrastructure faults that the consumer itself survives. */
  readonly onFault?: (error: Error) => void;
}
