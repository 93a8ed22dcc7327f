import type { Backend } from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { sampleInvocation, sampleWorker } from "@pifleet/testkit/samples";
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
      admission: backend.admission,
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

  it("puts into the queue what was admitted by an API that died before it could", async () => {
    await backend.workers.beat(sampleWorker("wrk_0"), 3_600_000);
    await backend.store.create(sampleInvocation());
    await rounds(1);
    expect(mended).toEqual([]);
    await vi.advanceTimersByTimeAsync(2 * ROUND_MS);
    expect(mended).toEqual(["unqueued 1"]);
    expect(await backend.queue.depth()).toMatchObject({ waiting: 1 });
  });

  it("lets wait for its turn again what has vanished from the queue, once it is sure", async () => {
    await backend.workers.beat(sampleWorker("wrk_0"), 3_600_000);
    const { id } = sampleInvocation();
    await backend.store.create(sampleInvocation({}, { id }));
    await backend.store.markEnqueued(id);
    await rounds(1);
    expect(mended).toEqual([]);
    await vi.advanceTimersByTimeAsync(ROUND_MS);
    expect(mended).toEqual(["missing 1"]);
    expect(await backend.admission.admit()).toMatchObject([{ id }]);
  });

  it("keeps what is left of the delay that was asked for", async () => {
    await backend.store.create(sampleInvocation({ delayMs: 60_000 }));
    vi.spyOn(backend.admission, "absent").mockImplementation(async (ids) => [...ids]);
    await rounds(2);
    expect(mended).toEqual(["missing 1"]);
    expect(await backend.admission.standing()).toMatchObject({ scheduled: 1 });
    await vi.advanceTimersByTimeAsync(60_000);
    await backend.admission.admit();
    expect(await backend.admission.standing()).toMatchObject({ waiting: 1, scheduled: 0 });
  });

  it("puts back at once the entry of an attempt that stands as running", async () => {
    const { id } = sampleInvocation();
    await backend.store.create(sampleInvocation({}, { id }));
    await backend.store.start(id, "wrk_0");
    await rounds(2);
    expect(mended).toEqual(["missing 1"]);
    expect(await backend.queue.missing([id])).toEqual([]);
  });

  it("counts anew at once, and then once a minute", async () => {
    const recount = vi.spyOn(backend.admission, "recount").mockResolvedValueOnce(3);
    await rounds(1);
    expect(mended).toEqual(["counts 3"]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(recount).toHaveBeenCalledTimes(2);
    expect(mended).toEqual(["counts 3"]);
  });

  it("leaves alone what is where it belongs, and what has ended", async () => {
    const { id, carrier } = sampleInvocation();
    await backend.store.create(sampleInvocation({}, { id }));
    await backend.store.create(sampleInvocation({ delayMs: 3_600_000 }));
    await backend.store.start(id, "wrk_0");
    await backend.queue.enqueue({ id, carrier, priority: 0, delayMs: 0 });
    const ended = sampleInvocation();
    await backend.store.create(ended);
    await backend.store.cancel("default", ended.id);
    await rounds(4);
    expect(mended).toEqual([]);
  });

  it("leaves the work to the worker that leads", async () => {
    expect(await backend.workers.lead("janitor", "wrk_0", 3_600_000)).toBe(true);
    await backend.workers.beat(sampleWorker("wrk_0"), 3_600_000);
    await backend.store.create(sampleInvocation());
    await rounds(4);
    expect(mended).toEqual([]);
  });
});
