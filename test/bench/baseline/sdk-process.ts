import { promptFor, type Task } from "../agent.ts";
import type { Contestant, Submitted } from "../contestants/contestant.ts";
import { ownCpuMs } from "../processes/cpu-time.ts";
import { Program } from "../processes/program.ts";
import { atRest } from "../processes/rest.ts";
import type { PiCommand } from "./pi.ts";

/** Pi's SDK in one process without isolation, asked over IPC: the limit of what can be reached. */
export class SdkProcess implements Contestant, AsyncDisposable {
  readonly #program: Program;
  readonly #running = new Map<number, () => void>();
  #submitted = 0;

  static async start({ agentDirectory }: PiCommand): Promise<SdkProcess> {
    const program = new Program(import.meta.resolve("./sdk-program.ts"), agentDirectory);
    await program.heard();
    return new SdkProcess(program);
  }

  private constructor(program: Program) {
    this.#program = program;
    program.onMessage((id) => this.#running.get(Number(id))?.());
  }

  get pid(): number {
    return this.#program.pid;
  }

  async submit(task: Task): Promise<Submitted> {
    this.#submitted += 1;
    const id = this.#submitted;
    const ended = new Promise<void>((resolve) => this.#running.set(id, resolve)).then(
      () => void this.#running.delete(id),
    );
    this.#program.tell({ id, prompt: promptFor(task) });
    return { ended };
  }

  async cpuMs(): Promise<number> {
    return ownCpuMs(this.pid);
  }

  rest(): Promise<void> {
    return atRest([this.pid]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#program.kill();
  }
}
