import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

/** The API as a process of its own, until the test has finished. */
export class ApiProcess {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown[]>;
  readonly stdout: string[] = [];
  stderr = "";

  constructor(environment: Record<string, string>) {
    const { PATH = "", TMPDIR = "", PIFLEET_TEST_RUN = "" } = process.env;
    const env = { PATH, TMPDIR, PIFLEET_TEST_RUN, HOST: "127.0.0.1", PORT: "0", ...environment };
    this.#process = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#exited = once(this.#process, "close");
    this.#process.stderr?.setEncoding("utf8").on("data", (text) => {
      this.stderr += text;
    });
    onTestFinished(async () => {
      this.#process.kill("SIGKILL");
      await this.#exited;
    });
  }

  /** The address that it says it listens at. */
  async url(): Promise<string> {
    return new Promise((resolve, reject) => {
      if (!this.#process.stdout) return reject(new Error("no output"));
      createInterface(this.#process.stdout).on("line", (line) => {
        this.stdout.push(line);
        const { msg, url } = JSON.parse(line);
        if (msg === "listening") resolve(url);
      });
      void this.#exited.then(() => reject(new Error(`ended: ${this.stdout.join("\n")}${this.stderr}`)));
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async exitCode(): Promise<unknown> {
    const [code] = await this.#exited;
    return code;
  }
}
