import { ProcessGroup } from "./process-group.ts";
import { HAS_PROCESS_TABLE } from "./process-table.ts";
import type { RunIdentity, RunProcesses } from "./run-processes.ts";
import { SweptProcesses } from "./swept-processes.ts";

/** How the processes of a run are held together on this machine. */
export const CONTAINMENT = HAS_PROCESS_TABLE ? "process-group+sweep" : "process-group";

/** The processes of a run. Must be called before the runner can have been collected. */
export function containedProcesses(identity: RunIdentity): RunProcesses {
  return HAS_PROCESS_TABLE ? new SweptProcesses(identity) : new ProcessGroup(identity.leader);
}
