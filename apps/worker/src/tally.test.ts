import { type Counters, readMeasured, UnavailableError } from "@pifleet/invocation";
import { createMemoryBackend } from "@pifleet/testkit";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Tally } from "./tally.ts";

/** Counters in memory that can be made to fail. */
function fallibleCounters() {
  const backend = createMemoryBackend({ retentionMs: 60_000 });
  onTestFinished(() => backend.close());
  const failures: Error[] = [];
  const add = vi.fn(async (counts: Readonly<Record<string, number>>) => {
    const failure = failures.shift();
    if (failure) throw failure;
    await backend.counters.add(counts);
  });
  const counters: Counters = { add, read: () => backend.counters.read() };
  return { counters, add, failures };
}

const throwIt = (error: unknown) => {
  throw error;
};
const away = () => new UnavailableError("away");
const EXPORTED = { audience: "deployment", result: "ok" } as const;

async function totals(counters: Counters) {
  const { histograms, counters: counted } = readMeasured(await counters.read());
  return {
    waits: histograms.get("queue_wait_seconds")?.[0],
    exported: counted.get("trace_exports_total")?.find(({ labels }) => labels.result === "ok")?.count,
  };
}

describe("a tally", () => {
  it("adds up in memory and writes all of it at once", async () => {
    const { counters, add } = fallibleCounters();
    const tally = new Tally({ counters, onFault: throwIt });
    for (let i = 0; i < 1_000; i += 1) tally.observe("queue_wait_seconds", 0.25, {});
    tally.count("trace_exports_total", EXPORTED);
    tally.count("trace_exports_total", EXPORTED, 4);
    expect(add).not.toHaveBeenCalled();
    await tally.flush();
    await tally.flush();
    expect(add).toHaveBeenCalledTimes(1);
    expect(await totals(counters)).toMatchObject({ waits: { count: 1_000, sum: 250 }, exported: 5 });
  });

  it("adds to the same figures as those of all other workers", async () => {
    const { counters } = fallibleCounters();
    const tallies = [1, 2].map(() => new Tally({ counters, onFault: throwIt }));
    for (const tally of tallies) {
      tally.observe("queue_wait_seconds", 1, {});
      tally.count("trace_exports_total", EXPORTED, 2);
    }
    await Promise.all(tallies.map((tally) => tally.stop()));
    expect(await totals(counters)).toMatchObject({ waits: { count: 2, sum: 2 }, exported: 4 });
  });

  it("keeps what it could not write while the database is away, and what came meanwhile", async () => {
    const { counters, failures } = fallibleCounters();
    const tally = new Tally({ counters, onFault: throwIt });
    failures.push(away());
    tally.observe("queue_wait_seconds", 1, {});
    const failing = tally.flush();
    tally.observe("queue_wait_seconds", 2, {});
    await expect(failing).rejects.toBeInstanceOf(UnavailableError);
    expect(await totals(counters)).toMatchObject({ waits: { count: 0 } });
    await tally.flush();
    expect(await totals(counters)).toMatchObject({ waits: { count: 2, sum: 3 } });
  });

  it("does not offer again what the database refused", async () => {
    const { counters, failures, add } = fallibleCounters();
    const tally = new Tally({ counters, onFault: throwIt });
    failures.push(new Error("hash value is not an integer"));
    tally.count("trace_exports_total", EXPORTED);
    await expect(tally.flush()).rejects.toThrow("not an integer");
    await tally.flush();
    expect(add).toHaveBeenCalledTimes(1);
  });
});

describe("a tally that was started", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("writes every two seconds, reports what fails, and goes on", async () => {
    const { counters, failures } = fallibleCounters();
    const onFault = vi.fn();
    const tally = new Tally({ counters, onFault });
    tally.start();
    tally.count("trace_exports_total", EXPORTED);
    failures.push(away());
    await vi.advanceTimersByTimeAsync(2_000);
    expect(onFault).toHaveBeenCalledTimes(1);
    expect((await totals(counters)).exported).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect((await totals(counters)).exported).toBe(1);
    await tally.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("writes what is left when it is stopped, once, and also when it was never started", async () => {
    const { counters, add } = fallibleCounters();
    const tally = new Tally({ counters, onFault: throwIt });
    tally.count("trace_exports_total", EXPORTED);
    await Promise.all([tally.stop(), tally.stop()]);
    expect(add).toHaveBeenCalledTimes(1);
    expect((await totals(counters)).exported).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not hold up the end of the worker when the database does not answer", async () => {
    const onFault = vi.fn();
    const counters: Counters = { add: () => new Promise(() => undefined), read: async () => ({}) };
    const tally = new Tally({ counters, onFault });
    tally.count("trace_exports_total", EXPORTED);
    const stopped = tally.stop();
    await vi.advanceTimersByTimeAsync(2_000);
    await stopped;
    expect(onFault).toHaveBeenCalledWith(expect.any(UnavailableError));
  });
});
