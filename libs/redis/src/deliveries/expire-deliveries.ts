import type { Scripts } from "../scripting/scripts.ts";

/** Takes up to `limit` deliveries whose retention has run out off their indexes; returns how many. */
export async function expireDeliveries(scripts: Scripts, limit: number): Promise<number> {
  return (await scripts.runOnLedger("expire-deliveries", [limit])) as number;
}
