// Set-up in one command: `node infra/bootstrap/main.mjs <command> [arguments…]`. It runs on a host Node 20 with nothing
// installed, so nothing here may import a package.
import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { Cleanup } from "./cleanup.mjs";
import { COMMANDS } from "./commands.mjs";
import { installDependencies } from "./dependencies.mjs";
import { SetupFailure } from "./failure.mjs";
import { Interruption } from "./interruption.mjs";
import { findNode, searchPath } from "./node-binary.mjs";
import { runProgram } from "./program.mjs";
import { note } from "./progress.mjs";
import { takeKeptDirectories } from "./redis/kept.mjs";
import { provideRedis } from "./redis/provide.mjs";
import { buildRunner } from "./runner.mjs";
import { checkToolchain } from "./toolchain.mjs";

// By default SIGUSR1, which every process of the same user can send, opens Node's debugger.
process.on("SIGUSR1", () => undefined);
/** Makes the fleet keep what it has, for the next one that is started so. */
const KEEP = "--keep";

process.chdir(new URL("../..", import.meta.url).pathname);
const cleanup = new Cleanup();
const interruption = new Interruption();

/** @param {string[]} argv @returns {Promise<number>} the exit code */
async function main([name = "", ...args]) {
  const command = COMMANDS[name];
  if (!command)
    throw new SetupFailure(`There is no command '${name}'. There are: ${Object.keys(COMMANDS).join(", ")}.`);
  checkToolchain();
  await installDependencies(interruption.signal);
  const node = await findNode();
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, PATH: searchPath() };
  if (command.runner) await buildRunner(node, interruption.signal);
  const rest = args.filter((arg) => !(command.keeps && arg === KEEP));
  const kept = rest.length < args.length ? takeKeptDirectories(cleanup) : undefined;
  if (command.redis !== "none") {
    const password = command.runsAgents ? randomBytes(24).toString("hex") : undefined;
    const setting = { node, password, directory: kept?.redis, cleanup, signal: interruption.signal };
    const redis = await provideRedis({ kind: command.redis, ...setting });
    env.REDIS_URL = redis.url;
    if (kept) {
      env.PIFLEET_ARTIFACTS ??= kept.artifacts;
      note(`What this fleet has is kept in ${dirname(kept.redis)}; Redis is at ${redis.url}`);
    }
  }
  interruption.signal.throwIfAborted();
  const isPrivate = command.runsAgents === true;
  return runProgram({ node, args: [...command.program, ...rest], env, isPrivate, interruption });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = interruption.exitCode ?? 1;
  if (!interruption.signal.aborted) {
    note(error instanceof SetupFailure ? error.report() : String(error instanceof Error ? error.stack : error));
  }
} finally {
  await cleanup.run();
  interruption.end();
}
