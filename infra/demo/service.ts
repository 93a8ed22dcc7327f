import { spawn } from "node:child_process";
import { once } from "node:events";
import { startPrivately } from "@pifleet/environment";
import type { Cleanup } from "../bootstrap/cleanup.mjs";
import { DemoFailure } from "./failure.ts";

/** After this long a process is no longer asked to end. */
const GRACE_MS = 15_000;
const KEPT_CHARS = 8_000;
const SHOWN_LINES = 10;

/**
 * Starts a program that runs until it is stopped, which it is in the end.
 * @param program its file and its arguments
 * @returns rejects when the process ends before that, with the last lines of what it said
 */
export function startService(program: string[], env: NodeJS.ProcessEnv, cleanup: Cleanup): Promise<never> {
  const service = startPrivately({ ...process.env, ...env }, (visible, stdin, flags) =>
    spawn(process.execPath, [...flags, ...program], { env: visible, stdio: [stdin, "pipe", "pipe"] }),
  );
  let said = "";
  for (const stream of [service.stdout, service.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-KEPT_CHARS);
    });
  const closed = once(service, "close");
  cleanup.add(async () => {
    service.kill("SIGTERM");
    const force = setTimeout(() => service.kill("SIGKILL"), GRACE_MS);
    await closed;
    clearTimeout(force);
  });
  return closed.then(([exitCode, signal]) => {
    const last = said.trim().split("\n").slice(-SHOWN_LINES).join("\n");
    throw new DemoFailure(
      `${program.join(" ")} ended with ${signal ?? `exit code ${exitCode}`}:\n${last || "It said nothing."}`,
    );
  });
}
