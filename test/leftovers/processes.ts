import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { MARKER, type TestRun } from "../setup/test-run.ts";

export interface Process {
  readonly pid: number;
  readonly command: string;
}

/**
 * The living processes that tests of this run started, directly or not. They are told by the marker in their
 * environment; and those that got an environment of their own, by the run's temporary directory in it, in their
 * arguments or as their working directory. Linux only: elsewhere there is no /proc, and none is found.
 */
export function processesOf(run: TestRun): Process[] {
  return pids().flatMap((pid) => {
    const process = read(pid);
    return process && isOf(run, process) ? [{ pid, command: process.arguments.join(" ") }] : [];
  });
}

interface Traces {
  readonly environment: string[];
  readonly arguments: string[];
  readonly directory: string;
}

function isOf(run: TestRun, { environment, arguments: args, directory }: Traces): boolean {
  if (environment.includes(`${MARKER}=${run.id}`)) return true;
  return [...environment, ...args, directory].some((text) => text.includes(run.directory));
}

function pids(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** What tells whose process it is; `undefined` when it ended meanwhile, when only its exit code is left, or when it is not ours to read. */
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

function isGone(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ESRCH" || code === "EACCES" || code === "EPERM";
}
