import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { PifleetProcess, pifleet } from "../../apps/cli/src/testing/pifleet-process.ts";
import { freePort } from "../fleet/free-port.ts";

/** Longer than the time within which two signals count as one, milliseconds. */
const SECOND_SIGNAL_MS = 400;

interface Fleet {
  readonly dev: PifleetProcess;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts `pifleet dev` on the tests' Redis, with keys, workspaces and a port of its own, and waits until it is up. */
async function startDev(more: Record<string, string> = {}): Promise<Fleet> {
  const workspaces = await mkdtemp(join(tmpdir(), "dev-"));
  const port = await freePort();
  const own = { PORT: String(port), PIFLEET_WORKSPACES: workspaces, PIFLEET_REDIS_PREFIX: `cli-${randomUUID()}` };
  const dev = new PifleetProcess(["dev", "--json"], { env: { ...own, ...more } });
  onTestFinished(async () => {
    dev.signal("SIGTERM");
    await dev.ended;
    // A runner that loses its worker still writes its compile cache while it ends.
    await rm(workspaces, { recursive: true, maxRetries: 10 });
  });
  await dev.hasWritten("stdout", "\n");
  await dev.hasWritten("stderr", "claiming");
  return { dev, env: { PIFLEET_URL: `http://127.0.0.1:${port}` } };
}

test("pifleet dev runs invocations until Ctrl-C, which leaves nothing running", async () => {
  const { dev, env } = await startDev();
  const submitted = await pifleet(["submit", "--model", "demo/scripted", "--wait", "Hello"], { env });
  expect(submitted).toMatchObject({ code: 0, stdout: expect.stringContaining("Hello") });

  dev.signal("SIGINT");
  const { code, stdout, stderr } = await dev.ended;
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toEqual({ url: env.PIFLEET_URL, docs: `${env.PIFLEET_URL}/docs`, auth: false });
  expect(stderr).toMatch(/^api {4}│ info {2}listening/m);
  expect(stderr).toMatch(/^worker │ info {2}stopped/m);
  await expect(fetch(`${env.PIFLEET_URL}/livez`)).rejects.toThrow();
});

test("a worker that is killed is started again and runs invocations", async () => {
  const { dev, env } = await startDev();
  process.kill(await workerPid(env), "SIGKILL");
  await dev.hasWritten("stderr", "The worker ended (SIGKILL). Starting it again.");
  const { code, stdout } = await pifleet(["submit", "--model", "demo/scripted", "--wait", "Hello"], { env });
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("Hello") });
});

test("a worker that is killed again and again stays down, and the command fails", async () => {
  const { dev, env } = await startDev();
  const killed = new Set<number>();
  for (let kills = 0; kills < 6; kills += 1) {
    const pid = await vi.waitFor(async () => {
      const found = await workerPid(env);
      expect(killed).not.toContain(found);
      return found;
    }, 10_000);
    killed.add(pid);
    process.kill(pid, "SIGKILL");
  }
  const { code, stderr } = await dev.ended;
  expect(code).toBe(1);
  expect(stderr).toContain("api    │ info  stopped");
  expect(stderr).toMatch(/pifleet: The worker has ended: SIGKILL\.\n$/);
});

/** The process of the newest worker that is on the list. */
async function workerPid(env: Fleet["env"]): Promise<number> {
  const { stdout } = await pifleet(["workers", "--json"], { env });
  const workers: { pid: number; startedAt: string }[] = JSON.parse(stdout).items;
  const newest = workers.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))[0];
  if (!newest) throw new Error("No worker is on the list");
  return newest.pid;
}

test("a second Ctrl-C does not wait for what still runs", async () => {
  await using model = await silentModel();
  const { dev, env } = await startDev({ PIFLEET_MODELS_FILE: model.file, PIFLEET_GRACE_MS: "3600000" });
  await pifleet(["submit", "--model", "silent/model", "Hello"], { env });
  await model.asked;
  dev.signal("SIGINT");
  const insist = setInterval(() => dev.signal("SIGINT"), SECOND_SIGNAL_MS);
  const { code } = await dev.ended;
  clearInterval(insist);
  expect(code).toBe(130);
});

/** A model server that takes a request and never answers. */
async function silentModel(): Promise<AsyncDisposable & { file: string; asked: Promise<unknown> }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const directory = await mkdtemp(join(tmpdir(), "models-"));
  const file = join(directory, "models.json");
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const silent = { baseUrl, api: "openai-completions", apiKey: "none", models: [{ id: "model" }] };
  await writeFile(file, JSON.stringify({ providers: { silent } }));
  return {
    file,
    asked: once(server, "request"),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await rm(directory, { recursive: true });
    },
  };
}
