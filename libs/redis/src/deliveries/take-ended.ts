import type { Ended } from "@pifleet/invocation";
import { number, numeral } from "../scripting/parameters.ts";
import { listOf, textOf } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const TAKE_ENDED = defineScript({
  name: "take-ended",
  keys: {
    outbox: "sorted set of the ids of ended invocations; score: when their row is due",
  },
  args: {
    limit: numeral("how many at most"),
    lease: number("milliseconds of the lease"),
  },
  reply: listOf(textOf<Ended>("id")),
});

/** Takes up to `limit` rows of the outbox; nobody else gets them for `leaseMs`. */
export async function takeEnded(scripts: Scripts, limit: number, leaseMs: number): Promise<Ended[]> {
  return scripts.call(TAKE_ENDED, { outbox: scripts.keys.outbox }, { limit, lease: leaseMs });
}
