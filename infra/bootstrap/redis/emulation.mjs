import { resolve } from "node:path";
import { startService } from "./service.mjs";

/**
 * Starts a program that behaves like Redis, for a look at Pi Fleet on a machine that has none.
 * @param {import("./provide.mjs").Setting} setting
 */
export function startEmulation(setting) {
  const program = resolve("node_modules/js-redis-server/dist/cli.js");
  const args = (/** @type {number} */ port) => ["--disable-sigusr1", program, "--port", String(port)];
  return startService(setting.node, { args }, { ...setting, password: undefined });
}
