import type { Scripts } from "../../scripting/scripts.ts";

/** Milliseconds until the next delivery or row of the outbox is due; null when there is none. */
export async function nextDue(scripts: Scripts): Promise<number | null> {
  const { dueDeliveries, outbox } = scripts.keys;
  return (await scripts.run("next-due", [dueDeliveries, outbox], [])) as number | null;
}
