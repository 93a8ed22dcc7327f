import type { Backend } from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Janitor } from "./janitor.ts";

const ROUND_MS = 5_000;

describe("the janitor", () => {
  let backend: Backend;
  let janitor: Janitor;
  const mended: string[] = [];

  beforeEach(() => {
    vi.useFakeTimers();
    mended.length = 0;
    backend = createMemoryBackend({ retentionMs: 60_000 });
    janitor = makeJanitor("wrk_1");
  });
  afterEach(async () => {
    await janitor.stop();
    vi.useRealTimers();
    await backend.close();
  });

  function makeJanitor(worker: string): Janitor {
    return new Janitor({
      worker,
      store: backend.store,
      queue: backend.queue,
      registry: backend.workers,
      deliveries: backend.deliveries,
      onMended: (what, count) => mended.push(`${what} ${count}`),
      onFault: (error) => {
        throw error;
      },
    });
  }

  async function rounds(count: number): Promise<void> {
    janitor.start();
    await vi.advanceTimersByTimeAsync((count - 1) * ROUND_MS + 1);
  }

  it("puts into the queue what was recorded by an API that died before it could", async () => {
    await backend.store.create(sampleInvocation());
    await rounds(1);
    expect(mended).toEqual([]);
    await vi.advanceTimersByTimeAsync(2 * ROUND_MS);
    expect(mended).toEqual(["unqueued 1"]);
    expect(await backend.queue.depth()).toMatchObject({ waiting: 1 });
  });

  it("keeps what is left of the delay that was asked for", async () => {
    await backend.store.create(sampleInvocation({ delayMs: 60_000 }));
    await rounds(3);
    expect(await backend.queue.depth()).toMatchObject({ waiting: 0, delayed: 1 });
  });

  it("puts back an entry that has vanished from the queue, once it is sure", async () => {
    const { id, carrier } = sampleInvocation();
    const invocation = sampleInvocation({}, { id });
    await backend.store.create(invocation);
    await backend.queue.enqueue({ id, carrier, priority: 0, delayMs: 0 });
    await backend.store.markEnqueued(id);
    await backend.queue.remove(id);
    await rounds(1);
    expect(mended).toEqual([]);
    await vi.advanceTimersByTimeAsync(ROUND_MS);
    expect(mended).toEqual(["missing 1"]);
    expect(await backend.queue.missing([id])).toEqual([]);
  });

  it("leaves alone what is where it belongs, and what has ended", async () => {
    const { id, carrier } = sampleInvocation();
    await backend.store.create(sampleInvocation({}, { id }));
    await backend.queue.enqueue({ id, carrier, priority: 0, delayMs: 0 });
    await backend.store.markEnqueued(id);
    const ended = sampleInvocation();
    await backend.store.create(ended);
    await backend.store.cancel("default", ended.id);
    await rounds(4);
    expect(mended).toEqual([]);
  });

  it("leaves the work to the worker that leads", async () => {
    expect(await backend.workers.lead("janitor", "wrk_0", 3_600_000)).toBe(true);
    await backend.store.create(sampleInvocation());
    await rounds(4);
    expect(mended).toEqual([]);
  });
});
