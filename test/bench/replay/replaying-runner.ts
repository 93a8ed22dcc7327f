import { setTimeout } from "node:timers/promises";
import type { RunnerRecord } from "@pifleet/invocation";

/** A runner that takes a task and says what another one said, at the same pace, and does nothing else. */
export function replay([first, ...records]: readonly RunnerRecord[]): void {
  process.once("disconnect", () => process.exit(1));
  process.once("message", async () => {
    const startedAt = now();
    for (const record of records) {
      const wait = startedAt + record.at - (records[0]?.at ?? 0) - now();
      if (wait > 1) await setTimeout(wait);
      await say(record);
    }
    process.exit(0);
  });
  if (first) void say(first);
}

function say(record: RunnerRecord): Promise<void> {
  return new Promise((resolve) => {
    process.send?.({ ...record, at: now() }, undefined, undefined, () => resolve());
  });
}

/** Unix milliseconds, with fractions. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
