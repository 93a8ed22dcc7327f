import type { InvocationId } from "@pifleet/invocation";
import { fieldsOf, type StoredFields } from "../invocations/record.ts";
import type { Scripts } from "../scripting/scripts.ts";

export interface PauseReply {
  readonly kind: "done" | "illegal" | "missing";
  readonly fields: StoredFields;
}

/** Pauses a running invocation, or lets a paused one run again, and tells its worker. */
export async function pauseOrResume(
  scripts: Scripts,
  script: "pause" | "resume",
  tenant: string,
  id: InvocationId,
): Promise<PauseReply> {
  const reply = await scripts.runOnForBuffers(id, script, [tenant, scripts.keys.requests]);
  const [kind, flat] = reply as [Buffer, Buffer[]];
  return { kind: kind.toString() as PauseReply["kind"], fields: fieldsOf(flat) };
}
