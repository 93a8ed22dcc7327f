import type { QueueEntry } from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Usher } from "./usher.ts";

const HOUR_MS = 3_600_000;
const COUNT = 10;

describe("the ushers of a fleet", () => {
  let now: number;
  let ushers: Usher[];
  let rounds: number[];
  let led: number;
  let entered: QueueEntry[];

  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000 });
    now = 1_000_000;
    rounds = Array(COUNT).fill(0);
    led = 0;
    entered = [];
    const backend = createMemoryBackend({ retentionMs: HOUR_MS, now: () => now });
    ushers = rounds.map((_, i) => {
      const { admission, workers } = backend;
      return new Usher({
        worker: `worker-${i}`,
        registry: {
          lead: (task, worker, ttlMs) => {
            led += 1;
            return workers.lead(task, worker, ttlMs);
          },
        },
        admission: Object.assign(Object.create(admission), {
          admit: async () => {
            rounds[i] = (rounds[i] ?? 0) + 1;
            return [];
          },
        }),
        queue: { ...backend.queue, enqueue: async (...entries: QueueEntry[]) => void entered.push(...entries) },
        store: backend.store,
        onFault: (error) => {
          throw error;
        },
      });
    });
  });
  afterEach(async () => {
    await Promise.all(ushers.map((usher) => usher.stop()));
    vi.useRealTimers();
  });

  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) {
      now += 50;
      await vi.advanceTimersByTimeAsync(50);
    }
  }

  it("make their rounds on one of them; the others ask once a second", async () => {
    for (const usher of ushers) usher.start();
    await pass(1_000);
    const before = [...rounds];
    led = 0;
    await pass(10_000);
    const made = rounds.map((count, i) => count - (before[i] ?? 0));
    expect(made.filter((count) => count > 0)).toHaveLength(1);
    expect(Math.max(...made)).toBeGreaterThan(30);
    expect(led).toBeLessThanOrEqual(COUNT * 11 + 10);
  });

  it("are followed when the one that made them is gone", async () => {
    for (const usher of ushers) usher.start();
    await pass(1_000);
    const leader = rounds.indexOf(Math.max(...rounds));
    await ushers[leader]?.stop();
    const before = rounds.reduce((sum, count) => sum + count);
    await pass(4_000);
    expect(rounds.reduce((sum, count) => sum + count) - before).toBeGreaterThan(3);
  });

  it("look at once when a place has become free, whoever leads", async () => {
    for (const usher of ushers) usher.start();
    await pass(1_000);
    const before = [...rounds];
    for (const usher of ushers) usher.wake();
    await vi.advanceTimersByTimeAsync(0);
    for (const [i, count] of rounds.entries()) expect(count).toBeGreaterThan(before[i] ?? 0);
  });
});
