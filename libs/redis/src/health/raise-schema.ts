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

/** Notes the schema of the fleet's data, unless a newer one is noted. */
export async function raiseSchema(scripts: Scripts, schema: number): Promise<void> {
  await scripts.call(RAISE_SCHEMA, { schema: scripts.keys.schema }, { own: schema });
}
