import type { InvocationId } from "../id.ts";
import type { AttemptExport } from "../trace-export.ts";

/** An attempt whose spans are owed to a collector. Attempt 0 stands for an invocation that ended before its first one. */
export interface OwedSpans {
  readonly id: InvocationId;
  readonly attempt: number;
}

export interface SpoolSize {
  /** Attempts whose spans will be sent, or sent again. */
  readonly spooled: number;
  /** Attempts whose spans a collector refused for a reason that may pass, such as an expired credential. */
  readonly quarantined: number;
}

/** When the spans of an attempt are sent again, milliseconds from now; `never` when nothing is owed any more. */
export type NextTry = { readonly kind: "never" } | { readonly kind: "spool" | "quarantine"; readonly delayMs: number };

/** How long whoever settled an attempt has its spans for itself, milliseconds. */
export const SETTLER_LEASE_MS = 30_000;

/**
 * The port to the attempts whose spans are owed to a collector. An attempt is owed from the very write that ends it,
 * so whatever dies after that, somebody sends them. The spans themselves are in the span log.
 */
export interface TraceSpool {
  /**
   * Takes up to `limit` attempts that are due, the longest due first; nobody else gets them for `leaseMs`. The worker
   * that settled an attempt has it for `SETTLER_LEASE_MS` from then on without asking.
   */
  take(limit: number, leaseMs: number): Promise<OwedSpans[]>;
  /** Records what became of the spans of an attempt, and when they are to be sent again. */
  record(owed: OwedSpans, result: AttemptExport, next: NextTry): Promise<void>;
  size(): Promise<SpoolSize>;
}
