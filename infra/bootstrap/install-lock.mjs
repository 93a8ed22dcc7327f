import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

const LOCK = ".cache/install.lock";
const POLL_MS = 250;

/**
 * Does `work` while no other process of this checkout does its own. A lock whose owner is dead counts as none.
 * @param {AbortSignal} signal ends the waiting
 * @param {() => Promise<void>} work
 */
export async function withInstallLock(signal, work) {
  mkdirSync(".cache", { recursive: true });
  while (!take()) await setTimeout(POLL_MS, undefined, { signal });
  try {
    await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function take() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    if (!ownerLives()) rmSync(LOCK, { force: true });
    return false;
  }
}

function ownerLives() {
  try {
    const owner = readFileSync(LOCK, "utf8");
    // Between its making and its writing the file is empty, and its owner alive.
    return owner === "" || process.kill(Number(owner), 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
