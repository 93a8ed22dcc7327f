import { readdirSync, readFileSync } from "node:fs";
import { endedChildrenCpuMs, ownCpuMs } from "./cpu-time.ts";

/** The ids of all living processes that descend from a process. Linux only. */
export function descendantsOf(pid: number): number[] {
  const children = childrenByParent();
  const below = (parent: number): number[] => (children.get(parent) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid);
}

/** The CPU time of all that a process has started, living or ended, milliseconds. Linux only. */
export function descendantsCpuMs(pid: number): number {
  const living = descendantsOf(pid).map((child) => unlessGone(() => ownCpuMs(child) + endedChildrenCpuMs(child)) ?? 0);
  return living.reduce((sum, cpuMs) => sum + cpuMs, endedChildrenCpuMs(pid));
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const parent = unlessGone(() => parentOf(Number(name)));
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  return children;
}

function parentOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The program's name stands in parentheses and may hold any character.
  return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
}

function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    // A process may end at any moment while it is looked at.
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH"))
      return undefined;
    throw error;
  }
}
