import { type InvocationId, QUEUE_NAME, type WaitingFor, type WaitingReason } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

type Reply = [reason: WaitingReason, ahead: number, untilMs: number] | null;

/** Why a queued invocation does not run; `null` for any other. `tenantRunning` is the most places of a tenant. */
export async function readWait(
  scripts: Scripts,
  id: InvocationId,
  tenantRunning: number | null,
): Promise<WaitingFor | null> {
  const { record, admitted, scheduled, workers, queuePrefix, indexPrefix } = scripts.keys;
  const ofQueue = ["meta", "delayed", "prioritized"].map((name) => `${queuePrefix}:${QUEUE_NAME}:${name}`);
  const keys = [record(id), admitted, scheduled, workers, ...ofQueue];
  const reply = (await scripts.run("read-wait", keys, [id, indexPrefix, tenantRunning ?? 0])) as Reply;
  if (!reply) return null;
  const [reason, ahead, untilMs] = reply;
  return {
    reason,
    ...(ahead >= 0 && { ahead }),
    ...(untilMs > 0 && { until: new Date(untilMs).toISOString() }),
  };
}
