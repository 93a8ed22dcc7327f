import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeStarter } from "../testing/fake-starter.ts";
import type { MemoryReading } from "./memory-room.ts";
import { RunnerPool, type RunnerPoolOptions } from "./runner-pool.ts";

const never = new AbortController().signal;
const MB = 1_048_576;

let starter: FakeStarter;
let faults: string[];
let memory: MemoryReading | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  starter = new FakeStarter();
  faults = [];
  memory = undefined;
});
afterEach(() => {
  vi.useRealTimers();
});

function open(options: Partial<RunnerPoolOptions<never>> = {}) {
  const { start } = starter;
  const onFault = (error: Error) => faults.push(error.message);
  const pool = new RunnerPool({ size: 2, starts: 2, start, readMemory: () => memory, onFault, ...options });
  pool.begin();
  return pool;
}

/** Lets so much time pass, milliseconds, and all that follows from it happen. */
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

/** A pool in which as many runners wait as are to. */
async function filled(options: Partial<RunnerPoolOptions<never>> = {}) {
  const pool = open(options);
  const runners = [];
  for (let count = 0; count < (options.size ?? 2); count += 1) {
    runners.push(starter.last.ready());
    await pass();
  }
  return { pool, runners };
}

describe("a pool of runners", () => {
  it("starts none ahead when it is to hold none, and one for each who asks", async () => {
    const pool = open({ size: 0 });
    expect(starter.starts).toEqual([]);
    const taking = pool.take(never);
    const runner = starter.last.ready();
    expect(await taking).toEqual({ runner, start: "cold" });
    await pass(1_000);
    expect(starter.starts).toHaveLength(1);
  });

  it("starts runners ahead, half as many at once as may start, until enough wait", async () => {
    const pool = open({ size: 3, starts: 4 });
    expect(starter.starts).toHaveLength(2);
    for (const start of starter.starts) start.ready();
    await pass();
    expect([pool.warm, starter.starts.length]).toEqual([2, 3]);
    starter.last.ready();
    await pass(60_000);
    expect([pool.warm, starter.starts.length]).toEqual([3, 3]);
  });

  it("hands out those that wait, oldest first, each once", async () => {
    const { pool, runners } = await filled();
    expect(await pool.take(never)).toEqual({ runner: runners[0], start: "warm" });
    expect(await pool.take(never)).toEqual({ runner: runners[1], start: "warm" });
    expect(pool.warm).toBe(0);
  });

  it("replaces what was taken in a quiet moment", async () => {
    const { pool } = await filled();
    const { length } = starter.starts;
    await pool.take(never);
    await pass(40);
    await pool.take(never);
    await pass(40);
    expect(starter.starts).toHaveLength(length);
    await pass(20);
    expect(starter.starts).toHaveLength(length + 1);
  });

  it("replaces what was taken after a while also when there is no quiet moment", async () => {
    const { pool } = await filled({ size: 20 });
    const { length } = starter.starts;
    for (let time = 0; time < 10; time += 1) {
      await pool.take(never);
      await pass(30);
    }
    expect(starter.starts.length).toBeGreaterThan(length);
  });

  it("gives one that was started ahead to who asks meanwhile", async () => {
    const pool = open();
    const taking = pool.take(never);
    const [first, second] = starter.starts;
    const runner = second?.ready();
    expect(await taking).toEqual({ runner, start: "cold" });
    first?.ready();
    await pass();
    expect(pool.warm).toBe(1);
  });

  it("serves those who ask in their order, a bounded number of starts at once", async () => {
    const pool = open({ size: 0 });
    const order: string[] = [];
    for (const name of ["first", "second", "third"]) void pool.take(never).then(() => order.push(name));
    expect(starter.starts).toHaveLength(2);
    for (let place = 0; place < 3; place += 1) {
      starter.starts[place]?.ready();
      await pass();
    }
    expect(order).toEqual(["first", "second", "third"]);
    expect(starter.starts).toHaveLength(3);
  });

  it("forgets who does not want to wait any more, and gives up the start that nobody needs", async () => {
    const pool = open({ size: 0 });
    const impatient = new AbortController();
    const gone = pool.take(impatient.signal);
    const patient = pool.take(never);
    impatient.abort(new Error("enough"));
    await expect(gone).rejects.toThrow("enough");
    expect(starter.starts.map(({ abandoned }) => abandoned.aborted)).toEqual([false, true]);
    const runner = starter.starts[0]?.ready();
    expect((await patient).runner).toBe(runner);
    await expect(pool.take(impatient.signal)).rejects.toThrow("enough");
  });

  it("keeps a start that nobody asks for any more when one is to wait", async () => {
    const pool = open();
    const impatient = new AbortController();
    const gone = pool.take(impatient.signal);
    impatient.abort(new Error("enough"));
    await expect(gone).rejects.toThrow("enough");
    for (const { ready } of starter.starts) ready();
    await pass();
    expect(pool.warm).toBe(2);
  });
});

describe("a runner that dies while it waits", () => {
  it("is removed and replaced, and that is told once", async () => {
    const { pool, runners } = await filled();
    const { length } = starter.starts;
    runners[0]?.die();
    await pass();
    expect([pool.warm, runners[0]?.disposed, starter.starts.length]).toEqual([1, true, length]);
    await pass(300);
    expect(starter.starts).toHaveLength(length + 1);
    starter.last.ready();
    await pass();
    runners[1]?.die();
    await pass();
    expect(faults).toEqual(["A runner that waited has ended with SIGKILL"]);
  });

  it("is not handed out, even if nobody was told of its end yet", async () => {
    const { pool, runners } = await filled();
    if (runners[0]) runners[0].lives = false;
    expect((await pool.take(never)).runner).toBe(runners[1]);
    expect(runners[0]?.disposed).toBe(true);
  });
});

describe("runners that cannot be started", () => {
  it("are tried less and less often, and that is told once until one has been of use", async () => {
    const pool = open({ size: 1 });
    for (let seconds = 0; seconds < 60; seconds += 1) {
      if (!starter.last.abandoned.aborted) starter.last.fail(new Error("broken"));
      await pass(1_000);
    }
    expect(starter.starts.length).toBeLessThan(10);
    expect(faults).toEqual(["No runner can be started ahead"]);
    await pass(30_000);
    starter.last.ready();
    await pass();
    expect((await pool.take(never)).start).toBe("warm");
    await pass(300);
    starter.last.fail(new Error("broken again"));
    await pass();
    expect(faults).toHaveLength(2);
  });

  it("are tried at once for who asks, who is told why it failed", async () => {
    const pool = open({ size: 1, starts: 1 });
    starter.last.fail(new Error("broken"));
    await pass();
    const taking = pool.take(never);
    expect(starter.starts).toHaveLength(2);
    starter.last.fail(new Error("still broken"));
    await expect(taking).rejects.toThrow("still broken");
    expect(faults).toHaveLength(1);
  });
});

describe("a pool under memory pressure", () => {
  const reading = (availableMb: number): MemoryReading => ({
    limitBytes: 2_000 * MB,
    availableBytes: availableMb * MB,
  });

  it("shrinks, and grows back when there is room again", async () => {
    const { pool, runners } = await filled();
    const { length } = starter.starts;
    memory = reading(50);
    await pass(2_000);
    expect([pool.warm, runners.map(({ disposed }) => disposed)]).toEqual([0, [true, true]]);
    await pass(60_000);
    expect(starter.starts).toHaveLength(length);
    memory = reading(1_000);
    await pass(2_000);
    starter.last.ready();
    await pass();
    starter.last.ready();
    await pass();
    expect(pool.warm).toBe(2);
    expect(faults).toEqual([]);
  });

  it("still starts a runner for who asks", async () => {
    memory = reading(50);
    const pool = open();
    const taking = pool.take(never);
    starter.last.ready();
    expect((await taking).start).toBe("cold");
  });
});

describe("a pool that is drained", () => {
  it("ends those that wait and those that start, and serves who asks all the same", async () => {
    const { pool, runners } = await filled();
    await pool.take(never);
    await pass(60);
    const refill = starter.last;
    await pool.drain();
    await pool.drain();
    expect([pool.warm, runners[1]?.disposed, refill.abandoned.aborted]).toEqual([0, true, true]);
    const taking = pool.take(never);
    const runner = starter.last.ready();
    expect(await taking).toEqual({ runner, start: "cold" });
    pool.begin();
    await pass(60_000);
    expect([pool.warm, starter.last.abandoned.aborted]).toEqual([0, false]);
    expect(faults).toEqual([]);
  });

  it("before it has begun never starts any", async () => {
    const { start } = starter;
    const pool = new RunnerPool({ size: 2, starts: 2, start, readMemory: () => memory, onFault: () => undefined });
    await pool.drain();
    pool.begin();
    await pass(60_000);
    expect(starter.starts).toEqual([]);
  });
});
