import type { InvocationId } from "@pifleet/invocation";
import { number } from "../scripting/parameters.ts";
import { nothing } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const ENTER = defineScript({
  name: "enter",
  base: "invocation",
  keys: {
    turns: "sorted set of the tenants; score: their virtual time",
    virtualTime: "of the fleet",
  },
  args: {
    delay: number("milliseconds until it waits for its turn"),
  },
  reply: nothing,
});

/** Lets a queued invocation wait for its turn, `delayMs` from now. */
export async function enter(scripts: Scripts, id: InvocationId, delayMs: number): Promise<void> {
  const { turns, virtualTime } = scripts.keys;
  await scripts.callOn(id, ENTER, { turns, virtualTime }, { delay: delayMs });
}
