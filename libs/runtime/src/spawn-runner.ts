import { type ChildProcess, spawn } from "node:child_process";
import type { Environment } from "./environment.ts";

export interface SpawnRequest {
  /** The Node.js binary. */
  readonly program: string;
  /** The runner's main file. */
  readonly entry: string;
  readonly directory: string;
  readonly environment: Environment;
  /** The limit of the runner's own heap, MB. */
  readonly heapMb: number;
}

/**
 * Starts a runner as the leader of a session and process group of its own. Neither its arguments nor its environment
 * hold a secret: other processes can read both.
 */
export function spawnRunner({ program, entry, directory, environment, heapMb }: SpawnRequest): ChildProcess {
  // A runner streams text: with a small young generation it takes less memory and less time for it.
  const flags = [`--max-old-space-size=${heapMb}`, "--max-semi-space-size=1"];
  return spawn(program, [...flags, entry], {
    cwd: directory,
    env: environment,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
}
