import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Duplex } from "node:stream";
import { startPrivately } from "@pifleet/environment";
import type { ApartEnd, ApartRun } from "@pifleet/execution";
import { APART, ApartWord, CHANNEL, parseLine, type WorkerWord } from "./apart-word.ts";

/** How long the process may take to clear up once it has said what is to become of the claim, milliseconds. */
const LAST_MS = 20_000;
const MAX_LINE_CHARS = 1_000;

export interface ApartProcessOptions {
  readonly invocation: string;
  /** The id of the worker that the claim belongs to. */
  readonly worker: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Called when an attempt was settled. */
  readonly onSettled: (attempt: number) => void;
  readonly onFault: (error: unknown) => void;
}

/** An invocation that runs in a worker process of its own. The process ends when this one does. */
export class ApartProcess implements ApartRun {
  readonly ended: Promise<ApartEnd | null>;
  readonly #child: ChildProcess;
  readonly #channel: Duplex;
  readonly #options: ApartProcessOptions;
  #end: ApartEnd | null = null;

  constructor(options: ApartProcessOptions) {
    this.#options = options;
    this.#child = start(options);
    const { promise, resolve } = Promise.withResolvers<ApartEnd | null>();
    this.ended = promise;
    this.#child.once("close", () => resolve(this.#end));
    this.#child.once("error", (error) => {
      options.onFault(error);
      if (this.#child.pid === undefined) resolve(null);
    });
    const channel = this.#child.stdio[CHANNEL];
    if (!(channel instanceof Duplex)) throw new TypeError("the channel to a process that runs apart is one-way");
    this.#channel = channel;
    // It breaks when the process dies, which is told by `ended`.
    channel.on("error", () => undefined);
    createInterface({ input: channel }).on("line", (line) => this.#hear(line));
  }

  setInDoubt(inDoubt: boolean): void {
    const word: WorkerWord = { inDoubt };
    this.#channel.write(`${JSON.stringify(word)}\n`);
  }

  handBack(): void {
    this.#child.kill("SIGTERM");
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #hear(line: string): void {
    const { data: word, error } = ApartWord.safeParse(line.length < MAX_LINE_CHARS ? parseLine(line) : undefined);
    if (error)
      this.#options.onFault(
        new Error("A process that runs an invocation apart said what is no word", { cause: error }),
      );
    else if (word.kind === "settled") this.#options.onSettled(word.attempt);
    else {
      this.#end = word;
      setTimeout(() => this.kill(), LAST_MS).unref();
    }
  }
}

/** Starts the program that this process runs, in a process group of its own and with a hidden environment. */
function start({ invocation, worker, environment }: ApartProcessOptions): ChildProcess {
  const [, program = ""] = process.argv;
  return startPrivately(environment, (env, stdin, flags) =>
    spawn(process.execPath, [...flags, program, `${APART}${invocation},${worker}`], {
      env,
      stdio: [stdin, "inherit", "inherit", "pipe"],
      detached: true,
    }),
  );
}
