import type { InvocationId, OwedSpans } from "@pifleet/invocation";
import { number } from "../scripting/parameters.ts";
import { listOf, textOf } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const TAKE_OWED = defineScript({
  name: "take-owed",
  keys: {
    owed: "sorted set of attempts; score: when they are due",
    quarantined: "the same",
  },
  args: {
    limit: number("how many at most"),
    lease: number("milliseconds of the lease"),
  },
  reply: listOf(textOf("member of the sets")),
});

/** Takes up to `limit` attempts whose spans are due at a collector; nobody else gets them for `leaseMs`. */
export async function takeOwed(scripts: Scripts, limit: number, leaseMs: number): Promise<OwedSpans[]> {
  const { owed, quarantined } = scripts.keys;
  const members = await scripts.call(TAKE_OWED, { owed, quarantined }, { limit, lease: leaseMs });
  return members.map(decodeMember);
}

function decodeMember(member: string): OwedSpans {
  const [id, attempt] = member.split("|");
  return { id: id as InvocationId, attempt: Number(attempt) };
}
