import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** The variable in a process's environment that names the directory where it tells of its memory. */
export const MEMORY_DIRECTORY_VARIABLE = "BENCH_MEMORY";
/** None that ends a process which does not listen to it, or that the programs take for a wish to stop. */
export const MEMORY_SIGNAL = "SIGWINCH";
/** The argument of Node that makes a process tell. */
export const COLLECTABLE = `--import=${import.meta.resolve("./register.ts")}`;

const POLL_MS = 50;
const MB = 1_048_576;

/** Megabytes, after a collection of garbage. */
export interface Memory {
  /** Objects of JavaScript, and what they hold outside of the heap. */
  readonly heap: number;
  readonly rss: number;
}

/** Lets a process collect its garbage, and resolves to what it takes then. */
export async function collectedMemory(pid: number, directory: string): Promise<Memory> {
  const path = join(directory, String(pid));
  await rm(path, { force: true });
  process.kill(pid, MEMORY_SIGNAL);
  for (;;) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) {
      const { heapUsed, external, rss } = JSON.parse(text) as NodeJS.MemoryUsage;
      return { heap: (heapUsed + external) / MB, rss: rss / MB };
    }
    await setTimeout(POLL_MS);
  }
}
