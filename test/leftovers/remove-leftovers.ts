import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { TestRun } from "../setup/test-run.ts";
import { type Process, processesOf } from "./processes.ts";

const PATIENCE_MS = 3_000;
const POLL_MS = 50;
const MOST_ROUNDS = 100;

/**
 * Ends and removes what the tests of a run left behind.
 * @param patienceMs how long a process may take that is on its way out
 * @returns a line for each process and each entry of the run's temporary directory that was still there
 */
export async function removeLeftovers(run: TestRun, patienceMs = PATIENCE_MS): Promise<string[]> {
  const processes = await lastingProcesses(run, patienceMs);
  if (processes.length > 0) await killAll(run);
  const entries = await readdir(run.directory);
  await rm(run.directory, { recursive: true, force: true });
  return [
    ...processes.map(({ pid, command }) => `process ${pid}: ${command}`),
    ...entries.map((entry) => `in the temporary directory: ${join(run.directory, entry)}`),
  ];
}

async function lastingProcesses(run: TestRun, patienceMs: number): Promise<Process[]> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const processes = processesOf(run);
    if (processes.length === 0 || performance.now() > deadline) return processes;
    await setTimeout(POLL_MS);
  }
}

/** Until none is left: one may have started another before it was killed. */
async function killAll(run: TestRun): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const processes = processesOf(run);
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
