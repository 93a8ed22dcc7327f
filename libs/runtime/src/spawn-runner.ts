import { type ChildProcess, spawn } from "node:child_process";
import { Duplex } from "node:stream";
import type { Environment } from "./environment.ts";

/** The runner's file descriptor of the channel: Node finds it by the variable, and makes it its IPC. */
const CHANNEL = 3;

export interface SpawnRequest {
  /** The Node.js binary. */
  readonly node: string;
  /** The program that it is started with. */
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly environment: Environment;
  /** The limit of the runner's own heap, MB. */
  readonly heapMb: number;
}

/**
 * Starts a runner as the leader of a session and process group of its own. Neither its arguments nor its environment
 * hold a secret: other processes can read both.
 */
export function spawnRunner({ node, directory, environment, heapMb, ...runner }: SpawnRequest): ChildProcess {
  // A runner streams text: with a small young generation it takes less memory and less time for it. Without the last
  // flag any process of the same user can open Node's debugger in it, with a signal.
  const flags = [`--max-old-space-size=${heapMb}`, "--max-semi-space-size=1", "--disable-sigusr1"];
  return spawn(node, [...flags, ...runner.arguments], {
    cwd: directory,
    env: { ...environment, NODE_CHANNEL_FD: String(CHANNEL) },
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
}

/** The worker's end of the channel to a runner that was started. */
export function channelStream(child: ChildProcess): Duplex {
  const stream = child.stdio[CHANNEL];
  if (!(stream instanceof Duplex)) throw new Error("A runner is started with a channel");
  return stream;
}
