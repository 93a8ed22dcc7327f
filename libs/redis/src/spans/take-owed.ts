import type { InvocationId, OwedSpans } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

/** Takes up to `limit` attempts whose spans are due at a collector; nobody else gets them for `leaseMs`. */
export async function takeOwed(scripts: Scripts, limit: number, leaseMs: number): Promise<OwedSpans[]> {
  const { owed, quarantined } = scripts.keys;
  const members = (await scripts.run("take-owed", [owed, quarantined], [limit, leaseMs])) as string[];
  return members.map(decodeMember);
}

function decodeMember(member: string): OwedSpans {
  const [id, attempt] = member.split("|");
  return { id: id as InvocationId, attempt: Number(attempt) };
}
