import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { mkdir, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, unlessMissing } from "../system-error.ts";

export const GROUP_PREFIX = "pifleet-";

/** The name of the control group of a run. */
export function groupName(run: string): string {
  return `${GROUP_PREFIX}${run}`;
}

/**
 * A control group (version 2) that holds the processes of one run. What they start is in it from its first moment, and
 * nothing that a process does to its session, its parent or its environment takes it out. No controller is needed.
 * Every method does nothing when the group is gone. What changes the hierarchy waits for its lock, which the kernel
 * holds for 8 to 20 ms while a process moves: the event loop does not wait for that.
 */
export class ControlGroup {
  readonly path: string;

  /** @param path the group's directory, which need not exist */
  constructor(path: string) {
    this.path = path;
  }

  /** Makes the group. Rejects when that is not allowed, or when there is one. */
  async create(): Promise<void> {
    await mkdir(this.path);
  }

  /**
   * Has the kernel hold limits for the group, where it has the controllers for that: then a fork or an allocation beyond
   * them fails, or kills within the group. Resolves in any case.
   */
  async limit({ tasks, memoryBytes }: { tasks?: number | undefined; memoryBytes?: number | undefined }): Promise<void> {
    await Promise.allSettled([
      tasks !== undefined && this.#set("pids.max", tasks),
      memoryBytes !== undefined && this.#set("memory.max", memoryBytes),
    ]);
  }

  /** Rejects where there is no such file: the group has no such controller. */
  async #set(file: string, value: number): Promise<void> {
    await writeFile(join(this.path, file), String(value), { flag: "r+" });
  }

  /** Makes the group before it returns; throws when that is not allowed, or when there is one. */
  createNow(): void {
    mkdirSync(this.path);
  }

  /** Moves a process into the group. A process that has ended cannot be moved: it rejects. */
  async admit(pid: number): Promise<void> {
    await writeFile(join(this.path, "cgroup.procs"), String(pid));
  }

  /** Whether a process lives in the group or below it. */
  populated(): boolean {
    return /^populated 1$/m.test(this.#read("cgroup.events"));
  }

  /** Its living processes, those of the groups below it included. */
  pids(): number[] {
    const own = this.#read("cgroup.procs").split("\n").filter(Boolean).map(Number);
    return [...own, ...this.#below().flatMap((group) => group.pids())];
  }

  /** Kills every process in it and below it, in one step that no fork escapes. */
  kill(): void {
    if (this.populated()) unlessGone(() => writeFileSync(join(this.path, "cgroup.kill"), "1"));
  }

  /** How many of its processes the kernel has killed for want of memory; `undefined` where memory is not counted. */
  outOfMemoryKills(): number | undefined {
    const count = /^oom_kill (\d+)$/m.exec(this.#read("memory.events"))?.[1];
    return count === undefined ? undefined : Number(count);
  }

  /** Removes the group with those below it. Rejects while a process lives in it. */
  async remove(): Promise<void> {
    for (const group of this.#below()) await group.remove();
    await unlessMissing(rmdir(this.path), undefined);
  }

  /** Removes the group with those below it before it returns; throws while a process lives in it. */
  removeNow(): void {
    for (const group of this.#below()) group.removeNow();
    unlessGone(() => rmdirSync(this.path));
  }

  #below(): ControlGroup[] {
    const entries = unlessGone(() => readdirSync(this.path, { withFileTypes: true })) ?? [];
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => new ControlGroup(join(this.path, name)));
  }

  #read(file: string): string {
    return unlessGone(() => readFileSync(join(this.path, file), "utf8")) ?? "";
  }
}

/** ENODEV: the group was removed while its file was open. */
function unlessGone<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (["ENOENT", "ENODEV"].includes(errorCode(error) ?? "")) return undefined;
    throw error;
  }
}
