import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * Runs the real command until it ends, with the terminal as its own, and passes signals on to it.
 * @param {{ node: string, args: string[], env: NodeJS.ProcessEnv, interruption: import("./interruption.mjs").Interruption }} program
 * @returns {Promise<number>} its exit code
 */
export function runProgram({ node, args, env, interruption }) {
  // A terminal gives Ctrl-C to the whole process group, the program included. Without a terminal the program gets a
  // group of its own, so that it sees each signal once: from us.
  const atTerminal = process.stdin.isTTY;
  return new Promise((resolve, reject) => {
    const child = spawn(node, ["--disable-sigusr1", ...args], { stdio: "inherit", env, detached: !atTerminal });
    interruption.passOn((signal) => {
      if (!(atTerminal && signal === "SIGINT")) child.kill(signal);
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? "SIGKILL"]));
  });
}
