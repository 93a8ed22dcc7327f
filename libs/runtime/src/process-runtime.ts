import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { LaunchError, type LaunchRequest, type Runner, type Runtime, type Swept } from "@pifleet/invocation";
import { MARKER, runnerEnvironment, toolEnvironment } from "./environment.ts";
import { Footprint } from "./footprint.ts";
import { processEnd } from "./process-end.ts";
import { ProcessRunner } from "./process-runner.ts";
import { type Containment, containedProcesses, containmentName, controlGroupParent } from "./processes/containment.ts";
import { readProcess } from "./processes/process-table.ts";
import { RunnerChannel } from "./runner-channel.ts";
import { secure } from "./secure.ts";
import { Site } from "./site.ts";
import { channelStream, spawnRunner } from "./spawn-runner.ts";
import { StartGate } from "./start-gate.ts";
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
  /** The runner's program. */
  readonly runnerEntry: string;
  /** The limit of a runner's heap, MB; 512 when it is left out. */
  readonly heapMb?: number;
  /** How long runners have to end by themselves when the runtime closes, milliseconds; 500 when it is left out. */
  readonly graceMs?: number;
  /** PATH of the runners and their tools; the worker's own when it is left out. */
  readonly path?: string;
  /** How the processes of a run are held together; `auto` when it is left out. */
  readonly containment?: Containment;
  /** The Node.js binary; the worker's own when it is left out. */
  readonly program?: string;
  /** Called for faults that the runtime survives. */
  readonly onFault?: (error: Error) => void;
}

/** A runtime whose runners are processes on this machine. */
export function createProcessRuntime(options: ProcessRuntimeOptions): Runtime {
  return new ProcessRuntime(options);
}

class ProcessRuntime implements Runtime {
  readonly containment: string;
  readonly #options: Required<ProcessRuntimeOptions>;
  readonly #gate = new StartGate(availableParallelism());
  readonly #closing = new AbortController();
  readonly #runners = new Set<ProcessRunner>();
  readonly #launches = new Set<Promise<unknown>>();
  readonly #groupParent: string | undefined;
  readonly #endNow = () => endNow(this.#runners, this.#ready?.compileCache);
  /** The site, once it is prepared. */
  #ready: Site | undefined;
  #site: Promise<Site> | undefined;
  #sweeping: Promise<Swept> | undefined;

  constructor(options: ProcessRuntimeOptions) {
    this.#options = {
      heapMb: DEFAULT_HEAP_MB,
      graceMs: DEFAULT_GRACE_MS,
      path: process.env.PATH ?? DEFAULT_PATH,
      containment: "auto",
      program: process.execPath,
      onFault: () => undefined,
      ...options,
      workspaces: resolve(options.workspaces),
    };
    this.#groupParent = controlGroupParent(this.#options.containment);
    this.containment = containmentName(this.#groupParent);
    process.on("exit", this.#endNow);
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

  sweep(): Promise<Swept> {
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  async #sweep(): Promise<Swept> {
    return sweep(await this.#prepared(), this.#options.onFault);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#launches);
    await Promise.all(Array.from(this.#runners, (runner) => this.#end(runner)));
    await this.#sweeping?.catch(() => undefined);
    await this.#ready?.compileCache.remove();
    process.off("exit", this.#endNow);
  }

  async #end(runner: ProcessRunner): Promise<void> {
    await runner.terminate(this.#options.graceMs);
    await runner.dispose();
  }

  async #launch(request: LaunchRequest, abandoned: AbortSignal): Promise<Runner> {
    const leave = await this.#gate.enter(abandoned);
    try {
      const site = await this.#prepared();
      const { onFault } = this.#options;
      const footprint = await Footprint.create({ site, groupParent: this.#groupParent, onFault, ...request });
      const runner = await this.#start(site, footprint);
      this.#runners.add(runner);
      return await this.#whenReady(runner, abandoned);
    } finally {
      leave();
    }
  }

  /** What could not be prepared, such as on a full disk, is tried again by the next launch. */
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

  /** Starts the process; when there is none, nothing is left behind. */
  async #start(site: Site, footprint: Footprint): Promise<ProcessRunner> {
    try {
      return await this.#spawn(site, footprint);
    } catch (error) {
      await footprint.remove();
      throw error;
    }
  }

  async #spawn({ compileCache }: Site, footprint: Footprint): Promise<ProcessRunner> {
    const { program, runnerEntry: entry, heapMb, path, onFault } = this.#options;
    const { workspace, marker, group } = footprint;
    const environment = runnerEnvironment(workspace, path, marker, compileCache.path);
    const child = spawnRunner({ program, entry, directory: workspace.path, environment, heapMb });
    const { pid } = child;
    if (pid === undefined) throw (await processEnd(child)).spawnError;
    const since = readProcess(pid)?.startTicks ?? 0;
    const variable = `${MARKER}=${marker}`;
    return new ProcessRunner({
      child,
      openChannel: (events) => new RunnerChannel(channelStream(child), events),
      pid,
      processes: containedProcesses({
        leader: pid,
        since,
        marker: variable,
        workspace: workspace.path,
        ...(group && { group }),
      }),
      footprint,
      secured: secure(footprint, pid, onFault),
      toolEnvironment: toolEnvironment(workspace, path, marker),
      onFault,
      onDisposed: (runner) => this.#runners.delete(runner),
    });
  }

  async #whenReady(runner: ProcessRunner, abandoned: AbortSignal): Promise<Runner> {
    if (await settledOrAborted(runner.ready, abandoned)) return runner;
    await runner.dispose();
    if (abandoned.aborted) throw new LaunchError("The runner could not be started: the launch was given up");
    const exit = await runner.exited;
    throw new LaunchError("The runner ended before it could take a task", { exit });
  }
}

/** What the promise resolves to, or `undefined` as soon as the signal is aborted. */
async function settledOrAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  return Promise.race([promise, aborted]);
}
