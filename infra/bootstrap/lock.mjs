import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Takes a lock, a file that names its owner. A lock whose owner is dead is removed, so that the next try takes it.
 * @param {string} path
 * @returns {boolean} whether it was taken
 */
export function tryToLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    if (!ownerLives(path)) unlock(path);
    return false;
  }
}

/** @param {string} path */
export function unlock(path) {
  rmSync(path, { force: true });
}

/** @param {string} path */
function ownerLives(path) {
  try {
    const owner = readFileSync(path, "utf8");
    // Between its making and its writing the file is empty, and its owner alive.
    return owner === "" || process.kill(Number(owner), 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
