import type {
  ArtifactLimits,
  HarnessResult,
  LaunchRequest,
  Output,
  Runner,
  RunnerCommand,
  RunnerExit,
  RunnerRecord,
  RunnerTask,
} from "@pifleet/invocation";
import { NO_USAGE } from "@pifleet/invocation";

const CLEAN_EXIT: RunnerExit = { code: 0, signal: null, outOfMemory: false, stderrTail: "" };

/** A record as scripts write it: the time is put in. */
type Said = RunnerRecord extends infer R ? (R extends RunnerRecord ? Omit<R, "at"> : never) : never;

/** What a scripted runner does; it is told of its task, and speaks, by way of the runner that it is given. */
export type RunnerScript = (runner: ScriptedRunner) => Promise<void> | void;

/** A runner that says and does what its script tells it. */
export class ScriptedRunner implements Runner {
  readonly pid: number;
  readonly start = "cold";
  readonly workspace: string;
  readonly toolEnvironment: Readonly<Record<string, string>>;
  readonly exited: Promise<RunnerExit>;
  /** Resolves with the task, when it has come. */
  readonly task: Promise<RunnerTask>;
  /** Every command that was sent, oldest first. */
  readonly commands: RunnerCommand[] = [];
  /** The graces of all calls of `terminate`, milliseconds. */
  readonly terminations: number[] = [];
  /** What it leaves in its outputs, in this order; limits are not looked at. */
  readonly left: Output[] = [];
  suspended = false;
  disposed = false;
  readonly #exit = Promise.withResolvers<RunnerExit>();
  readonly #task = Promise.withResolvers<RunnerTask>();
  readonly #said: RunnerRecord[] = [];
  #wake = Promise.withResolvers<void>();
  #ended = false;

  constructor({ invocationId, attempt }: LaunchRequest, pid: number) {
    this.pid = pid;
    this.workspace = `/nowhere/${invocationId}-${attempt}`;
    this.toolEnvironment = { HOME: this.workspace, PATH: "/bin" };
    this.exited = this.#exit.promise;
    this.task = this.#task.promise;
    this.say({ type: "ready" });
  }

  get records(): AsyncIterable<RunnerRecord> {
    return this.#read();
  }

  /** Runs the script; one that returns without an end ends cleanly, and one that throws crashes. */
  async perform(script: RunnerScript): Promise<void> {
    try {
      await script(this);
      this.exit(CLEAN_EXIT);
    } catch (error) {
      this.exit({ ...CLEAN_EXIT, code: 1, stderrTail: String(error) });
    }
  }

  /** Says a record, with the time. After the end nothing is said. */
  say(record: Said): void {
    this.report({ ...record, at: Date.now() } as RunnerRecord);
  }

  /** Says a record with the time that stands in it. */
  report(record: RunnerRecord): void {
    if (this.#ended) return;
    this.#said.push(record);
    this.#stir();
  }

  /** Says what it came to. What is left out is empty. */
  finish(result: Partial<HarnessResult> = {}): void {
    const whole = { output: "", messages: [], usage: { ...NO_USAGE }, failure: null, ...result };
    this.say({ type: "finished", result: whole });
  }

  /** Ends; only the first end counts. */
  exit(exit: Partial<RunnerExit>): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#exit.resolve({ ...CLEAN_EXIT, ...exit });
    this.#stir();
  }

  send(command: RunnerCommand): void {
    if (this.#ended) return;
    this.commands.push(command);
    if (command.type === "task") this.#task.resolve(command.task);
  }

  async suspend(): Promise<void> {
    this.suspended = true;
  }

  async resume(): Promise<void> {
    this.suspended = false;
  }

  async terminate(graceMs: number): Promise<void> {
    this.terminations.push(graceMs);
    this.exit({ code: null, signal: graceMs > 0 ? "SIGTERM" : "SIGKILL" });
  }

  async *outputs(_limits: ArtifactLimits): AsyncGenerator<Output> {
    await this.terminate(0);
    if (this.disposed) throw new Error("The workspace is gone");
    yield* this.left;
  }

  async dispose(): Promise<void> {
    this.exit({ code: null, signal: "SIGKILL" });
    this.disposed = true;
  }

  async *#read(): AsyncGenerator<RunnerRecord> {
    for (;;) {
      const wake = this.#wake.promise;
      yield* this.#said.splice(0);
      if (this.#ended && this.#said.length === 0) return;
      if (this.#said.length === 0) await wake;
    }
  }

  #stir(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }
}
