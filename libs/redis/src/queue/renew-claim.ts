import type { Job } from "bullmq";
import type { Scripts } from "../scripting/scripts.ts";
import type { QueueKeys } from "./queue-keys.ts";

/** Extends the lease of a claim on a fetched entry; false when the claim is lost. @throws {UnavailableError} */
export async function renewClaim(
  scripts: Scripts,
  { active, stalled, entryPrefix, lockSuffix }: QueueKeys,
  { id = "", attemptsStarted }: Pick<Job, "id" | "attemptsStarted">,
  { token, leaseMs }: { readonly token: string; readonly leaseMs: number },
): Promise<boolean> {
  const entry = entryPrefix + id;
  const keys = [entry + lockSuffix, entry, active, stalled];
  return (await scripts.run("renew-claim", keys, [id, token, attemptsStarted, leaseMs])) === 1;
}
