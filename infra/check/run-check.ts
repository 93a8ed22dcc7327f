import { execa } from "execa";
import type { Check } from "./checks.ts";

export interface Finding {
  readonly check: Check;
  readonly ok: boolean;
  /** Everything that the tool said. */
  readonly output: string;
}

/** Nx neither asks for a cloud or for statistics, nor leaves a daemon behind. */
const QUIET = { NX_DAEMON: "false", NX_NO_CLOUD: "true", NX_TUI: "false", CI: "true" };

/** Runs a check to its end. A tool that cannot be started has failed. */
export async function runCheck(check: Check): Promise<Finding> {
  const result = await execa(check.command, check.args, { all: true, reject: false, preferLocal: true, env: QUIET });
  return { check, ok: !result.failed, output: result.all || result.shortMessage || "" };
}
