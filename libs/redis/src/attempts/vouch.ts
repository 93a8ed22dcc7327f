import type { InvocationId } from "@pifleet/invocation";
import { numeral } from "../scripting/parameters.ts";
import { nothing } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const VOUCH = defineScript({
  name: "vouch",
  base: "invocation",
  keys: {},
  args: {
    attempt: numeral("the number of the attempt"),
  },
  reply: nothing,
});

/** Notes that the worker of an attempt lives although it has lost its claim. */
export async function vouch(scripts: Scripts, id: InvocationId, attempt: number): Promise<void> {
  await scripts.callOn(id, VOUCH, {}, { attempt });
}
