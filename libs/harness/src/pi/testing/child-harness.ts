import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type {
  Harness,
  HarnessRecord,
  HarnessResult,
  RunnerCommand,
  RunnerProgram,
  RunnerTask,
} from "@pifleet/invocation";
import { REHEARSE, RunnerRecord } from "@pifleet/invocation";

/** A runner of its own for each run, which has rehearsed, started in one of the ways that there are, as a harness. */
export class ChildHarness implements Harness {
  readonly #program: RunnerProgram;
  #child: ChildProcess | undefined;

  constructor(program: RunnerProgram) {
    this.#program = program;
  }

  async run(task: RunnerTask, emit: (record: HarnessRecord) => void): Promise<HarnessResult> {
    const environment = { PATH: process.env.PATH, HOME: task.workspace, TMPDIR: task.workspace };
    const child = spawn(process.execPath, [...this.#program.arguments, REHEARSE], {
      cwd: task.workspace,
      env: environment,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#child = child;
    const exited = once(child, "exit");
    try {
      return await new Promise((resolve, reject) => {
        exited.then(([code, signal]) => reject(new Error(`The runner has ended: ${code ?? signal}`)), reject);
        child.on("message", (message) => {
          const record = RunnerRecord.parse(message);
          if (record.type === "ready") this.#send({ type: "task", task });
          else if (record.type === "finished") resolve(record.result);
          else if (record.type !== "heartbeat") emit(record);
        });
      });
    } finally {
      await exited;
    }
  }

  async steer(text: string): Promise<void> {
    this.#send({ type: "steer", text });
  }

  abort(): void {
    this.#send({ type: "abort" });
  }

  #send(command: RunnerCommand): void {
    this.#child?.send(command);
  }
}
