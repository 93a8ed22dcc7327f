import type { InvocationId } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";
import type { QueueKeys } from "./queue-keys.ts";

export type ClaimOfWorker = [id: InvocationId, token: string];

/** The entries that a worker has claimed, with the tokens of its claims. */
export async function claimsOfWorker(scripts: Scripts, keys: QueueKeys, worker: string): Promise<ClaimOfWorker[]> {
  const { active, entryPrefix, lockSuffix } = keys;
  return (await scripts.run("claims-of-worker", [active], [entryPrefix, lockSuffix, worker])) as ClaimOfWorker[];
}
