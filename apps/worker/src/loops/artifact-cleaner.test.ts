import { type Backend, type Invocation, NO_USAGE } from "@pifleet/invocation";
import { createMemoryBackend, MemoryArtifactStore } from "@pifleet/testkit";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ArtifactCleaner } from "./artifact-cleaner.ts";

const ROUND_MS = 30_000;
const RETENTION_MS = 600_000;

describe("the cleaner of artifacts", () => {
  let backend: Backend;
  let artifacts: MemoryArtifactStore;
  let cleaner: ArtifactCleaner;

  beforeEach(() => {
    vi.useFakeTimers();
    backend = createMemoryBackend({ retentionMs: RETENTION_MS });
    artifacts = new MemoryArtifactStore();
    cleaner = new ArtifactCleaner({
      worker: "wrk_1",
      artifacts,
      store: backend.store,
      registry: backend.workers,
      retentionMs: RETENTION_MS,
      roundMs: ROUND_MS,
      onFault: (error) => {
        throw error;
      },
    });
  });
  afterEach(async () => {
    await cleaner.stop();
    vi.useRealTimers();
    await backend.close();
  });

  async function* once(text: string) {
    yield Buffer.from(text);
  }

  /** A running invocation whose first attempt has an artifact. */
  async function running(content = "content"): Promise<Invocation> {
    const invocation = sampleInvocation();
    await backend.store.create(invocation);
    await backend.store.start(invocation.id, "wrk_1");
    await artifacts.put({ id: invocation.id, attempt: 1 }, once(content));
    return invocation;
  }

  async function succeed({ id }: Invocation, attempt = 1): Promise<void> {
    const outcome = { status: "succeeded", output: "", error: null, messages: [], usage: NO_USAGE } as const;
    await backend.store.settle(id, attempt, { kind: "final", outcome: { ...outcome, messages: [] } });
  }

  async function held(): Promise<string[]> {
    const holders: string[] = [];
    for await (const { id, attempt } of artifacts.holders()) holders.push(`${id} ${attempt}`);
    return holders;
  }

  async function rounds(count: number): Promise<void> {
    cleaner.start();
    await vi.advanceTimersByTimeAsync((count - 1) * ROUND_MS + 1);
  }

  it("leaves alone what belongs to an invocation that runs, or has ended and is kept", async () => {
    const [one, two] = [await running(), await running()];
    await succeed(two);
    await rounds(3);
    expect(await held()).toEqual([`${one.id} 1`, `${two.id} 1`]);
  });

  it("drops the artifacts of an invocation when its retention has run out, and of no other that has the same", async () => {
    const [gone, kept] = [await running("same"), await running("same")];
    await succeed(gone);
    await vi.advanceTimersByTimeAsync(RETENTION_MS + 1);
    await rounds(1);
    expect(await held()).toEqual([`${kept.id} 1`]);
  });

  it("drops what an attempt has kept that was lost before it could be settled, once another one runs", async () => {
    const invocation = await running();
    await rounds(1);
    expect(await held()).toHaveLength(1);
    await backend.store.start(invocation.id, "wrk_2");
    await artifacts.put({ id: invocation.id, attempt: 2 }, once("second"));
    await vi.advanceTimersByTimeAsync(ROUND_MS);
    expect(await held()).toEqual([`${invocation.id} 2`]);
  });

  it("keeps for the retention what belongs to no invocation that it knows", async () => {
    await artifacts.put({ id: sampleInvocation().id, attempt: 1 }, once("another fleet's"));
    await rounds(2);
    expect(await held()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(RETENTION_MS);
    expect(await held()).toEqual([]);
  });

  it("asks for many in several calls", async () => {
    const asked = vi.spyOn(backend.store, "newestAttempts");
    for (let i = 0; i < 501; i += 1) await artifacts.put({ id: sampleInvocation().id, attempt: 1 }, once("x"));
    await rounds(1);
    expect(asked.mock.calls.map(([ids]) => ids.length)).toEqual([500, 1]);
  });

  it("leaves the work to the worker that leads", async () => {
    expect(await backend.workers.lead("artifacts", "wrk_0", 3_600_000)).toBe(true);
    const invocation = await running();
    await backend.store.start(invocation.id, "wrk_2");
    await rounds(4);
    expect(await held()).toHaveLength(1);
  });
});
