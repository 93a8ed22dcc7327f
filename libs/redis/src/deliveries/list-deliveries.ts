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
import { number, text } from "../scripting/parameters.ts";
import { bytes, listOf, textOf, tuple } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";
import { decodeListed, deliveryFieldsOf } from "./delivery.ts";

const LIST_DELIVERIES = defineScript({
  name: "list-deliveries",
  keys: {},
  moreKeys: "sorted sets of ids in lexical order, that have no id in common",
  args: {
    deliveries: text("what the key of a delivery begins with; its id follows"),
    to: text("the end of the range, as ZREVRANGEBYLEX takes it"),
    from: text("its beginning"),
    limit: number("how many at most"),
    longest: number("how many ids are looked at, at most"),
    kept: number("how many tries are kept"),
    status: text("only those in this status; empty for all"),
    webhook: text("only those of this webhook; empty for all"),
  },
  reply: tuple(
    listOf(tuple(textOf<DeliveryId>("id"), listOf(bytes("fields and their values")))),
    textOf<DeliveryId | "">("the id to go on behind; empty at the end"),
  ),
});

/** How many ids one call looks at, at most, when many of them have expired. */
const LOOKED_AT = 1_000;

/**
 * A page of a tenant's deliveries, newest first: ids are ULIDs, so the lexical order of the indexes is the order of
 * creation. A page may be short, or even empty, and yet not be the last one.
 */
export async function listDeliveries(scripts: Scripts, query: DeliveryQuery): Promise<Page<Delivery, DeliveryId>> {
  const { keys } = scripts;
  const { limit, status = "", webhook = "" } = query;
  const range = { deliveries: keys.deliveryPrefix, to: newest(query), from: oldest(query), limit };
  const args = { ...range, longest: LOOKED_AT, kept: KEPT_TRIES, status, webhook };
  const [rows, next] = await scripts.call(LIST_DELIVERIES, {}, args, { keys: indexesFor(keys, query) });
  const items = rows.map(([id, flat]) => decodeListed(id, deliveryFieldsOf(flat)));
  return {
    items: items.filter((delivery) => delivery !== null),
    next: next === "" ? null : next,
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
