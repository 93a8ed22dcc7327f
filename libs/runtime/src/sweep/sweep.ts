import type { Swept } from "@pifleet/invocation";
import type { Site } from "../site.ts";
import { sweepGroups } from "./sweep-groups.ts";
import { sweepRuns } from "./sweep-runs.ts";
import { sweepStrays } from "./sweep-strays.ts";

/** Age below which files without a worker are left alone, milliseconds: they may be in the making. */
const STRAY_MS = 5 * 60_000;

/**
 * Cleans up after the workers of this machine that died: kills the processes of their runs and removes what they left.
 * A worker that lives, or that cannot be seen from here, is left alone. Several workers may sweep at once.
 */
export async function sweep(site: Site, onFault: (error: Error) => void): Promise<Swept> {
  const { owner, root, register } = site;
  // Without a process table no worker can be judged.
  if (!owner) return { runners: 0, workspaces: 0 };
  const before = Date.now() - STRAY_MS;
  const swept = await sweepRuns(site, owner, onFault);
  const strays = await sweepStrays(root, register, before);
  await sweepGroups(before);
  return { runners: swept.runners, workspaces: swept.workspaces + strays };
}
