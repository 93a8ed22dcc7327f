import type { Rate } from "@pifleet/invocation";
import { connectBackend } from "@pifleet/redis";
import { createMemoryBackend } from "@pifleet/testkit";
import { describe, expect, it } from "vitest";
import { bootstrapAuthenticator } from "./authentication.ts";
import { problemOf, startApi } from "./testing/api.ts";
import { bearer, startKeyedApi, storeKey, TestClock } from "./testing/keys.ts";

const HOUR_MS = 3_600_000;
const RATE: Rate = { perSecond: 2, burst: 4 };
const POLICY = '"key";q=4;w=2';
const LIST = "/v1/invocations";

async function start(rate: Rate | null = RATE) {
  const clock = new TestClock();
  const api = await startKeyedApi(createMemoryBackend({ retentionMs: HOUR_MS, now: clock.now }), { clock, rate });
  const { text } = await api.issue();
  const headersOf = async (path = LIST) => {
    const { status, headers } = await api.get(path, bearer(text));
    return [status, headers.get("ratelimit-policy"), headers.get("ratelimit"), headers.get("retry-after")];
  };
  return { ...api, text, headersOf };
}

describe("the rate of a stored key", () => {
  it("is told with every answer, whatever it is", async () => {
    const { headersOf } = await start();
    expect(await headersOf()).toEqual([200, POLICY, '"key";r=3;t=1', null]);
    expect(await headersOf("/v1/invocations/42")).toEqual([400, POLICY, '"key";r=2;t=1', null]);
    expect(await headersOf("/v1/queue")).toEqual([403, POLICY, '"key";r=1;t=2', null]);
  });

  it("lets no more through than it allows, until there is room again", async () => {
    const { headersOf, get, text, clock } = await start();
    for (let i = 0; i < 4; i += 1) expect((await headersOf())[0]).toBe(200);
    expect(await headersOf()).toEqual([429, POLICY, '"key";r=0;t=1', "1"]);
    expect(await problemOf(await get(LIST, bearer(text)))).toMatchObject({
      status: 429,
      code: "rate_limited",
      detail: "This key may send 2 requests a second, and 4 at once",
    });
    clock.ms += 500;
    expect(await headersOf()).toEqual([200, POLICY, '"key";r=0;t=2', null]);
    expect((await headersOf())[0]).toBe(429);
    clock.ms += 2_000;
    expect(await headersOf()).toEqual([200, POLICY, '"key";r=3;t=1', null]);
  });

  it("asks to wait as long as it takes when it is slow", async () => {
    const { headersOf } = await start({ perSecond: 0.1, burst: 1 });
    expect(await headersOf()).toEqual([200, '"key";q=1;w=10', '"key";r=0;t=10', null]);
    expect(await headersOf()).toEqual([429, '"key";q=1;w=10', '"key";r=0;t=10', "10"]);
  });

  it("is each key's own", async () => {
    const api = await start({ perSecond: 1, burst: 1 });
    const other = await api.issue();
    expect((await api.headersOf())[0]).toBe(200);
    expect((await api.headersOf())[0]).toBe(429);
    expect((await api.get(LIST, bearer(other.text))).status).toBe(200);
  });

  it("counts a request once, however long it is held back or streamed", async () => {
    const api = await start();
    const writer = await api.issue({ scopes: ["invocations:write"] });
    const { id } = await api.submit({}, bearer(writer.text));
    const events = await api.get(`${LIST}/${id}/events`, bearer(api.text));
    const held = api.get(`${LIST}/${id}?wait=60`, bearer(api.text));
    expect(events.headers.get("ratelimit")).toBe('"key";r=3;t=1');
    await expect.poll(async () => (await api.get("/metrics")).text()).toContain("pifleet_invocations_awaited 1\n");
    expect(await api.headersOf()).toEqual([200, POLICY, '"key";r=1;t=2', null]);
    await api.backend.store.cancel("acme", id);
    expect((await held).headers.get("ratelimit")).toBe('"key";r=2;t=1');
    await events.text();
  });

  it("is not there when it is off, and not for the bootstrap key or for nobody", async () => {
    const { headersOf } = await start(null);
    expect(await headersOf()).toEqual([200, null, null, null]);
    const bootstrap = bootstrapAuthenticator("a-key-of-some-length");
    const api = await startApi(createMemoryBackend({ retentionMs: HOUR_MS }), { authenticator: bootstrap });
    for (const key of ["a-key-of-some-length", "another-key"]) {
      expect((await api.get(LIST, bearer(key))).headers.has("ratelimit")).toBe(false);
    }
  });
});

it("is one rate over several APIs", async () => {
  const prefix = `test-${crypto.randomUUID()}`;
  const url = process.env.REDIS_URL ?? "";
  const connect = () => connectBackend({ url, prefix, retentionMs: HOUR_MS, role: "worker" });
  const rate = { perSecond: 0.01, burst: 5 };
  const apis = await Promise.all([await connect(), await connect()].map((backend) => startKeyedApi(backend, { rate })));
  const [first] = apis;
  if (!first) throw new Error("there is no API");
  const { text } = await storeKey(first.backend);
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) => apis[i % 2]?.get(LIST, bearer(text)).then(({ status }) => status)),
  );
  expect(answers.toSorted()).toEqual([200, 200, 200, 200, 200, 429, 429, 429, 429, 429]);
});
