import { yesOrNo } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const IS_CROWDED = defineScript({
  name: "is-crowded",
  keys: {
    admitted: "sorted set of the places, see places.lua",
    workers: "hash from id to presence, see workers.lua",
  },
  args: {},
  reply: yesOrNo("reserves are used"),
});

/** Whether more invocations have a place than the workers that are alive run at once. */
export async function isCrowded(scripts: Scripts): Promise<boolean> {
  const { admitted, workers } = scripts.keys;
  return scripts.call(IS_CROWDED, { admitted, workers }, {});
}
