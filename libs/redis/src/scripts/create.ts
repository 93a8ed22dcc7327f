import type { Idempotency, Invocation, InvocationId } from "@pifleet/invocation";
import { encodeRecord } from "../record.ts";
import type { Scripts } from "../scripts.ts";

const DAY_MS = 86_400_000;

export interface CreateReply {
  readonly kind: "created" | "replayed" | "key_conflict" | "late";
  readonly redisMs: number;
  /** The id that the idempotency key stands for; without a replay, the invocation's own. */
  readonly id: InvocationId;
}

/** Writes a new invocation, unless Redis's clock has passed `deadlineMs`. */
export async function create(
  scripts: Scripts,
  invocation: Invocation,
  idempotency: Idempotency | undefined,
  deadlineMs: number,
): Promise<CreateReply> {
  const { id, tenant, createdAt } = invocation;
  const queued = JSON.stringify({ type: "invocation.queued", at: createdAt, attempt: 0 });
  const args = [deadlineMs, tenant, idempotency?.fingerprint ?? "", DAY_MS, queued, ...encodeRecord(invocation)];
  const keys = idempotency ? [scripts.keys.idempotency(tenant, idempotency.key)] : [];
  const reply = await scripts.runOn(id, "create", args, keys);
  const [kind, redisMs, of] = reply as [CreateReply["kind"], number, InvocationId];
  return { kind, redisMs, id: of };
}
