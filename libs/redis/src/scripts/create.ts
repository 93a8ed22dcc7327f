import type { AdmissionLimits, Invocation, InvocationId, NewInvocation, QueueEntry } from "@pifleet/invocation";
import { encodeRecord } from "../record.ts";
import type { Scripts } from "../scripts.ts";
import { encodeSpans } from "../span-encoding.ts";
import { entriesOf } from "./admit.ts";

const DAY_MS = 86_400_000;

export interface CreateReply {
  readonly kind: "created" | "replayed" | "key_conflict" | "late" | "tenant_full" | "fleet_full";
  readonly redisMs: number;
  /** The id that the idempotency key stands for; without a replay, the invocation's own. */
  readonly id: InvocationId;
  /** What was admitted by the way. */
  readonly admitted: readonly QueueEntry[];
}

/** Writes a new invocation, unless Redis's clock has passed `deadlineMs`, or `limits` are reached. */
export async function create(
  scripts: Scripts,
  invocation: Invocation,
  { idempotency, spans = [] }: NewInvocation,
  deadlineMs: number,
  limits: AdmissionLimits,
): Promise<CreateReply> {
  const { id, tenant, createdAt, submission } = invocation;
  const queued = JSON.stringify({ type: "invocation.queued", at: createdAt, attempt: 0 });
  const written = await encodeSpans(spans);
  const identity = [tenant, idempotency?.fingerprint ?? "", DAY_MS];
  const most = [limits.tenantQueued ?? 0, limits.queued ?? 0, limits.tenantRunning ?? 0];
  const { turns, virtualTime, workerDeadlines, workerSlots, recordPrefix } = scripts.keys;
  const waiting = [submission.delayMs, ...most, recordPrefix];
  const args = [deadlineMs, ...identity, queued, written, ...waiting, ...encodeRecord(invocation)];
  const keys = idempotency ? [scripts.keys.idempotency(tenant, idempotency.key)] : [];
  const reply = await scripts.runOn(id, "create", args, [turns, virtualTime, workerDeadlines, workerSlots, ...keys]);
  const [kind, redisMs, of, admitted] = reply as [CreateReply["kind"], number, InvocationId, string[]];
  return { kind, redisMs, id: of, admitted: entriesOf(admitted) };
}
