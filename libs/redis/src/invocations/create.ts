import type { AdmissionLimits, Invocation, InvocationId, NewInvocation, QueueEntry } from "@pifleet/invocation";
import { ADMITTED, entriesOf } from "../dispatch/admit.ts";
import { encoded, flag, json, number, text } from "../scripting/parameters.ts";
import { integer, oneOf, textOf, tuple } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { encodeSpans } from "../spans/span-encoding.ts";
import { encodeRecord } from "./record.ts";

const CREATE = defineScript({
  name: "create",
  base: "invocation",
  keys: {
    turns: "sorted set of the tenants; score: their virtual time",
    virtualTime: "the virtual time of the fleet",
    workers: "hash from id to presence, see workers.lua",
  },
  moreKeys: "hash of the idempotency key; absent without one",
  args: {
    deadline: number("Redis time after which the call came too late, Unix ms"),
    tenant: text("whose it is"),
    fingerprint: text("of the submission; empty without an idempotency key"),
    firstEvent: json("its first event, JSON"),
    written: encoded("spans of the submission, one element of the list; empty when there are none"),
    delay: number("milliseconds until it waits for its turn"),
    mostOfTenant: number("most queued invocations of the tenant; 0 is no limit, as for the next two"),
    mostOfAll: number("most queued invocations of all"),
    tenantPlaces: number("most places of the tenant"),
    records: text("what the keys of the records begin with"),
    mostBytes: number("the most bytes that the tenant may hold"),
    isNearlyFull: flag("1 when Redis is nearly full, else 0"),
  },
  moreArgs: "fields of the record and their values",
  reply: tuple(
    oneOf(
      "created",
      "tenant_full",
      "fleet_full",
      "tenant_storage_full",
      "storage_full",
      "replayed",
      "key_conflict",
      "late",
    ),
    integer("Redis time in Unix ms"),
    textOf<InvocationId>("id that the key stands for, or its own"),
    ADMITTED,
  ),
});

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
  const written = await encodeSpans(spans);
  const { turns, virtualTime, workers, recordPrefix } = scripts.keys;
  const given = {
    deadline: deadlineMs,
    tenant,
    fingerprint: idempotency?.fingerprint ?? "",
    firstEvent: { type: "invocation.queued", at: createdAt, attempt: 0 },
    written,
    delay: submission.delayMs,
    mostOfTenant: limits.tenantQueued ?? 0,
    mostOfAll: limits.queued ?? 0,
    tenantPlaces: limits.tenantRunning ?? 0,
    records: recordPrefix,
    mostBytes: limits.tenantBytes ?? 0,
    isNearlyFull,
  };
  const keys = idempotency ? [scripts.keys.idempotency(tenant, idempotency.key)] : [];
  const more = { keys, args: encodeRecord(invocation) };
  const reply = await scripts.callOn(id, CREATE, { turns, virtualTime, workers }, given, more);
  const [kind, redisMs, of, admitted] = reply;
  return { kind, redisMs, id: of, admitted: entriesOf(admitted) };
}
