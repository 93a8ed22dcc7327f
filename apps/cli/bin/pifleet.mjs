#!/usr/bin/env node
// The program `pifleet`. It starts what was asked for with a Node that can run it, and is plain JavaScript for the
// older Node that it may be started with itself. `pifleet api` and `pifleet worker` are programs of their own: neither
// imports the other, nor the command line.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** What Pi needs. */
const OLDEST_NODE = [22, 19];
const SERVICES = ["api", "worker"];
const HELP = ["--help", "-h"];
const NO_DEBUG_SIGNAL = "--disable-sigusr1";
const LOOK_MS = 250;
const SIGNALS = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]);

// By default SIGUSR1, which every process of the same user can send, opens Node's debugger. A flag forbids it to what is
// started from here; an older Node, and the line at the top of this file, cannot give that flag to this process.
process.on("SIGUSR1", () => undefined);

const launcher = fileURLToPath(import.meta.url);
const args = process.argv.slice(2);

if (isNewEnough(process.versions.node)) await start();
else startWith(packagedNode());

/** Runs the program in this process. */
async function start() {
  const [first = "", ...rest] = args;
  if (["worker", "dev"].includes(first)) await buildRunnerOnce();
  const isService = SERVICES.includes(first) && !rest.some((arg) => HELP.includes(arg));
  await run(entryOf(isService ? first : "cli"), isService ? rest : args);
}

/**
 * Runs a program in this process. `process.argv` is then as if its own file had been started.
 * @param {URL} entry @param {string[]} given its arguments
 */
async function run(entry, given) {
  process.argv = [process.execPath, fileURLToPath(entry), ...given];
  await import(entry.href);
}

/** In a checkout, runners are built when they are first needed; the commands of npm build them anew for new sources. */
async function buildRunnerOnce() {
  const build = new URL("../../../libs/harness/build/main.ts", import.meta.url);
  const runner = new URL("../../../libs/harness/dist/runner.cjs", import.meta.url);
  if (existsSync(build) && !existsSync(runner)) await run(build, []);
}

/** @param {string} program api, worker or cli */
function entryOf(program) {
  const source = new URL(`../../${program}/src/main.ts`, import.meta.url);
  const built = new URL(`${program}.mjs`, import.meta.url);
  return existsSync(source) ? source : built;
}

/** @param {string} node runs this same file, with signals and the exit code passed through */
function startWith(node) {
  const child = spawn(node, [NO_DEBUG_SIGNAL, launcher, ...args], { stdio: "inherit" });
  for (const name of SIGNALS) {
    process.on(name, () => {
      // A terminal gives Ctrl-C to the whole process group: the child has had its own.
      if (name !== "SIGINT" || !process.stdin.isTTY) child.kill(name);
    });
  }
  // When npx is told to end, it ends without a word to what it started; see `end-with-npm.ts`.
  const parent = process.ppid;
  if (process.env.npm_command === "exec")
    setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), LOOK_MS).unref();
  child.on("error", (error) => fail(`${node} cannot be started: ${error.message}`));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** The binary of the npm package `node`, a dev dependency of the checkout. */
function packagedNode() {
  try {
    return createRequire(import.meta.url).resolve("node/bin/node");
  } catch {
    return fail(
      `needs Node.js ${OLDEST_NODE.join(".")} or later, and this is ${process.version}. ` +
        "Run `npm install` in the checkout, which brings one, or install a newer Node.js.",
    );
  }
}

/** @param {string} version such as 22.19.0 */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** @param {string} message @returns {never} */
function fail(message) {
  process.stderr.write(`pifleet: ${message}\n`);
  process.exit(2);
}
