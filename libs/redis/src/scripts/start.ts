import { type InvocationId, invocationError } from "@pifleet/invocation";
import { fieldsOf, type StoredFields } from "../record.ts";
import type { Scripts } from "../scripts.ts";
import { CANCELLED } from "./cancel.ts";

const LOST = JSON.stringify(
  invocationError("worker_lost", "The worker that ran the attempt was lost: it died or could not be reached."),
);

export interface StartReply {
  readonly kind: "started" | "terminal" | "missing" | "late";
  readonly redisMs: number;
  /** The record; only when it started. */
  readonly fields: StoredFields;
}

/** Begins the next attempt on `worker`, unless Redis's clock has passed `deadlineMs`. */
export async function start(
  scripts: Scripts,
  id: InvocationId,
  worker: string,
  deadlineMs: number,
): Promise<StartReply> {
  const args = [deadlineMs, ...scripts.nextCall(), JSON.stringify(worker), LOST, CANCELLED, scripts.keys.reserves];
  const reply = await scripts.runOnForBuffers(id, "start", args);
  const [kind, redisMs, flat] = reply as [Buffer, number, Buffer[]];
  return { kind: kind.toString() as StartReply["kind"], redisMs, fields: fieldsOf(flat) };
}
