import { randomUUID } from "node:crypto";
import { openSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What other processes may see: they can read the environment with which a process was started. */
const PUBLIC = /^(?:PATH|HOME|USER|LANG|LC_\w+|TERM|TZ|TMPDIR|NO_COLOR|FORCE_COLOR|NODE_\w+)$/;

/**
 * Puts an environment into a file without a name, from which `adoptPrivateEnvironment` of `@pifleet/environment` takes it.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {{ env: NodeJS.ProcessEnv, stdin: number }} what to start the program with
 */
export function hideEnvironment(environment) {
  const path = join(tmpdir(), `.pifleet-${randomUUID()}`);
  writeFileSync(path, JSON.stringify(environment), { mode: 0o600, flag: "wx" });
  const stdin = openSync(path, "r+");
  unlinkSync(path);
  const visible = Object.entries(environment).filter(([name]) => PUBLIC.test(name));
  return { env: { ...Object.fromEntries(visible), PIFLEET_ENVIRONMENT_ON_STDIN: "1" }, stdin };
}
