import { spawn } from "node:child_process";
import { SetupFailure } from "../failure.mjs";
import { freePort } from "../free-port.mjs";
import { signalGroup } from "../process-group.mjs";
import { waitUntilItAnswers } from "./answers.mjs";

const START_MS = 30_000;
const GRACE_MS = 3_000;

/**
 * Starts a program that speaks Redis on a free loopback port. It is no part of our process group, so Ctrl-C does not
 * reach it before those who use it have ended.
 * @param {string} command
 * @param {{ args: (port: number) => string[], input?: (port: number) => string }} start its arguments and standard input
 * @param {import("./provide.mjs").Setting} setting
 * @returns {Promise<{ url: string }>}
 */
export async function startService(command, { args, input }, { cleanup, signal, password }) {
  const port = await freePort();
  const child = spawn(command, args(port), { stdio: ["pipe", "pipe", "pipe"], detached: true });
  // One that has ended before it read this is told of below.
  child.stdin.on("error", () => undefined).end(input?.(port));
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => (output = (output + text).slice(-8_000)));
  const ended = new Promise((resolve) => child.once("exit", resolve).once("error", resolve));
  cleanup.add(() => stopService(child.pid, ended));
  const patience = AbortSignal.any([signal, AbortSignal.timeout(START_MS)]);
  const url = `redis://${password === undefined ? "" : `:${password}@`}127.0.0.1:${port}`;
  const answered = await Promise.race([waitUntilItAnswers(url, patience), ended.then(() => false)]);
  signal.throwIfAborted();
  if (!answered) throw new SetupFailure(`${command} could not be started. What it said is above.`, output);
  return { url };
}

/** @param {number | undefined} pid @param {Promise<unknown>} ended */
async function stopService(pid, ended) {
  signalGroup(pid, "SIGTERM");
  const impatient = setTimeout(() => signalGroup(pid, "SIGKILL"), GRACE_MS);
  await ended;
  clearTimeout(impatient);
}
