import type { InvocationSummary } from "@pifleet/client";
import type { Killing } from "./faults/fault.ts";

/**
 * How long it took after a worker was killed until each invocation that it ran had its next attempt, milliseconds.
 * One that had none any more, because it was cancelled or had no attempt left, is not counted.
 */
export function recoveryTimes(records: readonly InvocationSummary[], killings: readonly Killing[]): number[] {
  const killedAt = new Map(killings.map(({ worker, at }) => [worker, at]));
  return records.flatMap(({ attempts }) =>
    attempts.flatMap(({ worker, ended }, i) => {
      const at = killedAt.get(worker);
      const next = attempts[i + 1];
      return at === undefined || ended !== "worker_lost" || !next ? [] : [Date.parse(next.startedAt) - at];
    }),
  );
}
