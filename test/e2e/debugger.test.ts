import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { PifleetProcess, pifleet } from "../../apps/cli/src/testing/pifleet-process.ts";
import { freePort } from "../fleet/free-port.ts";
import { listeningSockets } from "../fleet/listening.ts";
import { alive, descendantsOf } from "../fleet/processes.ts";

const POLL_MS = 20;

/** Starts `pifleet dev` with one runner that waits; resolves when all of it is up. */
async function startDev(): Promise<{ dev: PifleetProcess; env: Record<string, string> }> {
  const workspaces = await mkdtemp(join(tmpdir(), "debugger-"));
  const port = String(await freePort());
  const own = { PIFLEET_WORKSPACES: workspaces, PIFLEET_REDIS_PREFIX: `debugger-${randomUUID()}`, PIFLEET_WARM: "1" };
  const dev = new PifleetProcess(["dev", "--json"], { env: { ...own, PORT: port } });
  onTestFinished(async () => {
    dev.signal("SIGTERM");
    await dev.ended;
    await rm(workspaces, { recursive: true, maxRetries: 10 });
  });
  await dev.hasWritten("stdout", "\n");
  await dev.hasWritten("stderr", "claiming");
  return { dev, env: { PIFLEET_URL: `http://127.0.0.1:${port}` } };
}

/** A Node that was started without care: SIGUSR1 opens its debugger. Resolves when it runs. */
async function startCarelessNode(): Promise<ChildProcess> {
  const program = `process.stdout.write("up"); setInterval(() => undefined, 1000)`;
  const node = spawn(process.execPath, ["--inspect-port=0", "--eval", program], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(async () => {
    node.kill("SIGKILL");
    await once(node, "exit");
  });
  await once(node.stdout, "data");
  return node;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setTimeout(POLL_MS);
}

test.runIf(process.platform === "linux")("SIGUSR1 opens a debugger in no process of the fleet", async () => {
  const { dev, env } = await startDev();
  const submitted = await pifleet(["submit", "--model", "demo/scripted", "--delay", "1h", "Hello"], { env });
  const watch = new PifleetProcess(["watch", submitted.stdout.trim(), "--json"], { env });
  await watch.hasWritten("stdout", "invocation.queued");
  // The API, the worker, and a runner at least.
  await until(() => descendantsOf(dev.pid).length >= 3);
  const ours = [dev.pid, ...descendantsOf(dev.pid), watch.pid];
  const before = ours.map(listeningSockets);

  const careless = await startCarelessNode();
  const { pid: control = 0 } = careless;
  for (const pid of [...ours, control]) process.kill(pid, "SIGUSR1");
  await until(() => listeningSockets(control).length > 0);
  expect(alive(ours)).toEqual(ours);
  expect(ours.map(listeningSockets)).toEqual(before);

  const { code } = await pifleet(["submit", "--model", "demo/scripted", "--wait", "Hello"], { env });
  expect(code).toBe(0);
  await pifleet(["cancel", submitted.stdout.trim()], { env });
  expect((await watch.ended).code).toBe(1);
});
