import { setTimeout } from "node:timers/promises";
import { tryToLock, unlock } from "./lock.mjs";

const LOCK = ".cache/install.lock";
const POLL_MS = 250;

/**
 * Does `work` while no other process of this checkout does its own.
 * @param {AbortSignal} signal ends the waiting
 * @param {() => Promise<void>} work
 */
export async function withInstallLock(signal, work) {
  while (!tryToLock(LOCK)) await setTimeout(POLL_MS, undefined, { signal });
  try {
    await work();
  } finally {
    unlock(LOCK);
  }
}
