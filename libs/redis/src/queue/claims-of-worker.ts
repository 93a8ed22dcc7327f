import type { InvocationId } from "@pifleet/invocation";
import { text } from "../scripting/parameters.ts";
import { listOf, textOf, tuple } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";
import type { QueueKeys } from "./queue-keys.ts";

const CLAIMS_OF_WORKER = defineScript({
  name: "claims-of-worker",
  keys: {
    active: "list of the ids of the claimed entries",
  },
  args: {
    entryPrefix: text("what the key of an entry begins with; its id follows"),
    lockSuffix: text("what the key of an entry's lock ends with"),
    worker: text("the id of the worker"),
  },
  reply: listOf(tuple(textOf<InvocationId>("id"), textOf("token"))),
});

export type ClaimOfWorker = readonly [id: InvocationId, token: string];

/** The entries that a worker has claimed, with the tokens of its claims. */
export async function claimsOfWorker(scripts: Scripts, keys: QueueKeys, worker: string): Promise<ClaimOfWorker[]> {
  const { active, entryPrefix, lockSuffix } = keys;
  return scripts.call(CLAIMS_OF_WORKER, { active }, { entryPrefix, lockSuffix, worker });
}
