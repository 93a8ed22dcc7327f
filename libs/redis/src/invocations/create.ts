import type { AdmissionLimits, Invocation, InvocationId, NewInvocation, QueueEntry } from "@pifleet/invocation";
import { entriesOf } from "../dispatch/admit.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { encodeSpans } from "../spans/span-encoding.ts";
import { encodeRecord } from "./record.ts";

type Refusal = "tenant_full" | "fleet_full" | "tenant_storage_full" | "storage_full";

/** By what a submission is measured. */
export interface CreateBounds {
  /** Redis's time after which it is not taken, Unix ms. */
  readonly deadlineMs: number;
  readonly limits: AdmissionLimits;
  /** Whether Redis has so little room left that it takes no submissions. */
  readonly isNearlyFull: boolean;
}

export interface CreateReply {
  readonly kind: "created" | "replayed" | "key_conflict" | "late" | Refusal;
  readonly redisMs: number;
  /** The id that the idempotency key stands for; without a replay, the invocation's own. */
  readonly id: InvocationId;
  /** Invocations that were admitted along with it. */
  readonly admitted: readonly QueueEntry[];
}

/** Writes a new invocation, unless it comes too late or there is no room for it. */
export async function create(
  scripts: Scripts,
  invocation: Invocation,
  { idempotency, spans = [] }: NewInvocation,
  { deadlineMs, limits, isNearlyFull }: CreateBounds,
): Promise<CreateReply> {
  const { id, tenant, createdAt, submission } = invocation;
  const queued = JSON.stringify({ type: "invocation.queued", at: createdAt, attempt: 0 });
  const written = await encodeSpans(spans);
  const identity = [tenant, idempotency?.fingerprint ?? ""];
  const most = [limits.tenantQueued ?? 0, limits.queued ?? 0, limits.tenantRunning ?? 0];
  const { turns, virtualTime, workers, recordPrefix } = scripts.keys;
  const storage = [limits.tenantBytes ?? 0, isNearlyFull ? 1 : 0];
  const waiting = [submission.delayMs, ...most, recordPrefix, ...storage];
  const args = [deadlineMs, ...identity, queued, written, ...waiting, ...encodeRecord(invocation)];
  const keys = idempotency ? [scripts.keys.idempotency(tenant, idempotency.key)] : [];
  const reply = await scripts.runOn(id, "create", args, [turns, virtualTime, workers, ...keys]);
  const [kind, redisMs, of, admitted] = reply as [CreateReply["kind"], number, InvocationId, string[]];
  return { kind, redisMs, id: of, admitted: entriesOf(admitted) };
}
