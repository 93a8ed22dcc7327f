import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** How long a service may take to stop when it is told to, milliseconds; then it is killed. */
const STOP_MS = 15_000;

/** A log line of ours. */
type LogLine = Readonly<Record<string, unknown>>;

/** How a service is started. */
export interface Start {
  /** Where the built programs are. Default: the sources are run. */
  readonly programs?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** A process of the fleet: the real program, started as users start it. */
export class Service {
  readonly name: string;
  /** Everything that it has logged. */
  readonly lines: LogLine[] = [];
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | string>;
  readonly #listeners = new Set<() => void>();
  #output = "";

  constructor(name: "api" | "worker", { programs, env, args = [] }: Start) {
    this.name = name;
    const program = programs === undefined ? `apps/${name}/src/main.ts` : join(programs, `${name}.mjs`);
    this.#child = spawn(process.execPath, [program, ...args], {
      cwd: ROOT,
      env: { ...minimalEnvironment(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once("exit", (code, signal) => resolve(signal ?? code ?? 0));
    });
    void this.#exited.then(() => this.#wake());
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", (line) => this.#read(line));
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Whether its process has not ended. */
  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** All that it has printed. */
  get output(): string {
    return this.#output;
  }

  /** Resolves with the first line whose message is `message`; rejects when the process ends without it. */
  logged(message: string): Promise<LogLine> {
    return this.#firstLine(message, ({ msg }) => msg === message);
  }

  /** The same with a message that matches a pattern. */
  said(pattern: RegExp): Promise<LogLine> {
    return this.#firstLine(String(pattern), ({ msg }) => typeof msg === "string" && pattern.test(msg));
  }

  async #firstLine(wanted: string, isIt: (line: LogLine) => boolean): Promise<LogLine> {
    let ended = false;
    void this.#exited.then(() => {
      ended = true;
    });
    for (;;) {
      const line = this.lines.find(isIt);
      if (line) return line;
      if (ended) throw new Error(`The ${this.name} ended without logging '${wanted}':\n${this.#output}`);
      await new Promise<void>((resolve) => this.#listeners.add(resolve));
    }
  }

  /** Sends a signal. */
  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves with the exit code, or the signal that it died of. */
  exited(): Promise<number | string> {
    return this.#exited;
  }

  /** Stops it as an orchestrator does, and at last by force. */
  async stop(): Promise<number | string> {
    this.#child.kill("SIGTERM");
    this.#child.kill("SIGCONT");
    const force = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MS);
    const ended = await this.#exited;
    clearTimeout(force);
    return ended;
  }

  #read(line: string): void {
    this.#output += `${line}\n`;
    try {
      this.lines.push(JSON.parse(line));
    } catch {
      // Not a log line; it is in `output`.
    }
    this.#wake();
  }

  #wake(): void {
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}

/** What every process needs, without the keys that the developer may have set. */
function minimalEnvironment(): Record<string, string> {
  const names = ["PATH", "HOME", "LANG", "TMPDIR", "NODE_COMPILE_CACHE", "PIFLEET_TEST_RUN", "PIFLEET_WARM"];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
