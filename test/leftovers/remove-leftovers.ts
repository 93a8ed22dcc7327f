import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { TestRun } from "../setup/test-run.ts";
import type { Census } from "./census.ts";
import { type Process, processesOf } from "./processes.ts";

const PATIENCE_MS = 3_000;
const POLL_MS = 50;
const MOST_ROUNDS = 100;

export interface Options {
  /** How long a process may take that is on its way out, milliseconds. */
  readonly patienceMs?: number;
  /** Knows processes of the run that bear no trace of it. */
  readonly census?: Census;
}

/**
 * Ends and removes what the tests of a run left behind.
 * @returns a line for each process and each entry of the run's temporary directory that was still there
 */
export async function removeLeftovers(run: TestRun, options: Options = {}): Promise<string[]> {
  const { patienceMs = PATIENCE_MS, census } = options;
  const find = () => distinct([...processesOf(run), ...(census?.alive() ?? [])]);
  const processes = await lastingProcesses(find, patienceMs);
  if (processes.length > 0) await killAll(find);
  const entries = await readdir(run.directory);
  await rm(run.directory, { recursive: true, force: true });
  return [
    ...processes.map(({ pid, command }) => `process ${pid}: ${command}`),
    ...entries.map((entry) => `in the temporary directory: ${join(run.directory, entry)}`),
  ];
}

function distinct(processes: readonly Process[]): Process[] {
  return [...new Map(processes.map((one) => [one.pid, one])).values()];
}

async function lastingProcesses(find: () => Process[], patienceMs: number): Promise<Process[]> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const processes = find();
    if (processes.length === 0 || performance.now() > deadline) return processes;
    await setTimeout(POLL_MS);
  }
}

/** Until none is left: one may have started another before it was killed. */
async function killAll(find: () => Process[]): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const processes = find();
    if (processes.length === 0) return;
    for (const { pid } of processes) kill(pid);
    await setTimeout(POLL_MS);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
