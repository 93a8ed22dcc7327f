import { LaunchError, type LaunchRequest, type Runner, type Runtime, type Swept } from "@pifleet/invocation";
import { type RunnerScript, ScriptedRunner } from "./scripted-runner.ts";

/**
 * A runtime without processes: its runners do what a script says. The workspaces are paths that nobody makes.
 * @param script called for every launched runner
 */
export class ScriptedRuntime implements Runtime {
  readonly containment = "none";
  readonly warm = 0;
  /** Every runner that was launched, oldest first. */
  readonly runners: ScriptedRunner[] = [];
  readonly launches: LaunchRequest[] = [];
  readonly #script: RunnerScript;
  #failure: string | undefined;
  #closed = false;

  constructor(script: RunnerScript) {
    this.#script = script;
  }

  /** Makes the launches from now on fail. */
  failLaunches(reason: string): void {
    this.#failure = reason;
  }

  start(): void {
    // No runner is ever started ahead.
  }

  async drain(): Promise<void> {
    // None waits.
  }

  async launch(request: LaunchRequest): Promise<Runner> {
    this.launches.push(request);
    if (this.#closed || request.signal?.aborted) throw new LaunchError("The launch was given up");
    if (this.#failure !== undefined) throw new LaunchError(this.#failure);
    const runner = new ScriptedRunner(request, this.runners.length + 1);
    this.runners.push(runner);
    void runner.perform(this.#script);
    return runner;
  }

  /** There is never anything to sweep. */
  async sweep(): Promise<Swept> {
    return { runners: 0, workspaces: 0 };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.runners.map((runner) => runner.dispose()));
  }
}
