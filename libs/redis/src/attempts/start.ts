import { type InvocationId, invocationError, type ProviderAccounts } from "@pifleet/invocation";
import { fieldsOf, type StoredFields } from "../invocations/record.ts";
import { flag, json, number, numeral, text } from "../scripting/parameters.ts";
import { bytes, integer, listOf, oneOf, tuple } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { CANCELLED } from "../status/cancel.ts";

const START = defineScript({
  name: "start",
  base: "invocation",
  keys: {
    breakers: "hash from `provider|account`, see breakers.lua",
  },
  args: {
    deadline: number("Redis time after which the call came too late, Unix ms"),
    writer: text("who calls, see repeated.lua"),
    call: numeral("the number of the call among those of the writer"),
    worker: json("JSON string"),
    lostError: text("error of an attempt that was lost with its worker, JSON"),
    cancelledError: text("error of a cancelled invocation, JSON"),
    reserves: text("channel of reserves"),
    isApart: flag("1 when the worker runs nothing else, and else 0"),
    killedError: text("error of an invocation whose attempt was lost with a worker that ran nothing else, JSON"),
    accountsJson: json("the worker's accounts at providers, by provider, JSON"),
  },
  reply: tuple(
    oneOf("started", "apart", "held", "terminal", "missing", "late"),
    integer("Redis time in Unix ms"),
    listOf(bytes("fields and their values")),
  ),
});

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
  const [writer, call] = scripts.nextCall();
  const args = {
    deadline: deadlineMs,
    writer,
    call,
    worker,
    lostError: LOST,
    cancelledError: CANCELLED,
    reserves: scripts.keys.reserves,
    isApart: apart,
    killedError: KILLED,
    accountsJson: accounts,
  };
  const [kind, redisMs, flat] = await scripts.callOn(id, START, { breakers: scripts.keys.breakers }, args);
  return { kind, redisMs, fields: fieldsOf(flat) };
}
