import { LaunchError, REHEARSE, type RunnerProgram } from "@pifleet/invocation";
import { MARKER, runnerEnvironment } from "./environment.ts";
import { Footprint } from "./footprint.ts";
import type { RunLimits } from "./limits/run-limits.ts";
import type { RunWatch } from "./limits/run-watch.ts";
import { processEnd } from "./process-end.ts";
import { ProcessRunner } from "./process-runner.ts";
import { containedProcesses } from "./processes/containment.ts";
import { readProcess } from "./processes/process-table.ts";
import { type Fallback, ProgramChoice } from "./program-choice.ts";
import { ProgramChanged, ProgramGuard } from "./program-guard.ts";
import { RunnerChannel } from "./runner-channel.ts";
import { secure } from "./secure.ts";
import type { Site } from "./site.ts";
import { channelStream, spawnRunner } from "./spawn-runner.ts";

export interface RunnerStarterOptions {
  readonly prepareSite: () => Promise<Site>;
  /** The control group below which those of the runs are made, where they can be. */
  readonly groupParent: string | undefined;
  /** The Node.js binary. */
  readonly node: string;
  /** Programs that runners are started with, the best first. */
  readonly programs: readonly RunnerProgram[];
  readonly heapMb: number;
  readonly limits: RunLimits;
  readonly watch: RunWatch;
  /** PATH of the runners and their tools. */
  readonly path: string;
  readonly onFault: (error: Error) => void;
  /** Called when a runner of a program could not get ready, and the next program is used in its place. */
  readonly onFallback: (fallback: Fallback) => void;
}

/** Starts runners, which are not yet anybody's, and knows all that are left. */
export class RunnerStarter {
  /** Those of which something is left. */
  readonly runners = new Set<ProcessRunner>();
  readonly #options: RunnerStarterOptions;
  readonly #choice: ProgramChoice;
  readonly #guard: ProgramGuard;
  readonly #changes = new Set<string>();

  constructor(options: RunnerStarterOptions) {
    this.#options = options;
    this.#choice = new ProgramChoice(options);
    this.#guard = new ProgramGuard(options.programs);
  }

  /** From now on tools may have a hand in it when a runner cannot start. */
  distrustFailures(): void {
    this.#choice.distrustFailures();
  }

  /**
   * Starts a runner; resolves when it can take a task. Leaves nothing behind when it fails, or is given up.
   * @param ahead whether nobody waits for it: then it rehearses first, so that a task is served sooner
   * @throws {LaunchError} when the runner ends before, or whatever the start fails with
   */
  async start(abandoned: AbortSignal, ahead: boolean): Promise<ProcessRunner> {
    for (let program = this.#choice.current; ; ) {
      try {
        return await this.#startGuarded(program, abandoned, ahead);
      } catch (error) {
        const next = this.#after(program, error);
        if (!next) throw error;
        program = next;
      }
    }
  }

  /** The program to go on with after an error; `undefined` when the start has failed with it. */
  #after(program: RunnerProgram, error: unknown): RunnerProgram | undefined {
    if (error instanceof LaunchError) return this.#choice.afterFailure(program, error.exit);
    if (!(error instanceof ProgramChanged)) return undefined;
    if (!this.#changes.has(error.file)) this.#options.onFault(error);
    this.#changes.add(error.file);
    return this.#choice.next(program);
  }

  /** What the runner has loaded by the time it is ready is what this worker started with. */
  async #startGuarded(program: RunnerProgram, abandoned: AbortSignal, ahead: boolean): Promise<ProcessRunner> {
    await this.#guard.check(program);
    const runner = await this.#startWith(ahead ? rehearsing(program) : program, abandoned);
    try {
      await this.#guard.check(program);
      return runner;
    } catch (error) {
      await runner.dispose();
      throw error;
    }
  }

  async #startWith(program: RunnerProgram, abandoned: AbortSignal): Promise<ProcessRunner> {
    const { prepareSite, groupParent, limits, onFault } = this.#options;
    const site = await prepareSite();
    abandoned.throwIfAborted();
    const footprint = await Footprint.create({ site, groupParent, limits, onFault });
    const runner = await this.#startIn(site, footprint, program);
    this.runners.add(runner);
    site.begun.delete(footprint);
    return await whenReady(runner, abandoned);
  }

  /** Starts the process; when there is none, nothing is left behind. */
  async #startIn(site: Site, footprint: Footprint, program: RunnerProgram): Promise<ProcessRunner> {
    try {
      return await this.#spawn(site, footprint, program);
    } catch (error) {
      await footprint.remove();
      throw error;
    }
  }

  async #spawn({ root }: Site, footprint: Footprint, program: RunnerProgram): Promise<ProcessRunner> {
    const { node, heapMb, path, watch, onFault } = this.#options;
    const { run, temporary, marker, group } = footprint;
    const environment = runnerEnvironment({ path, temporary, marker });
    const child = spawnRunner({ ...program, node, directory: temporary, environment, heapMb });
    const { pid } = child;
    if (pid === undefined) throw (await processEnd(child)).spawnError;
    const since = readProcess(pid)?.startTicks ?? 0;
    const variable = `${MARKER}=${marker}`;
    const identity = { leader: pid, since, marker: variable, place: { root, run }, ...(group && { group }) };
    return new ProcessRunner({
      child,
      openChannel: (events) => new RunnerChannel(channelStream(child), events),
      pid,
      processes: containedProcesses(identity),
      footprint,
      secured: secure(footprint, pid, onFault),
      path,
      watch,
      onFault,
      onDisposed: (runner) => this.runners.delete(runner),
    });
  }
}

function rehearsing(program: RunnerProgram): RunnerProgram {
  return { ...program, arguments: [...program.arguments, REHEARSE] };
}

async function whenReady(runner: ProcessRunner, abandoned: AbortSignal): Promise<ProcessRunner> {
  if (await settledOrAborted(runner.ready, abandoned)) return runner;
  await runner.dispose();
  abandoned.throwIfAborted();
  throw new LaunchError("The runner ended before it could take a task", { exit: await runner.exited });
}

/** Resolves as the promise does, or with `undefined` as soon as the signal is aborted. */
async function settledOrAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  return Promise.race([promise, aborted]);
}
