import { join } from "node:path";
import { newMarker } from "./environment.ts";
import type { RunRecord } from "./ownership/run-record.ts";
import { ControlGroup, groupName } from "./processes/control-group.ts";
import { readProcess } from "./processes/process-table.ts";
import type { SeedFile } from "./seed-files.ts";
import type { Site } from "./site.ts";
import { newRun, Workspace } from "./workspace.ts";

export interface FootprintRequest {
  readonly site: Site;
  /** The control group below which that of the run is made, where that can be. */
  readonly groupParent: string | undefined;
  readonly invocationId: string;
  readonly attempt: number;
  readonly files: readonly SeedFile[];
  readonly onFault: (error: Error) => void;
}

/**
 * All that a run leaves on this machine beside its processes: the record of whose it is, its workspace, its control
 * group. The record comes first and goes last, so that whenever a worker dies, others find what is to be removed.
 */
export class Footprint {
  readonly marker = newMarker();
  readonly workspace: Workspace;
  #group: ControlGroup | undefined;
  readonly #run: string;
  readonly #site: Site;

  private constructor({ site, groupParent, invocationId, attempt }: FootprintRequest) {
    this.#run = newRun(invocationId, attempt);
    this.#site = site;
    this.workspace = new Workspace(site.root, this.#run);
    this.#group = groupParent === undefined ? undefined : new ControlGroup(join(groupParent, groupName(this.#run)));
  }

  /** The control group of the run, when it has one. */
  get group(): ControlGroup | undefined {
    return this.#group;
  }

  /** Leaves nothing behind when it fails. */
  static async create(request: FootprintRequest): Promise<Footprint> {
    const footprint = new Footprint(request);
    try {
      await footprint.#record();
      footprint.#createGroup(request.onFault);
      await footprint.workspace.create(request.files);
      return footprint;
    } catch (error) {
      await footprint.remove();
      throw error;
    }
  }

  /** A run without a group of its own is held together the portable way. */
  #createGroup(onFault: (error: Error) => void): void {
    try {
      this.#group?.create();
    } catch (error) {
      this.#group = undefined;
      onFault(new Error("No control group could be made for a run", { cause: error }));
    }
  }

  /** Records which process the runner is. */
  async nameRunner(pid: number): Promise<void> {
    const startTicks = readProcess(pid)?.startTicks;
    if (startTicks !== undefined) await this.#record({ pid, startTicks });
  }

  /** Removes it all. No process of the run may be left. Safe to call twice. */
  async remove(): Promise<void> {
    this.group?.remove();
    await this.workspace.remove();
    await this.#site.register.remove(this.#run);
  }

  /** Removes it all before it returns; throws when something cannot be removed. */
  removeNow(): void {
    this.group?.remove();
    this.workspace.removeNow();
    this.#site.register.removeNow(this.#run);
  }

  async #record(runner?: RunRecord["runner"]): Promise<void> {
    const { owner, register } = this.#site;
    if (!owner) return;
    const group = this.group && { group: this.group.path };
    await register.write(this.#run, { owner, marker: this.marker, ...group, ...(runner && { runner }) });
  }
}
