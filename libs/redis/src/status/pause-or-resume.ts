import type { InvocationId } from "@pifleet/invocation";
import { fieldsOf, type StoredFields } from "../invocations/record.ts";
import { text } from "../scripting/parameters.ts";
import { bytes, listOf, oneOf, tuple } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const ASKED = tuple(oneOf("done", "illegal", "missing"), listOf(bytes("fields of the record and their values")));
const RESUME = defineScript({
  name: "resume",
  base: "invocation",
  keys: {},
  args: {
    tenant: text("whose it is"),
    requests: text("channel of requests"),
  },
  reply: ASKED,
});
const PAUSE = defineScript({
  name: "pause",
  base: "invocation",
  keys: {},
  args: {
    tenant: text("whose it is"),
    requests: text("channel of requests"),
  },
  reply: ASKED,
});

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
  const args = { tenant, requests: scripts.keys.requests };
  const [kind, flat] = await scripts.callOn(id, script === "pause" ? PAUSE : RESUME, {}, args);
  return { kind, fields: fieldsOf(flat) };
}
