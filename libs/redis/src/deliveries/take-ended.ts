import type { Ended } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

/** Takes up to `limit` rows of the outbox; nobody else gets them for `leaseMs`. */
export async function takeEnded(scripts: Scripts, limit: number, leaseMs: number): Promise<Ended[]> {
  return (await scripts.run("take-ended", [scripts.keys.outbox], [limit, leaseMs])) as Ended[];
}
