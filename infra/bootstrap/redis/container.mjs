import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { signalGroup } from "../process-group.mjs";
import { step } from "../progress.mjs";

const PROGRAM = fileURLToPath(new URL("container-program.mjs", import.meta.url));
const GRACE_MS = 15_000;

/**
 * Starts Redis in a container, where a Docker engine answers. Testcontainers needs a newer Node than the set-up has, so
 * it runs in a process of its own, which lives as long as its standard input is open.
 * @param {import("./provide.mjs").Setting} setting
 * @returns {Promise<{ url: string } | undefined>} `undefined` when no engine answers
 */
export async function startContainer({ node, signal, cleanup, password = "" }) {
  const child = spawn(node, ["--disable-sigusr1", PROGRAM], { stdio: ["pipe", "pipe", "ignore"], detached: true });
  const ended = once(child, "exit");
  child.stdin.write(`${password}\n`);
  cleanup.add(async () => {
    child.stdin.end();
    const impatient = setTimeout(() => signalGroup(child.pid, "SIGKILL"), GRACE_MS);
    await ended;
    clearTimeout(impatient);
  });
  const lines = createInterface({ input: child.stdout, signal })[Symbol.asyncIterator]();
  const engine = await lines.next();
  if (engine.done) return undefined;
  const url = await step("Starting Redis in a container", () => lines.next());
  return url.done ? undefined : { url: url.value };
}
