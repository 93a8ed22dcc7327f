import { numeral, text } from "../scripting/parameters.ts";
import { integer } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const EXPIRE = defineScript({
  name: "expire",
  keys: {
    expiring: "sorted set of ended invocations",
  },
  args: {
    indexes: text("what the keys of the tenants' indexes begin with"),
    limit: numeral("how many at most"),
  },
  reply: integer("how many"),
});

/** Takes up to `limit` invocations whose retention has run out off their indexes; returns how many. */
export async function expire(scripts: Scripts, limit: number): Promise<number> {
  const { expiring, indexPrefix } = scripts.keys;
  return scripts.call(EXPIRE, { expiring }, { indexes: indexPrefix, limit });
}
