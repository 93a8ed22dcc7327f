import { spawn } from "node:child_process";
import { signalGroup } from "./process-group.mjs";

/**
 * Runs a program of the set-up to its end, in a process group of its own, and keeps what it says.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ signal: AbortSignal, env?: NodeJS.ProcessEnv, cwd?: string }} options
 *   `signal` ends the program with all that it started
 * @returns {Promise<{ ok: boolean, output: string }>} not ok also when there is no such program
 */
export function captured(command, args, { signal, env = process.env, cwd }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], detached: true, env, cwd });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output = (output + text).slice(-100_000);
      });
    }
    const kill = () => signalGroup(child.pid, "SIGTERM");
    signal.addEventListener("abort", kill, { once: true });
    const settle = (/** @type {boolean} */ ok, text = output) => {
      signal.removeEventListener("abort", kill);
      if (signal.aborted) reject(signal.reason);
      else resolve({ ok, output: text });
    };
    child.on("error", (error) => settle(false, error.message));
    child.on("close", (code) => settle(code === 0));
  });
}
