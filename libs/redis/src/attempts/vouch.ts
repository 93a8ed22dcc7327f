import type { InvocationId } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

/** Notes that the worker of an attempt lives although it has lost its claim. */
export async function vouch(scripts: Scripts, id: InvocationId, attempt: number): Promise<void> {
  await scripts.runOn(id, "vouch", [attempt]);
}
