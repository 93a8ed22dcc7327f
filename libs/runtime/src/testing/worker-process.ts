import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Containment } from "../processes/containment.ts";

const PROGRAM = fileURLToPath(new URL("./worker-program.ts", import.meta.url));

export type WorkerOrder = "suspend" | "exit";

/** What runs on a worker. */
export interface WorkerRun {
  /** The pid of the runner. */
  readonly runner: number;
  /** The pid that the runner's command has printed. */
  readonly tool: number;
  readonly workspace: string;
}

/** Another worker, in a process of its own, with one runner that runs a command. */
export class WorkerProcess {
  readonly run: WorkerRun;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, run: WorkerRun) {
    this.#child = child;
    this.run = run;
  }

  /**
   * @param command a shell command that prints a pid and goes on
   * @param warm how many more runners wait for a launch
   */
  static async start(workspaces: string, containment: Containment, command: string, warm = 0): Promise<WorkerProcess> {
    const child = fork(PROGRAM, [workspaces, containment, command, String(warm)], { execArgv: [] });
    const [run] = await once(child, "message");
    return new WorkerProcess(child, run);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Stops the runner with all its processes. */
  async suspend(): Promise<void> {
    this.#child.send("suspend" satisfies WorkerOrder);
    await once(this.#child, "message");
  }

  /** Ends the worker as its second signal does, without waiting for anything. */
  async exit(): Promise<void> {
    this.#child.send("exit" satisfies WorkerOrder);
    await once(this.#child, "exit");
  }

  /** Ends the worker so that it can do nothing any more. Safe to call twice. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }
}
