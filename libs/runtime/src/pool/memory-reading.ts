import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ownControlGroup } from "../processes/own-control-group.ts";
import type { MemoryReading } from "./memory-room.ts";

const KB = 1_024;

/** How the memory stands now, where it is shortest; `undefined` where that cannot be told. */
export function readMemory(): MemoryReading | undefined {
  const readings = [readMachine(), ...controlGroups().map(readControlGroup)];
  return readings
    .filter((reading) => reading !== undefined)
    .sort((one, other) => one.availableBytes - other.availableBytes)[0];
}

function readMachine(): MemoryReading | undefined {
  const meminfo = contents("/proc/meminfo");
  const limit = wholeNumber(/^MemTotal: +(\d+) kB$/m.exec(meminfo)?.[1]);
  const available = wholeNumber(/^MemAvailable: +(\d+) kB$/m.exec(meminfo)?.[1]);
  if (limit === undefined || available === undefined) return undefined;
  return { limitBytes: limit * KB, availableBytes: available * KB };
}

/** The directory of our control group (version 2) and those of the ones above it. */
function controlGroups(): string[] {
  const paths: string[] = [];
  for (let path = ownControlGroup(); path !== undefined && isControlGroup(path); path = dirname(path)) paths.push(path);
  return paths;
}

function isControlGroup(path: string): boolean {
  return existsSync(join(path, "cgroup.procs"));
}

/** What the kernel takes back by itself, before it kills anybody, is available. */
export function readControlGroup(path: string): MemoryReading | undefined {
  const limitBytes = wholeNumber(contents(join(path, "memory.max")));
  const currentBytes = wholeNumber(contents(join(path, "memory.current")));
  if (limitBytes === undefined || currentBytes === undefined) return undefined;
  const reclaimable = wholeNumber(/^inactive_file (\d+)$/m.exec(contents(join(path, "memory.stat")))?.[1]) ?? 0;
  return { limitBytes, availableBytes: limitBytes - currentBytes + reclaimable };
}

/** `undefined` for what is none, such as the limit `max`. */
function wholeNumber(text = ""): number | undefined {
  return /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}

function contents(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not Linux, or a controller that is not there.
    return "";
  }
}
