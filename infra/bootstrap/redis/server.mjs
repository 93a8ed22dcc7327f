import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { startService } from "./service.mjs";

const NAMES = ["valkey-server", "redis-server"];

/** @returns {string | undefined} the server's binary, from PATH */
export function findServer() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a server with an append-only file, in the directory where it is to keep its data, or in one of its own that is
 * gone in the end.
 * @param {string} binary
 * @param {import("./provide.mjs").Setting} setting
 */
export async function startServer(binary, setting) {
  const directory = setting.directory ?? (await mkdtemp(join(tmpdir(), "pifleet-redis-")));
  if (!setting.directory) setting.cleanup.add(() => rm(directory, { recursive: true, force: true }));
  return startService(binary, { args: () => ["-"], input: (port) => configuration(port, directory, setting) }, setting);
}

/**
 * The server's configuration. It comes on standard input: arguments and files can be read by every process of this user.
 * @param {number} port @param {string} directory @param {import("./provide.mjs").Setting} setting
 */
function configuration(port, directory, { password }) {
  const settings = {
    port,
    bind: "127.0.0.1",
    dir: `"${directory}"`,
    appendonly: "yes",
    save: '""',
    "maxmemory-policy": "noeviction",
    loglevel: "warning",
    ...(password !== undefined && { requirepass: password }),
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${value}\n`)
    .join("");
}
