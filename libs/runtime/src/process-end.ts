import type { ChildProcess } from "node:child_process";
import { finished } from "node:stream/promises";
import { setTimeout } from "node:timers/promises";

/** How a process ended, as its parent is told. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started at all. */
  readonly spawnError?: Error;
}

/** How long what a process has left in its pipes is waited for, milliseconds; a grandchild may hold them for ever. */
const LEFTOVER_MS = 250;

/** Resolves when the process has ended, without waiting for its pipes. */
export function processEnd(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    // Also emitted for a signal that could not be sent; only a process that never was gets no exit.
    child.on("error", (spawnError) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, spawnError });
    });
  });
}

/** Resolves when what the ended process had written to stderr and to the channel was read, or does not come. */
export async function leftoversRead(child: ChildProcess, channelClosed: Promise<void>): Promise<void> {
  const written = child.stderr ? finished(child.stderr, { writable: false }) : undefined;
  // A pipe that breaks has ended as well.
  await Promise.race([Promise.allSettled([channelClosed, written]), setTimeout(LEFTOVER_MS)]);
}
