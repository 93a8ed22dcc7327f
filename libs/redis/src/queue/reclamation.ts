import type { InvocationId } from "@pifleet/invocation";
import type { Queue } from "bullmq";
import { reached } from "../connection/unavailable.ts";
import { tookEffect } from "../leases/lease-gone.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { claimsOfWorker } from "./claims-of-worker.ts";
import { queueKeys } from "./queue-keys.ts";

/**
 * Puts back what a dead worker has claimed; returns the ids. Each entry is moved under the token of its dead claim, so
 * that one which somebody else has claimed meanwhile stays, and the dead claim can do nothing any more.
 *
 * An entry that is claimed but has no token (its lease has run out, or its worker died between fetch and lock) is left
 * to BullMQ's stall check.
 */
export async function reclaim(queue: Queue, scripts: Scripts, worker: string): Promise<InvocationId[]> {
  const claims = await claimsOfWorker(scripts, queueKeys(queue), worker);
  const moved = await Promise.all(claims.map(([id, token]) => putAhead(queue, id, token)));
  return claims.filter((_, i) => moved[i]).map(([id]) => id);
}

/**
 * BullMQ moves an entry without a priority to the head of all that wait, and wakes a waiting fetch for it. It does
 * neither for one with a priority. Taking the priority away first changes nothing else while the entry is claimed.
 */
async function putAhead(queue: Queue, id: InvocationId, token: string): Promise<boolean> {
  const job = await reached(queue.getJob(id));
  if (!job) return false;
  return (await tookEffect(job.changePriority({ priority: 0 }))) && (await tookEffect(job.moveToWait(token)));
}
