import type { Invocation, InvocationId, NewInvocation } from "@pifleet/invocation";
import { encodeRecord } from "../record.ts";
import type { Scripts } from "../scripts.ts";
import { encodeSpans } from "../span-encoding.ts";

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
  { idempotency, spans = [] }: NewInvocation,
  deadlineMs: number,
): Promise<CreateReply> {
  const { id, tenant, createdAt } = invocation;
  const queued = JSON.stringify({ type: "invocation.queued", at: createdAt, attempt: 0 });
  const written = await encodeSpans(spans);
  const identity = [tenant, idempotency?.fingerprint ?? "", DAY_MS];
  const args = [deadlineMs, ...identity, queued, written, ...encodeRecord(invocation)];
  const keys = idempotency ? [scripts.keys.idempotency(tenant, idempotency.key)] : [];
  const reply = await scripts.runOn(id, "create", args, keys);
  const [kind, redisMs, of] = reply as [CreateReply["kind"], number, InvocationId];
  return { kind, redisMs, id: of };
}
