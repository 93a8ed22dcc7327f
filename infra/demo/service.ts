import { execa } from "execa";
import type { Cleanup } from "../bootstrap/cleanup.mjs";
import { DemoFailure } from "./failure.ts";

export const LAUNCHER = "apps/cli/bin/pifleet.mjs";

/** After this long a process is no longer asked to end. */
const GRACE_MS = 15_000;

/**
 * Starts the API or a worker as a process of its own; it is stopped in the end.
 * @returns rejects when the process ends before that, with the last lines of what it said
 */
export function startService(name: "api" | "worker", env: NodeJS.ProcessEnv, cleanup: Cleanup): Promise<never> {
  const service = execa(process.execPath, [LAUNCHER, name], {
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
      `The ${name} ended with ${signal ?? `exit code ${exitCode}`}:\n${said || "It said nothing."}`,
    );
  });
}
