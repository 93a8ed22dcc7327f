import type { CheckIn, InvocationId } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

/** Tells whether an attempt is still the one that may write, and what was asked of it. */
export async function checkIn(scripts: Scripts, id: InvocationId, attempt: number): Promise<CheckIn> {
  const reply = await scripts.runOn(id, "check-in", [attempt]);
  const [kind, cancelRequested, paused] = reply as [CheckIn["kind"], 0 | 1, 0 | 1];
  return kind === "stale" ? { kind } : { kind, cancelRequested: cancelRequested === 1, paused: paused === 1 };
}
