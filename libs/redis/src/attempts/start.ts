import { type InvocationId, invocationError, type ProviderAccounts } from "@pifleet/invocation";
import { fieldsOf, type StoredFields } from "../invocations/record.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { CANCELLED } from "../status/cancel.ts";

const LOST = JSON.stringify(
  invocationError("worker_lost", "The worker that ran the attempt was lost: it died or could not be reached."),
);

const KILLED = JSON.stringify(
  invocationError(
    "worker_killed",
    "Two workers were lost while they ran the invocation, and one that ran nothing else.",
  ),
);

export interface StartReply {
  readonly kind: "started" | "apart" | "held" | "terminal" | "missing" | "late";
  readonly redisMs: number;
  /** The record, only when it started, and `suspect` when its provider was away; `heldUntil` when it is held. */
  readonly fields: StoredFields;
}

/**
 * Begins the next attempt on `worker`, unless Redis's clock has passed `deadlineMs`.
 * @param apart whether the worker runs nothing else
 */
export async function start(
  scripts: Scripts,
  id: InvocationId,
  worker: string,
  {
    deadlineMs,
    apart,
    accounts,
  }: { readonly deadlineMs: number; readonly apart: boolean; readonly accounts: ProviderAccounts },
): Promise<StartReply> {
  const who = [
    JSON.stringify(worker),
    LOST,
    CANCELLED,
    scripts.keys.reserves,
    apart ? 1 : 0,
    KILLED,
    JSON.stringify(accounts),
  ];
  const args = [deadlineMs, ...scripts.nextCall(), ...who];
  const reply = await scripts.runOnForBuffers(id, "start", args, [scripts.keys.breakers]);
  const [kind, redisMs, flat] = reply as [Buffer, number, Buffer[]];
  return { kind: kind.toString() as StartReply["kind"], redisMs, fields: fieldsOf(flat) };
}
