import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import {
  LaunchError,
  type LaunchRequest,
  type Runner,
  type RunnerProgram,
  type Runtime,
  type Swept,
} from "@pifleet/invocation";
import type { RunLimits } from "./limits/run-limits.ts";
import { RunWatch } from "./limits/run-watch.ts";
import { readMemory } from "./pool/memory-reading.ts";
import { RunnerPool } from "./pool/runner-pool.ts";
import type { ProcessRunner } from "./process-runner.ts";
import { type Containment, containmentName, controlGroupParent } from "./processes/containment.ts";
import type { Fallback } from "./program-choice.ts";
import { RunnerStarter } from "./runner-starter.ts";
import { Site } from "./site.ts";
import { sweep } from "./sweep/sweep.ts";
import { withoutPaths } from "./system-error.ts";
import { endNow } from "./terminate/end-now.ts";

/**
 * Measured: to load Pi takes more than 32 MB; a run with 20 tool calls whose results fill what Pi keeps of one (50 KB)
 * and a streamed answer of 3,000 words fails with 48 MB and succeeds with 64, at most 55 MB in use with any limit. The
 * rest is for long conversations and large messages; memory that is not used costs nothing.
 */
const DEFAULT_HEAP_MB = 512;
const DEFAULT_GRACE_MS = 500;
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface ProcessRuntimeOptions {
  /** The directory of the workspaces. Everything else in it has a leading dot. */
  readonly workspaces: string;
  /** Programs that runners are started with, the best first: the next is used when one does not work here. */
  readonly programs: readonly RunnerProgram[];
  /** The limit of a runner's heap, MB; 512 when it is left out. */
  readonly heapMb?: number;
  /** How much one run may take, with all its processes; any amount when it is left out. */
  readonly limits?: RunLimits;
  /** How many runners are started ahead and wait for a launch; none when it is left out. */
  readonly warm?: number;
  /** How long runners have to end by themselves when the runtime closes, milliseconds; 500 when it is left out. */
  readonly graceMs?: number;
  /** PATH of the runners and their tools; the worker's own when it is left out. */
  readonly path?: string;
  /** How the processes of a run are held together; `auto` when it is left out. */
  readonly containment?: Containment;
  /** The Node.js binary; the worker's own when it is left out. */
  readonly node?: string;
  /** Called for faults that the runtime survives. */
  readonly onFault?: (error: Error) => void;
  /** Called when a runner of a program could not get ready, and the next program is used in its place. */
  readonly onFallback?: (fallback: Fallback) => void;
}

/** A runtime whose runners are processes on this machine. */
export function createProcessRuntime(options: ProcessRuntimeOptions): Runtime {
  return new ProcessRuntime(options);
}

class ProcessRuntime implements Runtime {
  readonly containment: string;
  readonly #options: Required<ProcessRuntimeOptions>;
  readonly #starter: RunnerStarter;
  readonly #pool: RunnerPool<ProcessRunner>;
  readonly #closing = new AbortController();
  readonly #launches = new Set<Promise<unknown>>();
  readonly #endNow = () => endNow(this.#starter.runners, this.#ready);
  /** The site, once it is prepared. */
  #ready: Site | undefined;
  #site: Promise<Site> | undefined;
  #sweeping: Promise<Swept> | undefined;

  constructor(options: ProcessRuntimeOptions) {
    this.#options = {
      heapMb: DEFAULT_HEAP_MB,
      limits: {},
      warm: 0,
      graceMs: DEFAULT_GRACE_MS,
      path: process.env.PATH ?? DEFAULT_PATH,
      containment: "auto",
      node: process.execPath,
      onFault: () => undefined,
      onFallback: () => undefined,
      ...options,
      workspaces: resolve(options.workspaces),
    };
    const { warm: size, onFault } = this.#options;
    const groupParent = controlGroupParent(this.#options.containment);
    this.containment = containmentName(groupParent);
    const watch = new RunWatch(this.#options.limits, onFault);
    this.#starter = new RunnerStarter({ ...this.#options, groupParent, watch, prepareSite: () => this.#prepared() });
    const start = (abandoned: AbortSignal, ahead: boolean) => this.#starter.start(abandoned, ahead);
    this.#pool = new RunnerPool({ size, starts: availableParallelism(), start, readMemory, onFault });
    process.on("exit", this.#endNow);
  }

  get warm(): number {
    return this.#pool.warm;
  }

  start(): void {
    this.#pool.begin();
  }

  async launch(request: LaunchRequest): Promise<Runner> {
    const abandoned = AbortSignal.any([this.#closing.signal, ...(request.signal ? [request.signal] : [])]);
    const launch = this.#launch(request, abandoned);
    this.#launches.add(launch);
    try {
      return await launch;
    } catch (error) {
      if (error instanceof LaunchError) throw error;
      const reason = abandoned.aborted ? "the launch was given up" : withoutPaths(error);
      throw new LaunchError(`The runner could not be started: ${reason}`, { cause: error });
    } finally {
      this.#launches.delete(launch);
    }
  }

  async #launch(request: LaunchRequest, abandoned: AbortSignal): Promise<Runner> {
    const { runner, start } = await this.#pool.take(abandoned);
    this.#starter.distrustFailures();
    try {
      await runner.serve(request, start);
      abandoned.throwIfAborted();
      return runner;
    } catch (error) {
      await runner.dispose();
      throw error;
    }
  }

  sweep(): Promise<Swept> {
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  async #sweep(): Promise<Swept> {
    return sweep(await this.#prepared(), this.#options.onFault);
  }

  drain(): Promise<void> {
    return this.#pool.drain();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#launches);
    await this.#pool.drain();
    await Promise.all(Array.from(this.#starter.runners, (runner) => this.#end(runner)));
    await this.#sweeping?.catch(() => undefined);
    process.off("exit", this.#endNow);
  }

  async #end(runner: ProcessRunner): Promise<void> {
    await runner.terminate(this.#options.graceMs);
    await runner.dispose();
  }

  /** Preparation that failed, such as on a full disk, is tried again by the next start. */
  async #prepared(): Promise<Site> {
    this.#site ??= Site.prepare(this.#options.workspaces);
    try {
      this.#ready = await this.#site;
      return this.#ready;
    } catch (error) {
      this.#site = undefined;
      throw error;
    }
  }
}
