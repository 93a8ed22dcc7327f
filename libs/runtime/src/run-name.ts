import { randomBytes } from "node:crypto";

const RUN = /^[0-9a-f]{12}$/;
const TEMPORARY = ".tmp-";
/** What is named otherwise is none of ours, and is never removed. */
const DIRECTORY = /^(?:\.tmp-|inv_[0-9A-Z]{26}-\d+-)([0-9a-f]{12})$/;

/** A new name for the run of a runner: of its process, from its start until nothing of it is left. */
export function newRun(): string {
  return randomBytes(6).toString("hex");
}

/** Whether this is a name that a run can have. */
export function isRun(name: string): boolean {
  return RUN.test(name);
}

/** The name of the private directory of a run: hidden, since it is there before anybody needs a workspace. */
export function temporaryName(run: string): string {
  return `${TEMPORARY}${run}`;
}

/** The name of the workspace of a run, by which people find the invocation and the sweep finds the run. */
export function workspaceName(run: string, invocationId: string, attempt: number): string {
  return `${invocationId}-${attempt}-${run}`;
}

/** The run that a directory belongs to; `undefined` for what is no directory of a run. */
export function runOf(directory: string): string | undefined {
  return DIRECTORY.exec(directory)?.[1];
}

/** Whether a directory of a run is its workspace. */
export function isWorkspace(directory: string): boolean {
  return runOf(directory) !== undefined && !directory.startsWith(TEMPORARY);
}
