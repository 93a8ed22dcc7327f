import { type Backend, type Invocation, NO_USAGE, type Outcome } from "@pifleet/invocation";
import { sampleInvocation, sampleSpan } from "@pifleet/testkit/samples";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectBackend } from "../index.ts";
import { type Keys, makeKeys } from "../scripting/keys.ts";
import { TEST_REDIS_URL, useOwnKeys } from "../testing/own-keys.ts";

const RETENTION_MS = 60_000;
const OUTCOME: Outcome = { status: "succeeded", output: "done", messages: [], usage: NO_USAGE, error: null };
const ownPrefix = useOwnKeys();

describe("what Redis keeps for a trace", () => {
  const redis = new Redis(TEST_REDIS_URL, { lazyConnect: true });
  let keys: Keys;
  let backend: Backend;

  beforeEach(async () => {
    const prefix = ownPrefix();
    keys = makeKeys(prefix);
    backend = await connectBackend({ url: TEST_REDIS_URL, prefix, role: "worker", retentionMs: RETENTION_MS });
  });
  afterEach(() => backend.close());
  afterAll(() => redis.disconnect());

  async function submitLost(invocation: Invocation = sampleInvocation()): Promise<Invocation["id"]> {
    await backend.store.create(invocation, { spans: [sampleSpan(0, "send invocations")] });
    await backend.store.start(invocation.id, "worker-1");
    await backend.events.append(invocation.id, 1, [], ["entry"]);
    await backend.store.start(invocation.id, "worker-2");
    return invocation.id;
  }

  async function expectToExpire(key: string): Promise<void> {
    const remaining = await redis.pttl(key);
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(RETENTION_MS);
  }

  it("lets a journal expire that nobody makes spans of", async () => {
    await expectToExpire(keys.journal(await submitLost(), 1));
  });

  it("keeps spans without a limit until the end, and then as long as the record", async () => {
    const id = await submitLost();
    expect(await redis.pttl(keys.spans(id))).toBe(-1);
    await backend.store.settle(id, 2, { kind: "final", outcome: OUTCOME }, [sampleSpan(2, "turn 1")]);
    await expectToExpire(keys.spans(id));
  });

  it("lets spans expire that are written after the end, be they the first ones or not", async () => {
    const id = await submitLost();
    await redis.del(keys.spans(id));
    await backend.store.settle(id, 2, { kind: "final", outcome: OUTCOME });
    await backend.spans.finish(id, 1, [sampleSpan(1, "turn 1")]);
    await expectToExpire(keys.spans(id));
  });

  it("deletes the journal of an attempt whose spans are written", async () => {
    const id = await submitLost();
    await backend.events.append(id, 2, [], ["entry"]);
    await backend.spans.finish(id, 1, [sampleSpan(1, "turn 1")]);
    await backend.store.settle(id, 2, { kind: "final", outcome: OUTCOME }, [sampleSpan(2, "turn 1")]);
    expect(await redis.exists(keys.journal(id, 1), keys.journal(id, 2))).toBe(0);
  });

  it("holds the headers of a collector in a field of their own, which goes when nothing is owed any more", async () => {
    const trace = { endpoint: "https://collector.example/v1/traces", headers: { authorization: "Bearer t-1" } };
    const { id } = sampleInvocation();
    await backend.store.create(sampleInvocation({ trace }, { id }));
    const { traceHeaders, ...fields } = await redis.hgetall(keys.record(id));
    expect(JSON.stringify(fields)).not.toContain("t-1");
    expect(traceHeaders).toBe(JSON.stringify(trace.headers));
    await backend.store.cancel("default", id);
    await backend.spool.record({ id, attempt: 0 }, {}, { kind: "never" });
    expect(JSON.stringify(await redis.hgetall(keys.record(id)))).not.toContain("t-1");
  });
});
