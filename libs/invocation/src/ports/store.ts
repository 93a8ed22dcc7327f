import type { InvocationId } from "../id.ts";
import type { Cancellation, Invocation } from "../invocation.ts";
import type { InvocationSummary } from "../invocation-record.ts";
import type { Settlement } from "../outcome.ts";
import type { Status, Transition } from "../status.ts";
import type { Span } from "../trace.ts";
import type { ProviderAccounts } from "./provider-breakers.ts";
import type { QueueEntry } from "./queue.ts";

/** A key under which a client may send the same submission twice, and the fingerprint of the submission's body. */
export interface Idempotency {
  readonly key: string;
  readonly fingerprint: string;
}

/** Data that is written together with a new invocation. */
export interface NewInvocation {
  readonly idempotency?: Idempotency;
  /** The spans of its submission, attempt 0. */
  readonly spans?: readonly Span[];
}

export type Created =
  | {
      readonly kind: "created";
      readonly invocation: Invocation;
      /** Invocations that were admitted along with it, which the caller must put into the queue. See `Admission`. */
      readonly admitted: readonly QueueEntry[];
    }
  /** The key was used before with the same body: this is what came of it. */
  | { readonly kind: "replayed"; readonly invocation: Invocation }
  /** The key was used before with another body. */
  | { readonly kind: "key_conflict" }
  /** The tenant, or the whole fleet, has `max` queued invocations already. Nothing was written. */
  | { readonly kind: "queue_full"; readonly of: "tenant" | "fleet"; readonly max: number }
  /** The tenant would hold more than `maxBytes`, or the database is nearly full (null). Nothing was written. */
  | { readonly kind: "storage_full"; readonly maxBytes: number | null };

export interface InvocationQuery {
  readonly tenant: string;
  readonly status?: Status;
  readonly agent?: string;
  /** A text that the name holds, in any case of its letters. */
  readonly name?: string;
  /** Metadata with these values. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Submitted at this time or later; Unix milliseconds. */
  readonly since?: number;
  /** Submitted before this time; Unix milliseconds. */
  readonly until?: number;
  /** 1 to 100. */
  readonly limit: number;
  /** The id that the page before ended with. */
  readonly after?: InvocationId;
}

export interface InvocationPage {
  /** Newest first. Fewer than `limit`, but one, when together they are longer than `FULL_PAGE_BYTES`. */
  readonly items: InvocationSummary[];
  /** Pass as `after` to get the next page; null at the end. */
  readonly next: InvocationId | null;
}

export type Started =
  | {
      readonly kind: "started";
      readonly invocation: Invocation;
      /** Whether its provider has left attempts without an answer of late: its breaker is to hear of an answer. */
      readonly isProviderSuspect?: boolean;
    }
  /** Its provider does not answer: it stays queued, has no slot, and is to be started again in `delayMs`. */
  | { readonly kind: "held"; readonly delayMs: number }
  /** Workers were lost while they ran it: it may only be started by one that runs nothing else. It is queued. */
  | { readonly kind: "apart" }
  /** It has ended: the claim needs no run. */
  | { readonly kind: "terminal" }
  | { readonly kind: "missing" };

/** Whether a write of an attempt was taken, or refused because the attempt's end, or a newer attempt, came before it. */
export type Fenced = "accepted" | "stale";

/** Who asks for a cancellation, and why. */
export type CancelRequest = Pick<Cancellation, "by" | "reason">;

/** A cancellation of which nothing more is known. */
export const NOBODYS_CANCEL: CancelRequest = { by: null, reason: null };

export type CancelResult =
  /** It is cancelled now (it was queued), or was before. */
  | { readonly kind: "cancelled"; readonly invocation: Invocation }
  /** An attempt runs; its worker was told and will settle it. */
  | { readonly kind: "requested"; readonly invocation: Invocation }
  | { readonly kind: "illegal"; readonly status: Status; readonly legal: Transition[] }
  | { readonly kind: "missing" };

export type PauseResult =
  /** It is paused, or runs again, now or since before. Its worker was told, and stops or continues the processes. */
  | { readonly kind: "done"; readonly invocation: Invocation }
  | { readonly kind: "illegal"; readonly status: Status; readonly legal: Transition[] }
  | { readonly kind: "missing" };

/** Answer to a worker's check-in for an attempt. */
export type CheckIn =
  | { readonly kind: "stale" }
  | { readonly kind: "current"; readonly cancelRequested: boolean; readonly paused: boolean };

/**
 * The port to the records: it owns *what happened*. Every method that writes for an attempt passes the fence: it is
 * refused when `attempt` is not the newest, or has ended. Each of them is atomic.
 * All throw `UnavailableError` at once when the store cannot be reached.
 */
export interface InvocationStore {
  /** Writes a new, queued invocation together with its idempotency key, its first event and its submission's spans. */
  create(invocation: Invocation, more?: NewInvocation): Promise<Created>;
  /** The invocation, if it exists and is the tenant's. */
  get(tenant: string, id: InvocationId): Promise<Invocation | null>;
  /** The status of an invocation, if it exists and is the tenant's: two small fields, however large the record is. */
  status(tenant: string, id: InvocationId): Promise<Status | null>;
  /** The invocation without its large fields, if it exists and is the tenant's. */
  summary(tenant: string, id: InvocationId): Promise<InvocationSummary | null>;
  list(query: InvocationQuery): Promise<InvocationPage>;
  /**
   * Begins the next attempt on `worker`. An attempt that still stands as running was lost with its worker: it is
   * closed as `worker_lost`, and does not count against the attempts that are allowed. After two whose workers did not
   * `vouch` for them the next one
   * begins only on a worker that runs nothing else (`apart`); when it is lost as well, the invocation fails as
   * `worker_killed` instead. One that must not be rerun fails instead, and one whose cancellation was asked for is
   * cancelled instead. One whose provider does not answer is held (`ProviderBreakers`), for as long as its
   * `limits.providerPatienceMs` at most.
   */
  start(
    id: InvocationId,
    worker: string,
    how?: { readonly apart?: boolean; readonly accounts?: ProviderAccounts },
  ): Promise<Started>;
  /**
   * Tells that the worker of an attempt lives although it has lost its claim: it was cut off, or stood still. The attempt
   * is then no reason to set the invocation apart, whether it has been closed as `worker_lost` already or is later.
   */
  vouch(id: InvocationId, attempt: number): Promise<void>;
  /** Shows that the attempt lives, and learns what was asked of it. */
  checkIn(id: InvocationId, attempt: number): Promise<CheckIn>;
  /**
   * Ends the attempt, and with it the invocation unless another attempt follows; writes the last events, and the
   * attempt's spans in place of its journal. From then on its spans are owed to their collector (`TraceSpool`).
   */
  settle(id: InvocationId, attempt: number, settlement: Settlement, spans?: readonly Span[]): Promise<Fenced>;
  /** Cancels a queued invocation; asks the worker of a running one to. Idempotent: the first request is recorded. */
  cancel(tenant: string, id: InvocationId, request?: CancelRequest): Promise<CancelResult>;
  /** Pauses a running invocation: the claim is kept, the worker stops the processes. Idempotent. */
  pause(tenant: string, id: InvocationId): Promise<PauseResult>;
  /** Lets a paused invocation run again. Idempotent. */
  resume(tenant: string, id: InvocationId): Promise<PauseResult>;
  /** The invocation, whoever owns it; for what tends to all of them. */
  read(id: InvocationId): Promise<Invocation | null>;
  /** The number of the newest attempt of each of these invocations, whoever owns them; null where there is none any more. */
  newestAttempts(ids: readonly InvocationId[]): Promise<(number | null)[]>;
  /** The ids of all tenants' invocations that have not ended, oldest first: at most 500 behind `after`. */
  open(after?: InvocationId): Promise<InvocationId[]>;
  /** Marks that the entries of these invocations are in the queue. */
  markEnqueued(...ids: InvocationId[]): Promise<void>;
  /** Invocations admitted more than `olderThanMs` ago whose entry was not marked as enqueued; at most 100. */
  unqueued(olderThanMs: number): Promise<Invocation[]>;
  /** Drops what its retention has run out for; returns how many. Called from time to time. */
  expire(): Promise<number>;
}

/** Thrown by every port when what is behind it cannot be reached; the caller answers 503 or tries again later. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
  readonly code = "unavailable";
}
