import type { InvocationId } from "../id.ts";
import type { WaitingFor } from "../waiting-for.ts";
import type { QueueEntry } from "./queue.ts";

/** How much may wait and run; null is no limit. */
export interface AdmissionLimits {
  /** Queued invocations of one tenant. */
  readonly tenantQueued: number | null;
  /** Queued invocations of all tenants. */
  readonly queued: number | null;
  /** Invocations of one tenant that are in the queue to be claimed, or run. */
  readonly tenantRunning: number | null;
  /** Size of one tenant's invocations in the database, in any status, bytes. */
  readonly tenantBytes: number | null;
}

export const NO_LIMITS: AdmissionLimits = { tenantQueued: null, queued: null, tenantRunning: null, tenantBytes: null };

/** Queued and running work of one tenant. */
export interface TenantStanding {
  readonly tenant: string;
  /** Invocations that wait for their turn. */
  readonly waiting: number;
  /** Invocations that have a place: they run, or are about to be claimed. */
  readonly admitted: number;
}

/** Waiting and admitted invocations. */
export interface Standing {
  readonly waiting: number;
  /** Invocations that wait for their time. */
  readonly scheduled: number;
  readonly admitted: number;
  /** How many tenants wait. */
  readonly waitingTenants: number;
  /** For how long the one that has waited for its turn for longest has, milliseconds; 0 when none waits. */
  readonly oldestMs: number;
  /** The tenants that wait, whose turn it is first: at most 100. */
  readonly tenants: readonly TenantStanding[];
}

/**
 * The port to the admission: it owns *who is next*, the queue only holds what is about to be claimed. A new invocation
 * waits in its tenant's lobby (or first for its time) until the fleet has a place for it, and the tenants take turns.
 *
 * The workers that are alive have as many places as attempts they run at once (`concurrency`), and one more each that
 * only a tenant can get who has none: so nobody holds every slot while another waits.
 *
 * Whoever is told of an admission puts the entry into the queue. One who dies before that is followed by the janitor.
 */
export interface Admission {
  /** Gives the free places to those whose turn it is, and returns what has to be put into the queue for them. */
  admit(): Promise<QueueEntry[]>;
  /** Which of these invocations wait neither for their turn nor for their time. */
  absent(ids: readonly InvocationId[]): Promise<InvocationId[]>;
  /** Lets a queued invocation wait for its turn again, in `delayMs`; it gives its place up. Others are left alone. */
  enter(id: InvocationId, delayMs: number): Promise<void>;
  /** Why a queued invocation does not run; `null` for any other. It costs the same however much waits. */
  waitingFor(id: InvocationId): Promise<WaitingFor | null>;
  /** Frees the places of those that need none any more; returns how many. */
  repair(): Promise<number>;
  /** Puts right what the limits, the places and the turns are counted by, after the records; returns how much of it. */
  recount(): Promise<number>;
  /** Counts anew what each tenant stores; returns by how many bytes the sums were wrong. */
  recountStorage(): Promise<number>;
  standing(): Promise<Standing>;
}
