import { type Backend, NO_USAGE, type Outcome } from "@pifleet/invocation";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectBackend } from "../index.ts";
import { type Keys, makeKeys } from "../scripting/keys.ts";
import { TEST_REDIS_URL, useOwnKeys } from "../testing/own-keys.ts";

const MAX_BYTES = 512;
const OUTCOME: Outcome = { status: "succeeded", output: "done", messages: [], usage: NO_USAGE, error: null };
const ownPrefix = useOwnKeys();

describe("the log of a queued invocation in Redis", () => {
  const redis = new Redis(TEST_REDIS_URL, { lazyConnect: true });
  let keys: Keys;
  let backend: Backend;

  beforeEach(async () => {
    const prefix = ownPrefix();
    keys = makeKeys(prefix);
    backend = await connectBackend({ url: TEST_REDIS_URL, prefix, role: "worker", retentionMs: 60_000 });
  });
  afterEach(() => backend.close());
  afterAll(() => redis.disconnect());

  it("takes a fraction of what a stream would", async () => {
    const { id } = sampleInvocation();
    await backend.store.create(sampleInvocation({}, { id }));
    expect(await redis.memory("USAGE", keys.events(id))).toBeLessThan(MAX_BYTES);
  });

  it("keeps its event, with its id, when more follow", async () => {
    const { id } = sampleInvocation();
    await backend.store.create(sampleInvocation({}, { id }));
    const { events: first } = await backend.events.read(id, { limit: 10 });
    expect(first).toMatchObject([{ type: "invocation.queued", attempt: 0 }]);
    await backend.store.start(id, "worker-1");
    const { events } = await backend.events.read(id, { limit: 10 });
    expect(events).toEqual([...first, expect.objectContaining({ type: "attempt.started" })]);
    expect(await backend.events.read(id, { after: first[0]?.id ?? "", limit: 10 })).toEqual({
      events: events.slice(1),
      more: false,
    });
  });

  it("goes on as a stream when the invocation is queued again", async () => {
    const { id } = sampleInvocation();
    await backend.store.create(sampleInvocation({}, { id }));
    await backend.store.start(id, "worker-1");
    await backend.store.settle(id, 1, { kind: "handed_back", outcome: OUTCOME });
    await backend.store.start(id, "worker-2");
    const { events } = await backend.events.read(id, { limit: 10 });
    expect(events.map(({ type }) => type)).toEqual([
      ...["invocation.queued", "attempt.started", "attempt.ended", "attempt.started"],
    ]);
  });
});
