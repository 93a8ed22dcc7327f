import { SetupFailure } from "../failure.mjs";
import { step, warn } from "../progress.mjs";
import { startContainer } from "./container.mjs";
import { startEmulation } from "./emulation.mjs";
import { checkGivenRedis } from "./given.mjs";
import { findServer, startServer } from "./server.mjs";
import { canInstallServer, installServer } from "./system-package.mjs";

/**
 * What a way to get a Redis has to work with.
 * @typedef {object} Setting
 * @property {string} node the Node to run programs with
 * @property {AbortSignal} signal ends the set-up
 * @property {string} [password] what those who use a Redis that is started must show; letters and digits
 * @property {string} [directory] where a server that is started keeps its data; without, nothing is kept
 * @property {import("../cleanup.mjs").Cleanup} cleanup takes what has to be stopped in the end
 */

/**
 * Finds a Redis or starts one, in this order: `REDIS_URL`; a server on PATH; a package of the system, where it can be
 * had without asking; a container; and, where that will do, an emulation.
 * @param {Setting & { kind: "real" | "any" }} request
 * @returns {Promise<{ url: string }>}
 */
export async function provideRedis({ kind, ...setting }) {
  const given = process.env.REDIS_URL;
  if (given) return checkGivenRedis(given);
  const { directory } = setting;
  const server = findServer() ?? (await serverFromPackage(setting.signal));
  if (server) return startServer(server, setting);
  if (directory) {
    throw new SetupFailure(
      "To keep its data takes a Redis on this machine: neither valkey-server nor redis-server is on PATH. Install one " +
        "(`apt-get install redis-server`, `brew install valkey`), set REDIS_URL to one that keeps data, or leave out --keep.",
    );
  }
  const container = await startContainer(setting);
  if (container) return container;
  if (kind === "any") return emulated(setting);
  throw new SetupFailure(
    "The tests need a Redis, and there is none: REDIS_URL is not set, neither valkey-server nor redis-server is on PATH, " +
      "it cannot be installed without asking (that takes apt-get and root), and no Docker engine answers. " +
      "Install one (`apt-get install redis-server`, `brew install valkey`), start Docker, or set REDIS_URL.",
  );
}

/** @param {AbortSignal} signal */
async function serverFromPackage(signal) {
  if (!canInstallServer()) return undefined;
  const installed = await step("Installing the system's package redis-server", () => installServer(signal));
  if (!installed.ok) warn(`apt-get could not install redis-server: ${installed.output.trim().split("\n").at(-1)}`);
  return findServer();
}

/** @param {Setting} setting */
async function emulated(setting) {
  warn(
    "No Redis was found: it is emulated by js-redis-server, in memory. It keeps nothing, and asks for no password: the " +
      "tools of agents can read and change it. Use a real one for real work.",
  );
  return startEmulation(setting);
}
