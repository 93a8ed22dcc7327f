import type { ChildProcess } from "node:child_process";
import {
  type ArtifactLimits,
  type LaunchRequest,
  OUTPUTS,
  type Output,
  type Runner,
  type RunnerCommand,
  type RunnerExit,
  RunnerRecord,
  type RunnerStart,
} from "@pifleet/invocation";
import { type Environment, toolEnvironment } from "./environment.ts";
import type { Footprint } from "./footprint.ts";
import type { RunWatch, WatchedRun } from "./limits/run-watch.ts";
import { KernelKills, ranOutOfHeap } from "./out-of-memory.ts";
import { outputsOf } from "./outputs/outputs-of.ts";
import { leftoversRead, processEnd } from "./process-end.ts";
import { type ProcessEntry, readProcess } from "./processes/process-table.ts";
import type { RunProcesses } from "./processes/run-processes.ts";
import { send } from "./processes/send-signal.ts";
import { RecordQueue } from "./record-queue.ts";
import type { RunnerChannel, RunnerChannelEvents } from "./runner-channel.ts";
import { resume, suspend } from "./suspend.ts";
import { Termination } from "./terminate/termination.ts";
import { TextTail } from "./text-tail.ts";

const STDERR_TAIL_BYTES = 8_192;
const FAULT_CHARS = 200;

export interface RunnerParts {
  readonly child: ChildProcess;
  /** Opens the channel to the process. */
  readonly openChannel: (events: RunnerChannelEvents) => RunnerChannel;
  readonly pid: number;
  readonly processes: RunProcesses;
  readonly footprint: Footprint;
  /** Resolves, never rejects, when the process is held together and recorded as it is to be. */
  readonly secured: Promise<void>;
  /** PATH of the tools. */
  readonly path: string;
  /** Ends the run when it takes too much. */
  readonly watch: RunWatch;
  readonly onFault: (error: Error) => void;
  /** Called when nothing of the runner is left. */
  readonly onDisposed: (runner: ProcessRunner) => void;
}

/** Parts of a runner that serves an attempt. */
interface Service {
  readonly workspace: string;
  readonly toolEnvironment: Environment;
  readonly start: RunnerStart;
}

/** A runner in a process of its own on this machine. It waits until it is given to an attempt. */
export class ProcessRunner implements Runner {
  readonly pid: number;
  readonly records = new RecordQueue();
  readonly exited: Promise<RunnerExit>;
  readonly #channel: RunnerChannel;
  readonly #processes: RunProcesses;
  readonly #footprint: Footprint;
  readonly #secured: Promise<void>;
  readonly #termination: Termination;
  readonly #stderr: TextTail | undefined;
  readonly #ready = Promise.withResolvers<boolean>();
  readonly #onFault: (error: Error) => void;
  readonly #onDisposed: (runner: ProcessRunner) => void;
  readonly #kernelKills: KernelKills;
  readonly #path: string;
  readonly #watch: RunWatch;
  #watched: WatchedRun | undefined;
  #excess: string | undefined;
  #service: Service | undefined;
  #suspension = new AbortController();
  #protocolFault: string | undefined;
  #ended = false;
  #disposed: Promise<void> | undefined;

  constructor({
    child,
    openChannel,
    pid,
    processes,
    footprint,
    secured,
    path,
    watch,
    onFault,
    onDisposed,
  }: RunnerParts) {
    this.pid = pid;
    this.#path = path;
    this.#watch = watch;
    this.#processes = processes;
    this.#footprint = footprint;
    this.#secured = secured;
    this.#kernelKills = new KernelKills(() => footprint.group);
    this.#termination = new Termination(processes, onFault);
    this.#stderr = child.stderr ? new TextTail(child.stderr, STDERR_TAIL_BYTES) : undefined;
    child.stdout?.resume();
    this.#channel = openChannel({
      onMessage: (message, line) => this.#receive(message, line),
      onGarbage: (line, why) => this.#fault(why, line),
    });
    this.exited = this.#exit(child);
    void this.exited.then(() => this.#ready.resolve(false));
    this.#onFault = onFault;
    this.#onDisposed = onDisposed;
  }

  /** Resolves to whether the runner can take a task; false when it has ended before. */
  get ready(): Promise<boolean> {
    return this.#secured.then(() => this.#ready.promise);
  }

  /** Whether its process has not ended and was not killed, even if nobody was told of that yet. */
  get lives(): boolean {
    const entry = readProcess(this.pid);
    return !this.#ended && entry?.state !== "Z" && entry?.isEnding !== true;
  }

  /**
   * Gives the runner, which must be ready, to an attempt: makes the workspace. Only once.
   * @throws when the workspace or a file in it cannot be made; what was made is removed by `dispose`
   */
  async serve({ invocationId, attempt, files }: LaunchRequest, start: RunnerStart): Promise<void> {
    this.#kernelKills.begin();
    const workspace = await this.#footprint.makeWorkspace({ invocationId, attempt, files });
    const run = { path: this.#path, temporary: this.#footprint.temporary, marker: this.#footprint.marker };
    this.#service = { workspace, toolEnvironment: toolEnvironment(run, workspace), start };
    this.#watched = {
      leader: this.pid,
      marker: this.#footprint.marker,
      group: this.#footprint.group,
      directories: [workspace, this.#footprint.temporary],
      end: (excess, processes) => this.#exceeded(excess, processes),
    };
    this.#watch.start(this.#watched);
  }

  /** Ends a run that has taken too much. Its process groups first: no look finds all that a fork bomb makes meanwhile. */
  #exceeded(excess: string, processes: readonly ProcessEntry[]): void {
    if (this.#ended || this.#termination.begun) return;
    this.#excess = excess;
    for (const group of new Set(processes.map((entry) => entry.group))) if (group > 1) send(-group, "SIGKILL");
    void this.#termination.end(0);
  }

  get workspace(): string {
    return this.#serving.workspace;
  }

  get toolEnvironment(): Environment {
    return this.#serving.toolEnvironment;
  }

  get start(): RunnerStart {
    return this.#serving.start;
  }

  get #serving(): Service {
    if (!this.#service) throw new Error("A runner that waits has no workspace");
    return this.#service;
  }

  /** For when this process ends at once: kills what is left, before it returns. */
  killNow(): void {
    this.#processes.signal("SIGKILL");
  }

  /** Whether a process of the runner lives. */
  get alive(): boolean {
    return this.#processes.alive();
  }

  /** Removes, before it returns, what the killed runner has left; throws when something cannot be removed. */
  removeNow(): void {
    this.#footprint.removeNow();
  }

  send(command: RunnerCommand): void {
    this.#channel.send(command);
  }

  async suspend(): Promise<void> {
    this.#suspension = new AbortController();
    if (!this.#termination.begun) await suspend(this.#processes, this.#suspension.signal);
  }

  async resume(): Promise<void> {
    this.#suspension.abort();
    resume(this.#processes);
  }

  async terminate(graceMs: number): Promise<void> {
    this.#suspension.abort();
    if (await this.#termination.end(graceMs)) await this.exited;
  }

  async *outputs(limits: ArtifactLimits): AsyncGenerator<Output> {
    if (await this.#termination.end(0)) yield* outputsOf(this.workspace, limits);
    else yield { kind: "omitted", path: OUTPUTS, reason: "not all processes of the run could be ended" };
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  async #dispose(): Promise<void> {
    if (this.#watched) this.#watch.stop(this.#watched);
    // What cannot be killed keeps its workspace and its record: the sweep comes back to it when this worker is gone.
    if (await this.#termination.end(0)) await this.#remove();
    this.#onDisposed(this);
  }

  async #remove(): Promise<void> {
    await Promise.all([this.exited, this.#secured]);
    try {
      await this.#footprint.remove();
    } catch (error) {
      this.#onFault(new Error(`What is left of the run ${this.#footprint.run} could not be removed`, { cause: error }));
    }
  }

  #receive(message: unknown, line: string): void {
    if (this.#protocolFault !== undefined) return;
    const { success, data: record, error } = RunnerRecord.safeParse(message);
    if (!success) this.#fault(`no record (${firstIssue(error)})`, line);
    else if (!this.records.push(record, line.length)) this.#fault("more records than are read", line);
    else if (record.type === "ready") this.#ready.resolve(true);
  }

  /** A runner that breaks the protocol cannot be trusted any further. */
  #fault(fault: string, line: string): void {
    if (this.#protocolFault !== undefined) return;
    this.#protocolFault = `${fault}: ${line.slice(0, FAULT_CHARS)}`;
    void this.#termination.end(0);
  }

  async #exit(child: ChildProcess): Promise<RunnerExit> {
    const { code, signal, spawnError } = await processEnd(child);
    this.#ended = true;
    const killedByUs = this.#termination.begun;
    await leftoversRead(child, this.#channel.closed);
    this.records.end();
    const stderrTail = this.#stderr?.text ?? spawnError?.message ?? "";
    return {
      code,
      signal,
      outOfMemory: ranOutOfHeap(code, signal, stderrTail) || (!killedByUs && this.#kernelKills.killed(signal)),
      ...(this.#protocolFault !== undefined && { protocolFault: this.#protocolFault }),
      ...(this.#excess !== undefined && { excess: this.#excess }),
      stderrTail,
    };
  }
}

function firstIssue({ issues: [issue] }: NonNullable<ReturnType<typeof RunnerRecord.safeParse>["error"]>): string {
  return issue ? `${issue.path.join(".")}: ${issue.message}` : "unknown";
}
