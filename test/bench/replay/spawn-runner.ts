import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import type { SpawnRequest } from "../../../libs/runtime/src/spawn-runner.ts";
import { RECORDS_VARIABLE } from "./variable.ts";

const PROGRAM = fileURLToPath(new URL("./replaying-runner.pl", import.meta.url));
const CHANNEL = 3;

/** Starts a process that replays a run in place of a runner, with all else as a runner has it. */
export function spawnRunner({ directory, environment }: SpawnRequest): ChildProcess {
  return spawn("perl", [PROGRAM, process.env[RECORDS_VARIABLE] ?? ""], {
    cwd: directory,
    env: { ...environment },
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
}

/** The worker's end of the channel to a runner that was started. */
export function channelStream(child: ChildProcess): Duplex {
  return child.stdio[CHANNEL] as Duplex;
}
