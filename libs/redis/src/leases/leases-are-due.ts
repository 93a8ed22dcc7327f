import type { Scripts } from "../scripting/scripts.ts";

/**
 * Whether leases that have run out may be taken for lost: not for one lease after Redis was away for longer than
 * `longestMs`. @throws {UnavailableError}
 */
export async function leasesAreDue(scripts: Scripts, leaseMs: number, longestMs: number): Promise<boolean> {
  return (await scripts.run("leases-are-due", [scripts.keys.leaseWatch], [leaseMs, longestMs])) === 1;
}
