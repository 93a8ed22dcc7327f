import type { CheckIn, InvocationId } from "@pifleet/invocation";
import type { Scripts } from "../scripts.ts";

/** Tells whether an attempt is still the one that may write, and what was asked of it. */
export async function checkIn(scripts: Scripts, id: InvocationId, attempt: number): Promise<CheckIn> {
  const reply = (await scripts.runOn(id, "check-in", [attempt])) as "stale" | "current" | "cancel_requested";
  return reply === "stale" ? { kind: "stale" } : { kind: "current", cancelRequested: reply === "cancel_requested" };
}
