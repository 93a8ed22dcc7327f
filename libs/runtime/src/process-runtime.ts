import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { LaunchError, type LaunchRequest, type Runner, type Runtime } from "@pifleet/invocation";
import { MARKER, newMarker, runnerEnvironment, toolEnvironment } from "./environment.ts";
import { processEnd } from "./process-end.ts";
import { ProcessRunner } from "./process-runner.ts";
import { CONTAINMENT, containedProcesses } from "./processes/containment.ts";
import { spawnRunner } from "./spawn-runner.ts";
import { StartGate } from "./start-gate.ts";
import { Workspace } from "./workspace.ts";

/** Measured: a run with Pi needs about 60 MB of heap; the rest is for long conversations and large tool results. */
const DEFAULT_HEAP_MB = 512;
const DEFAULT_GRACE_MS = 500;
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const COMPILE_CACHE = ".compile-cache";

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
  /** Called for faults that the runtime survives. */
  readonly onFault?: (error: Error) => void;
}

/** A runtime whose runners are processes on this machine. */
export function createProcessRuntime(options: ProcessRuntimeOptions): Runtime {
  return new ProcessRuntime(options);
}

class ProcessRuntime implements Runtime {
  readonly containment = CONTAINMENT;
  readonly #options: Required<ProcessRuntimeOptions>;
  readonly #gate = new StartGate(availableParallelism());
  readonly #closing = new AbortController();
  readonly #runners = new Set<ProcessRunner>();
  readonly #launches = new Set<Promise<unknown>>();

  constructor(options: ProcessRuntimeOptions) {
    this.#options = {
      heapMb: DEFAULT_HEAP_MB,
      graceMs: DEFAULT_GRACE_MS,
      path: process.env.PATH ?? DEFAULT_PATH,
      onFault: () => undefined,
      ...options,
      workspaces: resolve(options.workspaces),
    };
  }

  async launch(request: LaunchRequest): Promise<Runner> {
    const abandoned = AbortSignal.any([this.#closing.signal, ...(request.signal ? [request.signal] : [])]);
    const launch = this.#launch(request, abandoned);
    this.#launches.add(launch);
    try {
      return await launch;
    } catch (error) {
      if (error instanceof LaunchError) throw error;
      const reason = abandoned.aborted ? "the launch was given up" : String(error);
      throw new LaunchError(`The runner could not be started: ${reason}`, { cause: error });
    } finally {
      this.#launches.delete(launch);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#launches);
    await Promise.all(Array.from(this.#runners, (runner) => this.#end(runner)));
  }

  async #end(runner: ProcessRunner): Promise<void> {
    await runner.terminate(this.#options.graceMs);
    await runner.dispose();
  }

  async #launch(request: LaunchRequest, abandoned: AbortSignal): Promise<Runner> {
    const leave = await this.#gate.enter(abandoned);
    try {
      const workspace = await Workspace.create({ root: this.#options.workspaces, ...request });
      const runner = await this.#start(workspace);
      this.#runners.add(runner);
      return await this.#whenReady(runner, abandoned);
    } finally {
      leave();
    }
  }

  /** Starts the process; when there is none, the workspace is removed again. */
  async #start(workspace: Workspace): Promise<ProcessRunner> {
    const { workspaces, runnerEntry: entry, heapMb, path, onFault } = this.#options;
    const marker = newMarker();
    const environment = runnerEnvironment(workspace, path, marker, join(workspaces, COMPILE_CACHE));
    const child = spawnRunner({ entry, directory: workspace.path, environment, heapMb });
    const { pid } = child;
    if (pid === undefined) {
      const { spawnError } = await processEnd(child);
      await workspace.remove();
      throw new LaunchError(`The runner's process could not be created: ${spawnError?.message}`, { cause: spawnError });
    }
    return new ProcessRunner({
      child,
      pid,
      processes: containedProcesses({ leader: pid, marker: `${MARKER}=${marker}`, workspace: workspace.path }),
      workspace,
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
