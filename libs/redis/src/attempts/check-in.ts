import type { CheckIn, InvocationId } from "@pifleet/invocation";
import { numeral } from "../scripting/parameters.ts";
import { oneOf, tuple, yesOrNo } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const CHECK_IN = defineScript({
  name: "check-in",
  base: "invocation",
  keys: {},
  args: {
    attempt: numeral("the number of the attempt"),
  },
  reply: tuple(oneOf("current", "stale"), yesOrNo("cancel was asked for"), yesOrNo("it is paused")),
});

/** Tells whether an attempt is still the one that may write, and what was asked of it. */
export async function checkIn(scripts: Scripts, id: InvocationId, attempt: number): Promise<CheckIn> {
  const [kind, cancelRequested, paused] = await scripts.callOn(id, CHECK_IN, {}, { attempt });
  return kind === "stale" ? { kind } : { kind, cancelRequested, paused };
}
