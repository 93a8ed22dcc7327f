import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { RedisServer } from "@pifleet/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { SUBMISSION } from "./testing/api.ts";
import { ApiProcess } from "./testing/api-process.ts";
import { checkedFetch } from "./testing/checked-fetch.ts";
import { EventReader } from "./testing/event-reader.ts";

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.reserve();
  await redis.start();
});
afterAll(() => redis[Symbol.asyncDispose]());

function start(): ApiProcess {
  const prefix = `test-${randomUUID()}`;
  return new ApiProcess({ REDIS_URL: redis.url, PIFLEET_REDIS_PREFIX: prefix, PIFLEET_AUTH: "off" });
}

async function submit(url: string): Promise<string> {
  const headers = { "content-type": "application/json" };
  const response = await checkedFetch(`${url}/v1/invocations`, {
    method: "POST",
    headers,
    body: JSON.stringify(SUBMISSION),
  });
  return ((await response.json()) as { id: string }).id;
}

describe("the process of the API", () => {
  it("serves over Redis, says where, and ends what is open when it is told to stop", async () => {
    const api = start();
    const url = await api.url();
    expect((await checkedFetch(`${url}/readyz`)).status).toBe(200);
    const id = await submit(url);
    const events = new EventReader(await checkedFetch(`${url}/v1/invocations/${id}/events`));
    expect((await events.next())?.event).toBe("invocation.queued");
    const answer = checkedFetch(`${url}/v1/invocations/${id}?wait=60`);
    await expect
      .poll(async () => (await checkedFetch(`${url}/metrics`)).text())
      .toContain("pifleet_invocations_awaited 1\n");
    api.kill("SIGTERM");
    expect(await (await answer).json()).toMatchObject({ id, status: "queued" });
    expect(await events.rest()).toEqual([]);
    expect(await api.exitCode()).toBe(0);
    expect(api.stderr).toBe("");
  });

  it("does not start over a Redis that may drop keys, and says what to do", async () => {
    await using own = await RedisServer.reserve();
    await own.start("--maxmemory-policy", "volatile-lru");
    const api = new ApiProcess({ REDIS_URL: own.url, PIFLEET_AUTH: "off" });
    await expect(api.url()).rejects.toThrow(/maxmemory-policy is 'volatile-lru'; set it to 'noeviction'/);
    expect(await api.exitCode()).toBe(1);
  });

  it("ends at once at the second signal", async () => {
    const api = start();
    const { port } = new URL(await api.url());
    const half = connect(Number(port), "127.0.0.1").on("error", () => undefined);
    half.write(
      "POST /v1/invocations HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
    );
    await checkedFetch(`http://127.0.0.1:${port}/livez`);
    api.kill("SIGTERM");
    await stopping(api);
    api.kill("SIGTERM");
    expect(await api.exitCode()).toBe(1);
    half.destroy();
  });

  it("answers 503 at once while Redis is away, and submits nothing late", async () => {
    const own = await RedisServer.reserve();
    onTestFinished(() => own[Symbol.asyncDispose]());
    const api = new ApiProcess({ REDIS_URL: own.url, PIFLEET_AUTH: "off" });
    const url = await api.url();
    const headers = { "content-type": "application/json" };
    const submission = { method: "POST", headers, body: JSON.stringify(SUBMISSION) };
    expect((await checkedFetch(`${url}/v1/invocations`, submission)).status).toBe(503);
    expect((await checkedFetch(`${url}/readyz`)).status).toBe(503);
    expect((await checkedFetch(`${url}/livez`)).status).toBe(200);
    await own.start();
    while ((await checkedFetch(`${url}/readyz`)).status !== 200);
    expect(await (await checkedFetch(`${url}/v1/invocations`)).json()).toEqual({ items: [], nextCursor: null });
  });
});

describe("a start that cannot be", () => {
  it.each([
    [{}, "PIFLEET_BOOTSTRAP_KEY must be set to a key"],
    [{ PIFLEET_AUTH: "off", HOST: "0.0.0.0" }, "PIFLEET_AUTH must be on unless HOST is a loopback address"],
    [{ PIFLEET_AUTH: "off", PORT: "x" }, "PORT must be a whole number"],
  ])("ends with exit code 2 and one line that names the variable: %j", async (environment, line) => {
    const api = new ApiProcess(environment as Record<string, string>);
    expect(await api.exitCode()).toBe(2);
    expect(api.stderr).toMatch(new RegExp(`^${line}.*\n$`));
  });

  it("ends with exit code 1 when the port is taken", async () => {
    const first = start();
    const { port } = new URL(await first.url());
    const second = new ApiProcess({ REDIS_URL: redis.url, PIFLEET_AUTH: "off", PORT: port });
    await expect(second.url()).rejects.toThrow("EADDRINUSE");
    expect(await second.exitCode()).toBe(1);
  });
});

async function stopping(api: ApiProcess): Promise<void> {
  await expect.poll(() => api.stdout.some((line) => JSON.parse(line).msg === "stopping")).toBe(true);
}
