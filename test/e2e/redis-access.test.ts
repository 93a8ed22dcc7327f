import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { createClient } from "@pifleet/client";
import { RedisServer } from "@pifleet/testkit";
import { startModelServer, text, toolCall } from "@pifleet/testkit/model-server";
import { expect, onTestFinished, test } from "vitest";
import { Fleet } from "../fleet/fleet.ts";
import { freePort } from "../fleet/free-port.ts";
import { listeningSockets } from "../fleet/listening.ts";
import { descendantsOf } from "../fleet/processes.ts";

const PASSWORD = "0123456789abcdef";
const OPEN_REDIS = /^Redis needs no password/;

/** The arguments that docker-compose.yml starts Redis with, and a user for the test. */
async function composeArguments(directory: string): Promise<string[]> {
  const compose = await readFile(new URL("../../docker-compose.yml", import.meta.url), "utf8");
  const [, list = ""] = /command:\s+\[\s+("--appendonly"[^\]]+?),?\s+\]/.exec(compose) ?? [];
  const withPassword = list.replace(/\$\{PIFLEET_REDIS_PASSWORD:-\}/, PASSWORD);
  const args: string[] = JSON.parse(`[${withPassword.replaceAll(/\$\{\w+:-([^}]*)\}/g, "$1")}]`);
  const inTest = args.map((argument) => (argument === "/data" ? directory : argument));
  return [...inTest, "--user", "test", "on", `>${PASSWORD}`, "~*", "&*", "+@all"];
}

/** What a Redis answers to a command, or the error that it answers with. */
async function ask(port: number, command: readonly string[], user?: string): Promise<string> {
  const credentials = user === undefined ? [] : ["--user", user, "--pass", PASSWORD, "--no-auth-warning"];
  const { stdout, stderr } = await promisify(execFile)("redis-cli", ["-p", String(port), ...credentials, ...command]);
  return `${stdout}${stderr}`.trim();
}

/** A receiver of webhooks; resolves `received` with the first message. */
async function receiver(): Promise<{ url: string; received: Promise<unknown> }> {
  const server = createServer((request, response) => response.end(request.resume() && "")).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, received: once(server, "request") };
}

test("the user that docker-compose.yml makes may do all that a fleet needs, and no more", async () => {
  const directory = await mkdtemp(join(tmpdir(), "compose-redis-"));
  const redis = await RedisServer.reserve();
  await redis.start(...(await composeArguments(directory)));
  onTestFinished(async () => {
    await redis[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });
  const redisUrl = redis.url.replace("//", `//pifleet:${PASSWORD}@`);
  const env = { PIFLEET_REDIS_PREFIX: "pifleet", PIFLEET_WEBHOOK_ALLOW: "loopback", PIFLEET_LEASE_MS: "2000" };
  await using fleet = await Fleet.start({ redisUrl, workers: 2, env });
  const { url, received } = await receiver();
  const submission = { model: "demo/scripted", input: "Hello" };
  const { invocations } = await fleet.clientOf("default");

  const { id } = await invocations.create({ ...submission, webhook: { url } });
  expect(await invocations.wait(id)).toMatchObject({ status: "succeeded" });
  await received;
  for await (const _event of invocations.stream(id));
  const later = await invocations.create({ ...submission, delayMs: 3_600_000 });
  await invocations.cancel(later.id);
  expect(await fleet.client.workers.list()).toHaveLength(2);
  // Another worker notices that its connection is gone.
  fleet.workers[0]?.kill("SIGKILL");
  while ((await fleet.client.workers.list()).length > 1);
  expect(await invocations.wait((await invocations.create(submission)).id)).toMatchObject({ status: "succeeded" });
  expect(await ask(redis.port, ["ACL", "LOG"], "test")).toBe("");

  const ofFleet = [...fleet.apis, ...fleet.workers].flatMap(({ lines }) => lines.map(({ msg }) => String(msg)));
  expect(ofFleet.filter((message) => OPEN_REDIS.test(message))).toEqual([]);
  expect(await ask(redis.port, ["PING"])).toMatch(/^NOAUTH/);
  for (const command of ["CONFIG GET *", "FLUSHALL", "KEYS *", "SCAN 0", "SHUTDOWN", "MONITOR", "GET other"])
    expect(await ask(redis.port, command.split(" "), "pifleet")).toMatch(/^NOPERM/);
});

test("an API and a worker warn of a Redis that needs no password", async () => {
  await using redis = await RedisServer.reserve();
  await redis.start();
  await using fleet = await Fleet.start({ redisUrl: redis.url });
  const isWarning = expect.objectContaining({ level: "warn", msg: expect.stringMatching(OPEN_REDIS) });
  for (const service of [...fleet.apis, ...fleet.workers]) {
    await service.said(OPEN_REDIS);
    expect(service.lines).toContainEqual(isWarning);
  }
});

test.runIf(process.platform === "linux")("a tool of npm run dev cannot talk to its Redis", async () => {
  const directory = await mkdtemp(join(tmpdir(), "dev-redis-"));
  const models = await startModelServer();
  const modelsFile = join(directory, "models.json");
  await writeFile(modelsFile, JSON.stringify(models.modelsFile()));
  const dev = spawn(process.execPath, ["infra/bootstrap/main.mjs", "dev", "--json"], {
    env: {
      ...process.env,
      REDIS_URL: "",
      PORT: String(await freePort()),
      PIFLEET_WORKSPACES: join(directory, "workspaces"),
      PIFLEET_ARTIFACTS: join(directory, "artifacts"),
      PIFLEET_MODELS_FILE: modelsFile,
      PIFLEET_REDIS_PREFIX: `dev-${randomUUID()}`,
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const exited = once(dev, "exit");
  onTestFinished(async () => {
    dev.kill("SIGTERM");
    await exited;
    await models.close();
    await rm(directory, { recursive: true, maxRetries: 10 });
  });
  const [line] = await once(createInterface({ input: dev.stdout }), "line");
  const { url } = JSON.parse(String(line));

  const port = await redisPortBelow(dev.pid ?? 0);
  const look = `cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | grep -a -c '@127.0.0.1:${port}$'`;
  const command = `redis-cli -p ${port} ping; redis-cli -p ${port} set planted 1; ${look}`;
  models.enqueue(toolCall("bash", { command }), text("done"));
  const { invocations } = createClient({ url });
  const { id } = await invocations.create({ model: "fake/test", input: "Look" });
  const { messages } = await invocations.wait(id);
  const answer = JSON.stringify(messages.find(({ role }) => role === "tool"));
  expect(answer).toMatch(/NOAUTH.*NOAUTH.*\\n0\b/s);
});

/** The port of the Redis that the set-up with this pid has started. */
async function redisPortBelow(pid: number): Promise<number> {
  for (const child of descendantsOf(pid)) {
    const command = await readFile(`/proc/${child}/cmdline`, "latin1");
    if (!/redis-server|valkey-server/.test(command)) continue;
    const [inode] = listeningSockets(child);
    const row = (await readFile("/proc/net/tcp", "utf8"))
      .split("\n")
      .find((each) => each.trim().split(/\s+/)[9] === inode);
    const [, hex = ""] = /^\s*\d+: \w+:(\w{4})/.exec(row ?? "") ?? [];
    return Number.parseInt(hex, 16);
  }
  throw new Error("No Redis was started");
}
