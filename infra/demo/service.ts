import { execa } from "execa";
import type { Cleanup } from "../bootstrap/cleanup.mjs";
import { DemoFailure } from "./failure.ts";

/** After this long a process is no longer asked to end. */
const GRACE_MS = 15_000;

/**
 * Starts a program that runs until it is stopped, which it is in the end.
 * @param program its file and its arguments
 * @returns rejects when the process ends before that, with the last lines of what it said
 */
export function startService(program: string[], env: NodeJS.ProcessEnv, cleanup: Cleanup): Promise<never> {
  const service = execa(process.execPath, ["--disable-sigusr1", ...program], {
    env,
    all: true,
    stdin: "ignore",
    reject: false,
    maxBuffer: 1_000_000,
    forceKillAfterDelay: GRACE_MS,
  });
  cleanup.add(async () => {
    service.kill("SIGTERM");
    await service;
  });
  return service.then(({ all, exitCode, signal }) => {
    const said = all?.trim().split("\n").slice(-10).join("\n");
    throw new DemoFailure(
      `${program.join(" ")} ended with ${signal ?? `exit code ${exitCode}`}:\n${said || "It said nothing."}`,
    );
  });
}
