import { rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GIT_CONFIG, gitConfigPath, newMarker } from "./environment.ts";
import { type RunLimits, TASKS_PER_PROCESS } from "./limits/run-limits.ts";
import type { RunRecord } from "./ownership/run-record.ts";
import { ControlGroup, groupName } from "./processes/control-group.ts";
import { readProcess } from "./processes/process-table.ts";
import { removeTree } from "./remove-tree.ts";
import { newRun, temporaryName, workspaceName } from "./run-name.ts";
import { type SeedFile, writeSeedFiles } from "./seed-files.ts";
import type { Site } from "./site.ts";

const OWNER_ONLY = 0o700;

export interface FootprintRequest {
  readonly site: Site;
  /** The control group below which that of the run is made, where that can be. */
  readonly groupParent: string | undefined;
  readonly limits: RunLimits;
  readonly onFault: (error: Error) => void;
}

/** The attempt that a workspace is made for. */
export interface WorkspaceRequest {
  readonly invocationId: string;
  readonly attempt: number;
  readonly files: readonly SeedFile[];
}

/**
 * All that a run leaves on this machine beside its processes: the record of whose it is, its control group, a private
 * directory for temporary files, and, once it has an attempt to serve, its workspace. The record comes first and goes
 * last, so that whenever a worker dies, others find what is to be removed. Nobody but the owner can look into either
 * directory.
 */
export class Footprint {
  readonly run = newRun();
  readonly marker = newMarker();
  /** The private directory, absolute. */
  readonly temporary: string;
  #group: ControlGroup | undefined;
  #workspace: string | undefined;
  readonly #site: Site;

  private constructor({ site, groupParent }: FootprintRequest) {
    this.#site = site;
    this.temporary = join(site.root, temporaryName(this.run));
    this.#group = groupParent === undefined ? undefined : new ControlGroup(join(groupParent, groupName(this.run)));
  }

  /** The control group of the run, when it has one. */
  get group(): ControlGroup | undefined {
    return this.#group;
  }

  /** The absolute path of the workspace, once there is one. */
  get workspace(): string | undefined {
    return this.#workspace;
  }

  /** Leaves nothing behind when it fails. */
  static async create(request: FootprintRequest): Promise<Footprint> {
    const footprint = new Footprint(request);
    request.site.begun.add(footprint);
    try {
      footprint.#record();
      await footprint.#createGroup(request);
      await mkdir(footprint.temporary, { mode: OWNER_ONLY });
      await writeFile(gitConfigPath(footprint.temporary), GIT_CONFIG, { mode: 0o600 });
      return footprint;
    } catch (error) {
      await footprint.remove();
      throw error;
    }
  }

  /** A run without a group of its own is held together the portable way. */
  async #createGroup({ limits, onFault }: FootprintRequest): Promise<void> {
    try {
      await this.#group?.create();
      const { processes, memoryBytes } = limits;
      await this.#group?.limit({ tasks: processes && TASKS_PER_PROCESS * processes, memoryBytes });
    } catch (error) {
      this.#group = undefined;
      onFault(new Error("No control group could be made for a run", { cause: error }));
    }
  }

  /** Records which process the runner is. */
  async nameRunner(pid: number): Promise<void> {
    const startTicks = readProcess(pid)?.startTicks;
    if (startTicks !== undefined) this.#record({ pid, startTicks });
  }

  /** Makes the workspace with its seed files; returns its path. What was made stays when it fails. Only once. */
  async makeWorkspace({ invocationId, attempt, files }: WorkspaceRequest): Promise<string> {
    const workspace = join(this.#site.root, workspaceName(this.run, invocationId, attempt));
    this.#workspace = workspace;
    await mkdir(workspace, { mode: OWNER_ONLY });
    await writeSeedFiles(workspace, files);
    return workspace;
  }

  /** Removes it all. No process of the run may be left. Safe to call twice. */
  async remove(): Promise<void> {
    await this.#group?.remove();
    for (const directory of this.#directories) await removeTree(directory);
    await this.#site.register.remove(this.run);
    this.#site.begun.delete(this);
  }

  /** Removes it all before it returns; throws when something cannot be removed. */
  removeNow(): void {
    this.#group?.removeNow();
    for (const directory of this.#directories) rmSync(directory, { recursive: true, force: true });
    this.#site.register.removeNow(this.run);
  }

  get #directories(): string[] {
    return this.#workspace === undefined ? [this.temporary] : [this.#workspace, this.temporary];
  }

  #record(runner?: RunRecord["runner"]): void {
    const { owner, register } = this.#site;
    if (!owner) return;
    const group = this.#group && { group: this.#group.path };
    register.write(this.run, { owner, marker: this.marker, ...group, ...(runner && { runner }) });
  }
}
