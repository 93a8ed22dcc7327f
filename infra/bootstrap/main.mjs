// Set-up in one command: `node infra/bootstrap/main.mjs <command> [arguments…]`. It runs on a host Node 20 with nothing
// installed, so nothing here may import a package.
import { randomBytes } from "node:crypto";
import { Cleanup } from "./cleanup.mjs";
import { COMMANDS } from "./commands.mjs";
import { installDependencies } from "./dependencies.mjs";
import { SetupFailure } from "./failure.mjs";
import { Interruption } from "./interruption.mjs";
import { findNode, searchPath } from "./node-binary.mjs";
import { runProgram } from "./program.mjs";
import { note } from "./progress.mjs";
import { provideRedis } from "./redis/provide.mjs";
import { buildRunner } from "./runner.mjs";
import { checkToolchain } from "./toolchain.mjs";

// By default SIGUSR1, which every process of the same user can send, opens Node's debugger.
process.on("SIGUSR1", () => undefined);
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
  if (command.redis !== "none") {
    const password = command.runsAgents ? randomBytes(24).toString("hex") : undefined;
    const redis = await provideRedis({ kind: command.redis, node, password, cleanup, signal: interruption.signal });
    env.REDIS_URL = redis.url;
  }
  interruption.signal.throwIfAborted();
  const isPrivate = command.runsAgents === true;
  return runProgram({ node, args: [...command.program, ...args], env, isPrivate, interruption });
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
