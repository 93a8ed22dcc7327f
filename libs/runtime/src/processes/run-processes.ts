import { ProcessGroup } from "./process-group.ts";
import { HAS_PROCESS_TABLE } from "./process-table.ts";
import { SweptProcesses } from "./swept-processes.ts";

/** How the processes of one run are known. */
export interface RunIdentity {
  /** The runner, which leads a session and a process group of its own. */
  readonly leader: number;
  /** The environment variable, with its value, that all processes of the run have inherited. */
  readonly marker: string;
  readonly workspace: string;
}

/** All the processes of one run, the runner included. */
export interface RunProcesses {
  /** Whether any of them lives. */
  alive(): boolean;
  /** Whether all that live are stopped. */
  stopped(): boolean;
  /** Sends a signal to each of them. */
  signal(signal: NodeJS.Signals): void;
}

/** How the processes of a run are held together on this machine. */
export const CONTAINMENT = HAS_PROCESS_TABLE ? "process-group+sweep" : "process-group";

/** Must be called before the runner can have been collected. */
export function processesOf(identity: RunIdentity): RunProcesses {
  return HAS_PROCESS_TABLE ? new SweptProcesses(identity) : new ProcessGroup(identity.leader);
}
