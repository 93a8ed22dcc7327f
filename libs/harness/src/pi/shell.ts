import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import type { BashOperations } from "@earendil-works/pi-coding-agent";
import { killTree } from "../process-tree.ts";

/**
 * How long nothing may be written after the shell has exited until its output counts as complete, as in Pi. What the
 * shell has started may hold the pipe for ever.
 */
const QUIET_MS = 100;
/** Node's timers count no further. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** The first that exists; the last is looked up on PATH. */
const SHELLS = ["/bin/bash", "/usr/bin/bash", "sh"] as const;

/**
 * Runs shell commands within the runner's own process group, so that killing the group ends them too, and in exactly
 * `environment`: nothing of the runner's is inherited.
 */
export function shellOperations(environment: Record<string, string>): BashOperations {
  return {
    async exec(command, cwd, { onData, signal, timeout }) {
      const timeoutMs = toMilliseconds(timeout);
      if (signal?.aborted) throw new Error("aborted");
      const shell = SHELLS.find((path) => !path.startsWith("/") || existsSync(path)) ?? "sh";
      const child = spawn(shell, ["-c", command], {
        cwd,
        env: environment,
        detached: false,
        stdio: ["ignore", "pipe", "pipe"],
      });
      const output = new ShellOutput(child, onData);
      const stop = () => {
        killTree(child.pid);
        output.stop();
      };
      let timedOut = false;
      const expire = () => {
        timedOut = true;
        if (output.exitCode !== undefined) onData(Buffer.from(stillWriting(output.exitCode)));
        stop();
      };
      const timer = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs);
      signal?.addEventListener("abort", stop, { once: true });
      try {
        const exitCode = await output.ended;
        // Pi reads the messages of these two.
        if (signal?.aborted) throw new Error("aborted");
        if (timedOut) throw new Error(`timeout:${timeout}`);
        return { exitCode };
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", stop);
      }
    },
  };
}

/** @throws for a number of seconds that no timer can wait, in the words of Pi */
function toMilliseconds(timeout: number | undefined): number | undefined {
  if (timeout === undefined) return undefined;
  if (!Number.isFinite(timeout) || timeout <= 0)
    throw new Error("Invalid timeout: must be a finite number of seconds, more than 0");
  if (timeout * 1_000 > MAX_TIMEOUT_MS)
    throw new Error(`Invalid timeout: maximum is ${MAX_TIMEOUT_MS / 1_000} seconds`);
  return timeout * 1_000;
}

function stillWriting(exitCode: number): string {
  return `\n[The shell exited with code ${exitCode}, but background processes it started kept writing output]\n`;
}

/** Reads what a shell and its children write, until the shell has exited and they have fallen silent. */
class ShellOutput {
  /** Resolves to the shell's exit code. */
  readonly ended: Promise<number>;
  readonly #child: ChildProcess;
  readonly #onData: (data: Buffer) => void;
  readonly #end = Promise.withResolvers<number>();
  #exitCode: number | undefined;
  #quiet: NodeJS.Timeout | undefined;

  constructor(child: ChildProcess, onData: (data: Buffer) => void) {
    this.#child = child;
    this.#onData = onData;
    this.ended = this.#end.promise;
    for (const stream of this.#streams) stream?.on("data", this.#read);
    child.once("error", this.#end.reject);
    child.once("exit", (code, signal) => {
      this.#exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
      this.#waitForQuiet();
    });
    child.once("close", () => this.stop());
  }

  /** Undefined until the shell has exited. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /**
   * Ends the reading when the shell has exited. The pipes stay open and are emptied: a server that was started in the
   * background would be killed by its next line otherwise.
   */
  stop(): void {
    if (this.#exitCode === undefined) return;
    clearTimeout(this.#quiet);
    for (const stream of this.#streams) stream?.off("data", this.#read).resume();
    this.#end.resolve(this.#exitCode);
  }

  readonly #read = (data: Buffer): void => {
    this.#onData(data);
    if (this.#exitCode !== undefined) this.#waitForQuiet();
  };

  #waitForQuiet(): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.stop(), QUIET_MS);
  }

  get #streams() {
    return [this.#child.stdout, this.#child.stderr];
  }
}
