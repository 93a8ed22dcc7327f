import { readFileSync, readlinkSync } from "node:fs";
import { MARKER, type TestRun } from "../setup/test-run.ts";
import { isGone, livingProcesses } from "./living.ts";

export interface Process {
  readonly pid: number;
  readonly command: string;
}

/**
 * The living processes that tests of this run started, directly or not. They are told by the marker in their
 * environment; and those that got an environment of their own, by the run's temporary directory in it, in their
 * arguments or as their working directory. Their children belong to the run as well. Linux only: elsewhere there is no
 * /proc, and none is found.
 */
export function processesOf(run: TestRun): Process[] {
  const living = livingProcesses();
  const found = new Set(living.filter(({ pid }) => isOf(run, read(pid))).map(({ pid }) => pid));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent } of living) if (found.has(parent)) found.add(pid);
  }
  return living.filter(({ pid, command }) => found.has(pid) && command !== "");
}

interface Traces {
  readonly environment: string[];
  readonly arguments: string[];
  readonly directory: string;
}

function isOf(run: TestRun, traces: Traces | undefined): boolean {
  if (!traces) return false;
  const { environment, arguments: args, directory } = traces;
  if (environment.includes(`${MARKER}=${run.id}`)) return true;
  return [...environment, ...args, directory].some((text) => text.includes(run.directory));
}

/** Reads what tells whose process it is; `undefined` when it ended meanwhile, when only its exit code is left, or when it is not ours to read. */
function read(pid: number): Traces | undefined {
  try {
    const list = (file: string) => readFileSync(`/proc/${pid}/${file}`, "utf8").split("\0").filter(Boolean);
    const traces = {
      environment: list("environ"),
      arguments: list("cmdline"),
      directory: readlinkSync(`/proc/${pid}/cwd`),
    };
    return traces.arguments.length > 0 ? traces : undefined;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
