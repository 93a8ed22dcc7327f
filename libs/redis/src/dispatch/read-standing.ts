import type { Standing } from "@pifleet/invocation";
import type { Scripts } from "../scripting/scripts.ts";

const LISTED_TENANTS = 100;

type Reply = [waiting: number, scheduled: number, admitted: number, count: number, tenants: [string, number, number][]];

/** Who waits for a place, and who has one. */
export async function readStanding(scripts: Scripts): Promise<Standing> {
  const { admitted, scheduled, turns, indexPrefix } = scripts.keys;
  const reply = await scripts.run("read-standing", [admitted, scheduled, turns], [indexPrefix, LISTED_TENANTS]);
  const [waiting, scheduledCount, admittedCount, waitingTenants, rows] = reply as Reply;
  const tenants = rows.map(([tenant, own, places]) => ({ tenant, waiting: own, admitted: places }));
  return { waiting, scheduled: scheduledCount, admitted: admittedCount, waitingTenants, tenants };
}
