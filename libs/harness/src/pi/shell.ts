import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import type { BashOperations } from "@earendil-works/pi-coding-agent";
import { killTree } from "../process-tree.ts";

/** How long the output of a shell that has exited is still read: a background process may hold the pipe for ever. */
const LAST_OUTPUT_MS = 100;

/** The first that exists; the last is looked up on PATH. */
const SHELLS = ["/bin/bash", "/usr/bin/bash", "sh"] as const;

/**
 * Runs shell commands within the runner's own process group, so that killing the group ends them too, and in exactly
 * `environment`: nothing of the runner's is inherited.
 */
export function shellOperations(environment: Record<string, string>): BashOperations {
  return {
    async exec(command, cwd, { onData, signal, timeout }) {
      if (signal?.aborted) throw new Error("aborted");
      const shell = SHELLS.find((path) => !path.startsWith("/") || existsSync(path)) ?? "sh";
      const child = spawn(shell, ["-c", command], {
        cwd,
        env: environment,
        detached: false,
        stdio: ["ignore", "pipe", "pipe"],
      });
      const kill = () => killTree(child.pid);
      const timer = timeout === undefined ? undefined : { late: false, handle: setTimeout(expire, timeout * 1_000) };
      function expire() {
        if (timer) timer.late = true;
        kill();
      }
      signal?.addEventListener("abort", kill, { once: true });
      try {
        const exitCode = await ended(child, onData);
        // Pi reads these two messages.
        if (signal?.aborted) throw new Error("aborted");
        if (timer?.late) throw new Error(`timeout:${timeout}`);
        return { exitCode };
      } finally {
        clearTimeout(timer?.handle);
        signal?.removeEventListener("abort", kill);
      }
    },
  };
}

/** Resolves to the shell's exit code when it has exited and what it had written was read. */
function ended(child: ChildProcess, onData: (data: Buffer) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const streams = [child.stdout, child.stderr];
    for (const stream of streams) stream?.on("data", onData);
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      const exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
      const finish = () => {
        clearTimeout(late);
        for (const stream of streams) stream?.destroy();
        resolve(exitCode);
      };
      const late = setTimeout(finish, LAST_OUTPUT_MS);
      child.once("close", finish);
    });
  });
}
