import type { ChildProcess } from "node:child_process";
import {
  type ArtifactLimits,
  OUTPUTS,
  type Output,
  type Runner,
  type RunnerCommand,
  type RunnerExit,
  RunnerRecord,
} from "@pifleet/invocation";
import type { Environment } from "./environment.ts";
import type { Footprint } from "./footprint.ts";
import { kernelKills, ranOutOfHeap } from "./out-of-memory.ts";
import { outputsOf } from "./outputs/outputs-of.ts";
import { leftoversRead, processEnd } from "./process-end.ts";
import type { RunProcesses } from "./processes/run-processes.ts";
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
  readonly toolEnvironment: Environment;
  readonly onFault: (error: Error) => void;
  /** Called when nothing of the runner is left. */
  readonly onDisposed: (runner: ProcessRunner) => void;
}

/** A runner in a process of its own on this machine. */
export class ProcessRunner implements Runner {
  readonly pid: number;
  readonly workspace: string;
  readonly toolEnvironment: Environment;
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
  readonly #kernelKillsBefore = kernelKills();
  #suspension = new AbortController();
  #protocolFault: string | undefined;
  #disposed: Promise<void> | undefined;

  constructor({
    child,
    openChannel,
    pid,
    processes,
    footprint,
    secured,
    toolEnvironment,
    onFault,
    onDisposed,
  }: RunnerParts) {
    this.pid = pid;
    this.workspace = footprint.workspace.path;
    this.toolEnvironment = toolEnvironment;
    this.#processes = processes;
    this.#footprint = footprint;
    this.#secured = secured;
    this.#termination = new Termination(processes, onFault);
    this.#stderr = child.stderr ? new TextTail(child.stderr, STDERR_TAIL_BYTES) : undefined;
    child.stdout?.resume();
    this.#channel = openChannel({
      onMessage: (message) => this.#receive(message),
      onGarbage: (line) => this.#fault(`no JSON: ${line.slice(0, FAULT_CHARS)}`),
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
    // What cannot be killed keeps its workspace and its record: the sweep comes back to it when this worker is gone.
    if (await this.#termination.end(0)) await this.#remove();
    this.#onDisposed(this);
  }

  async #remove(): Promise<void> {
    await Promise.all([this.exited, this.#secured]);
    try {
      await this.#footprint.remove();
    } catch (error) {
      this.#onFault(new Error(`The workspace ${this.workspace} could not be removed`, { cause: error }));
    }
  }

  #receive(message: unknown): void {
    if (this.#protocolFault !== undefined) return;
    const { success, data: record } = RunnerRecord.safeParse(message);
    if (!success) this.#fault(`no record: ${JSON.stringify(message)?.slice(0, FAULT_CHARS)}`);
    else if (!this.records.push(record)) this.#fault("more records than are read");
    else if (record.type === "ready") this.#ready.resolve(true);
  }

  /** What does not keep to the protocol cannot be trusted any further. */
  #fault(fault: string): void {
    if (this.#protocolFault !== undefined) return;
    this.#protocolFault = fault;
    void this.#termination.end(0);
  }

  async #exit(child: ChildProcess): Promise<RunnerExit> {
    const { code, signal, spawnError } = await processEnd(child);
    const killedByUs = this.#termination.begun;
    await leftoversRead(child, this.#channel.closed);
    this.records.end();
    const stderrTail = this.#stderr?.text ?? spawnError?.message ?? "";
    return {
      code,
      signal,
      outOfMemory: ranOutOfHeap(code, signal, stderrTail) || (!killedByUs && this.#killedByKernel(signal)),
      ...(this.#protocolFault !== undefined && { protocolFault: this.#protocolFault }),
      stderrTail,
    };
  }

  #killedByKernel(signal: NodeJS.Signals | null): boolean {
    const ofThisRun = this.#footprint.group?.outOfMemoryKills();
    if (ofThisRun !== undefined) return signal === "SIGKILL" && ofThisRun > 0;
    // Else it is a guess: somebody was killed for want of memory while this one lived.
    const before = this.#kernelKillsBefore;
    const now = kernelKills();
    return signal === "SIGKILL" && before !== undefined && now !== undefined && now > before;
  }
}
