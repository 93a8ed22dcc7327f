import { AWAY_CODES } from "./error-code.ts";
import type { Attempt } from "./invocation.ts";

/**
 * Ends of attempts that say nothing about the invocation, and so do not count against `limits.maxAttempts`: its worker
 * shut down or was lost, or its provider was away. A limit of its own bounds each.
 */
const uncounted: ReadonlySet<Attempt["ended"]> = new Set(["handed_back", "worker_lost", ...AWAY_CODES]);

/** How many of the attempts count against `limits.maxAttempts`. */
export function countedAttempts(attempts: readonly Pick<Attempt, "ended">[]): number {
  return attempts.filter(({ ended }) => !uncounted.has(ended)).length;
}
