import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Swept } from "@pifleet/invocation";
import { MARKER } from "../environment.ts";
import type { RunRecord } from "../ownership/run-record.ts";
import { type WorkerIdentity, workerState } from "../ownership/worker-identity.ts";
import { containedProcesses } from "../processes/containment.ts";
import { ControlGroup, groupName } from "../processes/control-group.ts";
import type { RunProcesses } from "../processes/run-processes.ts";
import type { RunPlace } from "../processes/works-for.ts";
import { removeTree } from "../remove-tree.ts";
import { isRun, isWorkspace, runOf } from "../run-name.ts";
import type { Site } from "../site.ts";
import { killAll } from "../terminate/kill-all.ts";
import { survivingLeader } from "./surviving-leader.ts";

/** Ends the runs whose worker is dead, and removes what they left. A run that fails is left to the next sweep. */
export async function sweepRuns(site: Site, self: WorkerIdentity, onFault: (error: Error) => void): Promise<Swept> {
  const swept = { runners: 0, workspaces: 0 };
  for (const { run, record } of await site.register.list()) {
    if (!record || !isRun(run)) continue;
    const state = workerState(record.owner, self);
    if (state === "alive" || state === "foreign") continue;
    try {
      const ended = await sweepRun({ site, run, record, rebooted: state === "dead_before_boot", onFault });
      swept.runners += ended.runners;
      swept.workspaces += ended.workspaces;
    } catch (error) {
      onFault(new Error(`What is left of the run ${run} could not be removed`, { cause: error }));
    }
  }
  return swept;
}

interface DeadRun {
  readonly site: Site;
  readonly run: string;
  readonly record: RunRecord;
  /** Whether the machine was started since: no process of it can be left then. */
  readonly rebooted: boolean;
  readonly onFault: (error: Error) => void;
}

async function sweepRun({ site, run, record, rebooted, onFault }: DeadRun): Promise<Swept> {
  const group = groupOf(run, record);
  const processes = rebooted ? undefined : processesOf(record, { root: site.root, run }, group);
  const lived = processes?.alive() ?? false;
  if (processes && !(await killAll(processes, onFault))) return { runners: 0, workspaces: 0 };
  // Its worker is dead: it makes no more of them.
  const directories = (await readdir(site.root)).filter((name) => runOf(name) === run);
  await group?.remove();
  for (const name of directories) await removeTree(join(site.root, name));
  // Of several workers that sweep at once, the one that removes the record has swept it.
  const swept = await site.register.remove(run);
  return { runners: swept && lived ? 1 : 0, workspaces: swept && directories.some(isWorkspace) ? 1 : 0 };
}

function processesOf({ owner, runner, marker }: RunRecord, place: RunPlace, group?: ControlGroup): RunProcesses {
  const variable = `${MARKER}=${marker}`;
  const leader = runner && survivingLeader(runner, variable, place);
  return containedProcesses({
    ...(leader !== undefined && { leader }),
    since: runner?.startTicks ?? owner.startTicks,
    marker: variable,
    place,
    ...(group && { group }),
  });
}

/** Only a group that bears the name of the run is its own, whatever a record says. */
function groupOf(run: string, { group }: RunRecord): ControlGroup | undefined {
  if (group === undefined || basename(group) !== groupName(run)) return undefined;
  return new ControlGroup(group);
}
