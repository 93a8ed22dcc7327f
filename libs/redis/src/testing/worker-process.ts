import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** A worker in a process of its own, which a test may freeze and kill. */
export class WorkerProcess implements AsyncDisposable {
  readonly #process: ChildProcess;

  /** Resolves when the worker is connected and has beaten. */
  static async start(url: string, id: string): Promise<WorkerProcess> {
    const process = fork(new URL("./beating-worker.ts", import.meta.url), [url, id], { execArgv: [] });
    await once(process, "message");
    return new WorkerProcess(process);
  }

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Stops the process where it is: its connections stay open. */
  freeze(): void {
    this.#process.kill("SIGSTOP");
  }

  /** Kills it, as a crash would. Resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
