import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { SetupFailure } from "../failure.mjs";
import { tryToLock, unlock } from "../lock.mjs";

/** What is kept of a fleet between two runs of `npm run dev -- --keep`. */
const KEPT = ".pifleet/dev";

/**
 * Takes the directories in which a fleet of this checkout keeps what it has. Two servers must not write there at once.
 * @param {import("../cleanup.mjs").Cleanup} cleanup
 * @returns {{ redis: string, artifacts: string }}
 * @throws {SetupFailure} when another fleet uses them
 */
export function takeKeptDirectories(cleanup) {
  const lock = `${KEPT}/lock`;
  // A lock of a dead owner goes with the first try.
  if (!tryToLock(lock) && !tryToLock(lock))
    throw new SetupFailure(
      "Another `npm run dev -- --keep` runs in this checkout. Stop it first, or leave out --keep.",
    );
  cleanup.add(async () => unlock(lock));
  const directories = { redis: resolve(KEPT, "redis"), artifacts: resolve(KEPT, "artifacts") };
  for (const directory of Object.values(directories)) mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directories;
}
