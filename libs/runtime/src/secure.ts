import type { Footprint } from "./footprint.ts";
import { errorCode } from "./system-error.ts";

/**
 * Moves a runner that was just started into its control group and records which process it is, while it loads: it
 * starts nothing before it has its task. Resolves in any case; without a group the run is held together the portable
 * way, and without the process id it is found by its marker.
 */
export async function secure(footprint: Footprint, pid: number, onFault: (error: Error) => void): Promise<void> {
  const works = [footprint.nameRunner(pid), footprint.group?.admit(pid)];
  for (const result of await Promise.allSettled(works)) {
    // ESRCH: it has ended meanwhile.
    if (result.status === "fulfilled" || errorCode(result.reason) === "ESRCH") continue;
    onFault(new Error("A runner could not be secured", { cause: result.reason }));
  }
}
