import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { ControlGroup, groupName } from "./control-group.ts";
import { ownControlGroup } from "./own-control-group.ts";
import { ProcessGroup } from "./process-group.ts";
import { HAS_PROCESS_TABLE } from "./process-table.ts";
import type { RunIdentity, RunProcesses } from "./run-processes.ts";
import { SweptProcesses } from "./swept-processes.ts";

/**
 * `auto`: a control group for every run where this process may make them, which is found out by trying; else the
 * portable way. `portable`: never a control group.
 *
 * A PID namespace is not used, though it would cost no more than 2 ms a start: the runner would be its init, which
 * ignores every signal that it does not handle, and which nothing inside can kill; tools would see another /proc.
 */
export type Containment = "auto" | "portable";

const PROBE_MS = 2_000;
/** A shell that moves itself into the group and kills the group: only SIGKILL ends it in time. */
const PROBE = 'echo 0 > "$0/cgroup.procs" && echo 1 > "$0/cgroup.kill" && sleep 5';

let usable: { readonly parent: string | undefined } | undefined;

/** The control group below which those of the runs can be made; `undefined` where they cannot. Tried once, in about 20 ms. */
export function controlGroupParent(containment: Containment): string | undefined {
  if (containment === "portable" || !HAS_PROCESS_TABLE) return undefined;
  usable ??= { parent: tried(ownControlGroup()) };
  return usable.parent;
}

/** The name of a containment, for the list of workers. */
export function containmentName(parent: string | undefined): string {
  if (parent !== undefined) return "cgroup";
  return HAS_PROCESS_TABLE ? "process-group+sweep" : "process-group";
}

/** The processes of a run. Must be called before a runner that is named can have been collected. */
export function containedProcesses(identity: RunIdentity): RunProcesses {
  if (HAS_PROCESS_TABLE) return new SweptProcesses(identity);
  if (identity.leader === undefined) throw new Error("A process group is known by its leader alone");
  return new ProcessGroup(identity.leader);
}

function tried(parent: string | undefined): string | undefined {
  if (parent === undefined) return undefined;
  const group = new ControlGroup(join(parent, groupName(`probe-${randomBytes(6).toString("hex")}`)));
  try {
    group.createNow();
  } catch {
    // Why it is not allowed does not matter: there is another way.
    return undefined;
  }
  try {
    const { signal } = spawnSync("/bin/sh", ["-c", PROBE, group.path], { stdio: "ignore", timeout: PROBE_MS });
    return signal === "SIGKILL" ? parent : undefined;
  } finally {
    group.removeNow();
  }
}
