import {
  DELIVERY_STATUSES,
  type Delivery,
  type DeliveryId,
  type DeliveryQuery,
  KEPT_TRIES,
  type Page,
  ulidTime,
} from "@pifleet/invocation";
import type { Keys } from "../scripting/keys.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { decodeListed, deliveryFieldsOf } from "./delivery.ts";

/** How many ids one call looks at, at most, when many of them have expired. */
const LOOKED_AT = 1_000;

/**
 * A page of a tenant's deliveries, newest first: ids are ULIDs, so the lexical order of the indexes is the order of
 * creation. A page may be short, or even empty, and yet not be the last one.
 */
export async function listDeliveries(scripts: Scripts, query: DeliveryQuery): Promise<Page<Delivery, DeliveryId>> {
  const { keys } = scripts;
  const { limit, status = "", webhook = "" } = query;
  const args = [keys.deliveryPrefix, newest(query), oldest(query), limit, LOOKED_AT, KEPT_TRIES, status, webhook];
  const reply = await scripts.runForBuffers("list-deliveries", indexesFor(keys, query), args);
  const [rows, next] = reply as [[id: Buffer, flat: Buffer[]][], Buffer];
  const items = rows.map(([id, flat]) => decodeListed(String(id) as DeliveryId, deliveryFieldsOf(flat)));
  return {
    items: items.filter((delivery) => delivery !== null),
    next: next.length > 0 ? (String(next) as DeliveryId) : null,
  };
}

/** The fewest indexes that hold all that is asked for. Those of an invocation are few: no index tells more of them. */
function indexesFor(keys: Keys, { tenant, webhook, invocation, status }: DeliveryQuery): string[] {
  if (invocation) return [keys.deliveriesOf(invocation, tenant)];
  const statuses = status ? [status] : DELIVERY_STATUSES;
  return statuses.map((each) => keys.deliveriesIn(each, tenant, webhook));
}

function newest({ after, until }: DeliveryQuery): string {
  const behind = until === undefined ? "+" : `dlv_${ulidTime(until)}`;
  if (after !== undefined && (behind === "+" || after < behind)) return `(${after}`;
  return behind === "+" ? behind : `(${behind}`;
}

function oldest({ since }: DeliveryQuery): string {
  return since === undefined ? "-" : `[dlv_${ulidTime(since)}`;
}
