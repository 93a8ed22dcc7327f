import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { constants } from "node:os";
import { hideEnvironment } from "./private-environment.mjs";

/**
 * Runs the real command until it ends, with the terminal as its own, and passes signals on to it.
 * @param {object} program
 * @param {string} program.node
 * @param {string[]} program.args
 * @param {NodeJS.ProcessEnv} program.env
 * @param {boolean} program.isPrivate whether it gets its environment out of sight of other processes; it must take it
 * @param {import("./interruption.mjs").Interruption} program.interruption
 * @returns {Promise<number>} its exit code
 */
export function runProgram({ node, args, env, isPrivate, interruption }) {
  // A terminal gives Ctrl-C to the whole process group, the program included. Without a terminal the program gets a
  // group of its own, so that it sees each signal once: from us.
  const atTerminal = process.stdin.isTTY;
  const hidden = isPrivate && process.platform === "linux" ? hideEnvironment(env) : undefined;
  return new Promise((resolve, reject) => {
    const child = spawn(node, ["--disable-sigusr1", ...args], {
      stdio: [hidden?.stdin ?? "inherit", "inherit", "inherit"],
      env: hidden?.env ?? env,
      detached: !atTerminal,
    });
    if (hidden) closeSync(hidden.stdin);
    interruption.passOn((signal) => {
      if (!(atTerminal && signal === "SIGINT")) child.kill(signal);
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? "SIGKILL"]));
  });
}
