import type { Redis } from "ioredis";
import { reached } from "../connection/unavailable.ts";
import type { Keys } from "../scripting/keys.ts";
import { number } from "../scripting/parameters.ts";
import { nothing } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const RAISE_SCHEMA = defineScript({
  name: "raise-schema",
  keys: {
    schema: "string: the number",
  },
  args: {
    own: number("number of this version"),
  },
  reply: nothing,
});

/**
 * Number of the form in which this version keeps a fleet's data. Raise it by one when processes of the version before
 * cannot read, or would damage, what this one writes; read the earlier form for at least one number back. A fleet
 * without a number has schema 1 or 2.
 */
export const SCHEMA = 2;

/**
 * Why this process is too old for the fleet's data; null when it is not.
 * @throws {UnavailableError}
 */
export async function outdated(redis: Redis, keys: Keys, own = SCHEMA): Promise<string | null> {
  const found = Number((await reached(redis.get(keys.schema))) ?? own);
  if (found <= own) return null;
  return (
    `The data of this fleet has the form of a newer version of Pi Fleet (schema ${found}; this version knows ${own}). ` +
    "Upgrade this process; docs/upgrading.md says in which order"
  );
}

/**
 * Notes the schema of this version whenever Redis is connected to, unless a newer one is noted. For what submits
 * invocations: workers of the version before may work until the first one is submitted in the new form.
 */
export function noteSchema(redis: Redis, scripts: Scripts, onFault: (error: Error) => void): void {
  redis.on("ready", () => {
    scripts.call(RAISE_SCHEMA, { schema: scripts.keys.schema }, { own: SCHEMA }).catch(onFault);
  });
}
