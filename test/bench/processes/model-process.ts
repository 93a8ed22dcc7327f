import { EventEmitter, once } from "node:events";
import type { ModelServer } from "@pifleet/testkit/model-server";
import { ownCpuMs } from "./cpu-time.ts";
import { Program } from "./program.ts";

type ModelsFile = ReturnType<ModelServer["modelsFile"]>;

/** The fake model in a process of its own, as the program sees it that measures. */
export class ModelProcess implements AsyncDisposable {
  /** When each request arrived, by `now`. */
  readonly requests: number[] = [];
  readonly #program: Program;
  readonly #modelsFile: ModelsFile;
  readonly #arrivals = new EventEmitter().setMaxListeners(0);

  static async start(): Promise<ModelProcess> {
    const program = new Program(import.meta.resolve("./model-program.ts"), null);
    return new ModelProcess(program, await program.heard<ModelsFile>());
  }

  private constructor(program: Program, modelsFile: ModelsFile) {
    this.#program = program;
    this.#modelsFile = modelsFile;
    program.onMessage((at) => {
      this.requests.push(Number(at));
      this.#arrivals.emit("request");
    });
  }

  /** A models file, in Pi's format, that leads to it. */
  modelsFile(): ModelsFile {
    return this.#modelsFile;
  }

  /** Resolves when so many requests have arrived, to when that was, by `now`. */
  async requested(count: number): Promise<number> {
    while (this.requests.length < count) await once(this.#arrivals, "request");
    return this.requests[count - 1] ?? Number.NaN;
  }

  /** The CPU time that it has taken, milliseconds. */
  cpuMs(): number {
    return ownCpuMs(this.#program.pid);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#program.kill();
  }
}
