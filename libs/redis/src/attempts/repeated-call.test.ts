import { type Backend, type Event, NO_USAGE, type Outcome } from "@pifleet/invocation";
import { TcpProxy } from "@pifleet/testkit";
import { sampleDelivery, sampleInvocation, sampleSpan, sampleTry } from "@pifleet/testkit/samples";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectBackend } from "../index.ts";
import { TEST_REDIS_URL, useOwnKeys } from "../testing/own-keys.ts";

const ownPrefix = useOwnKeys();
const at = new Date().toISOString();
const SPAN = sampleSpan(1, "turn 1");
const LOG: Event = { type: "log", at, attempt: 1, level: "info", message: "once" };

describe("a worker's call whose answer was lost with the connection", () => {
  const invocation = sampleInvocation();
  const { id: other } = sampleInvocation();
  let proxy: TcpProxy;
  let backend: Backend;

  beforeEach(async () => {
    const { hostname, port, pathname } = new URL(TEST_REDIS_URL);
    proxy = await TcpProxy.to(Number(port), hostname);
    const url = `redis://127.0.0.1:${proxy.port}${pathname}`;
    backend = await connectBackend({ url, prefix: ownPrefix(), role: "worker", retentionMs: 60_000 });
    await backend.store.create(invocation);
  });
  afterEach(async () => {
    await backend.close();
    await proxy[Symbol.asyncDispose]();
  });

  async function losingTheReply<T>(call: () => Promise<T>): Promise<T> {
    const lost = proxy.loseNextReply();
    const result = call();
    await lost;
    return result;
  }

  it("starts one attempt", async () => {
    const started = await losingTheReply(() => backend.store.start(invocation.id, "worker-1"));
    expect(started).toMatchObject({ kind: "started", invocation: { attempt: 1, attempts: [{ ended: null }] } });
  });

  it("appends its events and journal entries once", async () => {
    await backend.store.start(invocation.id, "worker-1");
    expect(await losingTheReply(() => backend.events.append(invocation.id, 1, [LOG], ["entry"]))).toBe("accepted");
    expect(await backend.spans.journal(invocation.id, 1)).toEqual(["entry"]);
    const { events } = await backend.events.read(invocation.id, { limit: 10 });
    expect(events.map(({ type }) => type)).toEqual(["invocation.queued", "attempt.started", "log"]);
  });

  it("writes the spans of a lost attempt once, and is told that it was accepted", async () => {
    await backend.store.start(invocation.id, "worker-1");
    await backend.store.start(invocation.id, "worker-2");
    expect(await losingTheReply(() => backend.spans.finish(invocation.id, 1, [SPAN]))).toBe("accepted");
    expect(await backend.spans.finish(invocation.id, 1, [SPAN])).toBe("stale");
    expect(await backend.spans.read(invocation.id)).toEqual([SPAN]);
  });

  it("records a try of a delivery once, also when it has ended with it", async () => {
    const { id } = sampleDelivery();
    await backend.store.create(sampleInvocation({ webhook: { url: "https://receiver.example/" } }, { id: other }));
    await backend.store.cancel("default", other);
    await backend.deliveries.write(other, [sampleDelivery({ id })]);
    await losingTheReply(() => backend.deliveries.record(id, sampleTry(500, 1), { kind: "again", delayMs: 0 }));
    await losingTheReply(() => backend.deliveries.record(id, sampleTry(200, 2), { kind: "delivered" }));
    const tries = [sampleTry(500, 1), sampleTry(200, 2)];
    expect(await backend.deliveries.get("default", id)).toMatchObject({ status: "delivered", tryCount: 2, tries });
  });

  it("settles once, with its spans, and is told that it was accepted", async () => {
    await backend.store.start(invocation.id, "worker-1");
    const outcome: Outcome = { status: "succeeded", output: "done", messages: [], usage: NO_USAGE, error: null };
    const settled = losingTheReply(() => backend.store.settle(invocation.id, 1, { kind: "final", outcome }, [SPAN]));
    expect(await settled).toBe("accepted");
    expect(await backend.spans.read(invocation.id)).toEqual([SPAN]);
    const { events } = await backend.events.read(invocation.id, { limit: 10 });
    expect(events.slice(2).map(({ type }) => type)).toEqual(["attempt.ended", "invocation.succeeded"]);
  });
});
