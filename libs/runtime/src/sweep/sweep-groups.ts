import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { modifiedAt } from "../modified-at.ts";
import { ControlGroup, GROUP_PREFIX } from "../processes/control-group.ts";
import { ownControlGroup } from "../processes/own-control-group.ts";
import { errorCode, unlessMissing } from "../system-error.ts";

/**
 * Removes empty control groups from before a time (Unix milliseconds) whose record is gone, such as with the whole
 * directory of the workspaces. An empty group holds nothing, so this harms no run.
 */
export async function sweepGroups(before: number): Promise<void> {
  const parent = ownControlGroup();
  if (parent === undefined) return;
  for (const name of await unlessMissing(readdir(parent), [])) {
    const group = new ControlGroup(join(parent, name));
    if (!name.startsWith(GROUP_PREFIX) || group.populated()) continue;
    if (((await modifiedAt(group.path)) ?? before) < before) await removeIfAllowed(group);
  }
}

async function removeIfAllowed(group: ControlGroup): Promise<void> {
  try {
    await group.remove();
  } catch (error) {
    // Populated again, or another user's.
    if (!["EBUSY", "EACCES", "EPERM"].includes(errorCode(error) ?? "")) throw error;
  }
}
