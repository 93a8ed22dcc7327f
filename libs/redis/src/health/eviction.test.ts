import { RedisServer } from "@pifleet/testkit";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { connectBackend } from "../index.ts";

const REFUSED = /^Redis may drop data: its maxmemory-policy is 'allkeys-lru'; set it to 'noeviction'/;

let used: AsyncDisposableStack;
let server: RedisServer;

beforeEach(async () => {
  used = new AsyncDisposableStack();
  server = used.use(await RedisServer.reserve());
});
afterEach(() => used.disposeAsync());

it("a Redis that may drop keys must not be used, and takes no writes of ours", async () => {
  await server.start("--maxmemory-policy", "allkeys-lru");
  const onFault = vi.fn();
  const options = { url: server.url, role: "worker", retentionMs: 60_000, onFault } as const;
  const backend = used.adopt(await connectBackend(options), (connected) => connected.close());
  expect(await backend.dataRisk()).toMatch(REFUSED);
  expect(await backend.refusesWrites()).toMatch(REFUSED);
  await vi.waitFor(() =>
    expect(onFault).toHaveBeenCalledWith(expect.objectContaining({ message: expect.stringMatching(REFUSED) })),
  );
});

it("one that keeps everything may be used", async () => {
  await server.start("--maxmemory-policy", "noeviction");
  const options = { url: server.url, role: "worker", retentionMs: 60_000 } as const;
  const backend = used.adopt(await connectBackend(options), (connected) => connected.close());
  expect([await backend.dataRisk(), await backend.refusesWrites()]).toEqual([null, null]);
});
