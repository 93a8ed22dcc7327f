import { number } from "../scripting/parameters.ts";
import { yesOrNo } from "../scripting/replies.ts";
import { defineScript } from "../scripting/script.ts";
import type { Scripts } from "../scripting/scripts.ts";

const LEASES_ARE_DUE = defineScript({
  name: "leases-are-due",
  keys: {
    watch: "hash: when somebody asked last, and from when on leases are due, Unix ms",
  },
  args: {
    lease: number("ms"),
    longest: number("the longest time between two questions within which no lease that is kept runs out, ms"),
  },
  reply: yesOrNo("it may be taken for lost"),
});

/**
 * Whether leases that have run out may be taken for lost: not for one lease after Redis was away for longer than
 * `longestMs`. @throws {UnavailableError}
 */
export async function leasesAreDue(scripts: Scripts, leaseMs: number, longestMs: number): Promise<boolean> {
  return scripts.call(LEASES_ARE_DUE, { watch: scripts.keys.leaseWatch }, { lease: leaseMs, longest: longestMs });
}
