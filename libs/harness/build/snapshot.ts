import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { SNAPSHOT_FLAGS } from "../src/snapshot-flags.ts";

/**
 * Lets the bundled runner prepare itself, and writes its heap down. What begins with it must be the same Node, with the
 * same V8, for which it checks itself.
 */
export async function makeSnapshot(program: string, blob: string): Promise<void> {
  // `v8.queryObjects`, by which garbage is collected on demand, is marked as experimental.
  const flags = [
    "--disable-sigusr1",
    "--disable-warning=ExperimentalWarning",
    "--snapshot-blob",
    blob,
    "--build-snapshot",
  ];
  await promisify(execFile)(process.execPath, [...SNAPSHOT_FLAGS, ...flags, program], {
    env: { PATH: process.env.PATH },
  });
}
