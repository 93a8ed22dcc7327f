import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export const LAUNCHER = fileURLToPath(new URL("../../bin/pifleet.mjs", import.meta.url));

export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What comes on standard input; nothing when it is not given. */
  readonly input?: string;
  readonly cwd?: string;
  /** What stands before the launcher on the command line of Node. */
  readonly nodeArguments?: readonly string[];
  /** Another launcher than that of this checkout. */
  readonly launcher?: string;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program `pifleet` as a real process, started as a user starts it. */
export class PifleetProcess {
  /** Resolves when it has ended and all its output was read. */
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #text = { stdout: "", stderr: "" };

  constructor(args: readonly string[], options: ProcessOptions = {}) {
    const { env, input, cwd, nodeArguments = [], launcher = LAUNCHER } = options;
    const child = spawn(process.execPath, [...nodeArguments, launcher, ...args], {
      env: { ...process.env, NO_COLOR: undefined, PIFLEET_API_KEY: undefined, ...env },
      stdio: "pipe",
      cwd,
    });
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        this.#text[name] += text;
      });
    }
    child.stdin.end(input);
    this.#child = child;
    this.ended = once(child, "close").then(([code, signal]) => ({ code, signal, ...this.#text }));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves when it has written this text. @throws when it ends without having done so */
  async hasWritten(stream: "stdout" | "stderr", text: string): Promise<void> {
    while (!this.#text[stream].includes(text)) {
      const more = once(this.#child[stream] as NodeJS.ReadableStream, "data");
      const ended = await Promise.race([more.then(() => undefined), this.ended]);
      if (ended) throw new Error(`pifleet ended without having written '${text}': ${JSON.stringify(ended)}`);
    }
  }

  /** What it has written so far. */
  written(stream: "stdout" | "stderr"): string {
    return this.#text[stream];
  }

  /** Sends it a signal. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }
}

/** Runs `pifleet` to its end. */
export function pifleet(args: readonly string[], options: ProcessOptions = {}): Promise<Ended> {
  return new PifleetProcess(args, options).ended;
}
