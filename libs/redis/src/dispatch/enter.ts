import type { InvocationId } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

/** Lets a queued invocation wait for its turn, `delayMs` from now. */
export async function enter(scripts: Scripts, id: InvocationId, delayMs: number): Promise<void> {
  const { turns, virtualTime, workers } = scripts.keys;
  await scripts.runOn(id, "enter", [delayMs], [turns, virtualTime, workers]);
}
