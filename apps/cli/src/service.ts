import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startPrivately } from "@pifleet/environment";

export interface ServiceOptions {
  /** Its whole environment. */
  readonly environment: NodeJS.ProcessEnv;
  /** Gets every line that it writes. */
  readonly onLine: (line: string) => void;
}

/** A program of the fleet, the API or a worker, as a child process. */
export class Service {
  readonly name: "api" | "worker";
  /** Resolves, never rejects, to how it ended: `exit code 1`, `SIGKILL`, or why it did not start. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;

  /** Starts it. In a process group of its own it does not get the Ctrl-C that the terminal gives to ours. */
  constructor(name: "api" | "worker", { environment, onLine }: ServiceOptions) {
    this.name = name;
    this.#child = startPrivately(environment, (env, stdin, flags) =>
      spawn(process.execPath, [...flags, launcher(), name], { env, stdio: [stdin, "pipe", "pipe"], detached: true }),
    );
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface(stream).on("line", onLine);
    }
    this.ended = new Promise((resolve) => {
      this.#child.on("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
      this.#child.on("error", (error) => resolve(error.message));
    });
  }

  /** Asks it to end; asked again, it ends at once. */
  stop(): void {
    this.#child.kill("SIGTERM");
  }

  /** Ends it without asking. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

/** The file that starts the programs of the fleet: in the sources, or beside the built file that this is a part of. */
function launcher(): string {
  const source = new URL("../bin/pifleet.mjs", import.meta.url);
  const built = new URL("pifleet.mjs", import.meta.url);
  return fileURLToPath(existsSync(source) ? source : built);
}
