import type { Job } from "bullmq";
import { numeral, text } from "../scripting/parameters.ts";
import { yesOrNo } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";
import type { QueueKeys } from "./queue-keys.ts";

const RENEW_CLAIM = defineScript({
  name: "renew-claim",
  keys: {
    lock: "of the entry; string: the token of the claim",
    entry: "hash",
    active: "list of the ids of the claimed entries",
    stalled: "set of those that were not renewed since the last look for lost ones",
  },
  args: {
    id: text("of the entry"),
    token: text("the token of the claim"),
    fetches: numeral("how often the entry had been fetched when this claim began"),
    lease: numeral("ms"),
  },
  reply: yesOrNo("the claim is held"),
});

/** Extends the lease of a claim on a fetched entry; false when the claim is lost. @throws {UnavailableError} */
export async function renewClaim(
  scripts: Scripts,
  { active, stalled, entryPrefix, lockSuffix }: QueueKeys,
  { id = "", attemptsStarted }: Pick<Job, "id" | "attemptsStarted">,
  { token, leaseMs }: { readonly token: string; readonly leaseMs: number },
): Promise<boolean> {
  const entry = entryPrefix + id;
  const keys = { lock: entry + lockSuffix, entry, active, stalled };
  return scripts.call(RENEW_CLAIM, keys, { id, token, fetches: attemptsStarted, lease: leaseMs });
}
