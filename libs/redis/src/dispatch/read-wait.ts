import { type InvocationId, QUEUE_NAME, type WaitingFor, type WaitingReason } from "@pifleet/invocation";
import { number, text } from "../scripting/parameters.ts";
import { integer, orNull, textOf, tuple } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const READ_WAIT = defineScript({
  name: "read-wait",
  keys: {
    record: "hash of the invocation",
    admitted: "sorted set of the places, see places.lua",
    scheduled: "sorted set of the ids of those that wait for their time",
    workers: "hash from id to presence, see workers.lua",
    meta: "BullMQ's hash about the queue, which has a field `paused` while it is paused",
    delayed: "BullMQ's sorted set of delayed entries; score: when they are due, Unix ms times 4096",
    prioritized: "BullMQ's sorted set of the entries that may be claimed, the next one first",
  },
  args: {
    id: text("of the invocation"),
    indexes: text("what the keys of the tenants' indexes begin with"),
    tenantPlaces: number("the most that a tenant may have; 0 is no limit"),
  },
  reply: orNull(
    tuple(textOf<WaitingReason>("reason"), integer("how many are ahead or -1"), integer("until when in Unix ms or 0")),
  ),
});

/** Why a queued invocation does not run; `null` for any other. `tenantRunning` is the most places of a tenant. */
export async function readWait(
  scripts: Scripts,
  id: InvocationId,
  tenantRunning: number | null,
): Promise<WaitingFor | null> {
  const { record, admitted, scheduled, workers, queuePrefix, indexPrefix } = scripts.keys;
  const ofQueue = (name: string) => `${queuePrefix}:${QUEUE_NAME}:${name}`;
  const reply = await scripts.call(
    READ_WAIT,
    {
      record: record(id),
      admitted,
      scheduled,
      workers,
      meta: ofQueue("meta"),
      delayed: ofQueue("delayed"),
      prioritized: ofQueue("prioritized"),
    },
    { id, indexes: indexPrefix, tenantPlaces: tenantRunning ?? 0 },
  );
  if (!reply) return null;
  const [reason, ahead, untilMs] = reply;
  return {
    reason,
    ...(ahead >= 0 && { ahead }),
    ...(untilMs > 0 && { until: new Date(untilMs).toISOString() }),
  };
}
