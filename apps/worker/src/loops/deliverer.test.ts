import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Deliverer } from "./deliverer.ts";

const LOOK_MS = 500;

describe("the deliverer", () => {
  /** When the next thing is due, on the clock of the test; null: never. */
  let dueAtMs: number | null;
  /** How much each round sees to. */
  let seenTo: number[];
  let looks: number;
  let faults: unknown[];
  let deliverer: Deliverer;
  const round = vi.fn(async () => {
    const [seen = 0] = seenTo.splice(0, 1);
    if (seenTo.length === 0) dueAtMs = null;
    return seen;
  });
  const end = vi.fn(async () => undefined);
  const nextDueMs = async () => {
    looks += 1;
    return dueAtMs === null ? null : Math.max(0, dueAtMs - Date.now());
  };

  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
    vi.clearAllMocks();
    [dueAtMs, seenTo, looks, faults] = [null, [], 0, []];
    const onFault = (error: unknown) => void faults.push(error);
    deliverer = new Deliverer({ delivery: { round, end }, deliveries: { nextDueMs }, onFault });
  });
  afterEach(async () => {
    await deliverer.stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it("asks twice a second while nothing is due, and does no more", async () => {
    deliverer.start();
    await vi.advanceTimersByTimeAsync(4 * LOOK_MS);
    expect([looks, round.mock.calls.length]).toEqual([5, 0]);
  });

  it("sees to what others have left within half a second", async () => {
    deliverer.start();
    await vi.advanceTimersByTimeAsync(1);
    [dueAtMs, seenTo] = [1, [1]];
    await vi.advanceTimersByTimeAsync(LOOK_MS);
    expect(round).toHaveBeenCalledTimes(1);
  });

  it("goes on until nothing is due", async () => {
    [dueAtMs, seenTo] = [0, [150, 100, 3]];
    deliverer.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(round).toHaveBeenCalledTimes(3);
  });

  it("is there when something becomes due before the next look", async () => {
    [dueAtMs, seenTo] = [120, [1]];
    deliverer.start();
    await vi.advanceTimersByTimeAsync(119);
    expect(round).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(round).toHaveBeenCalledTimes(1);
  });

  it("looks at once when it is woken, also when that is during a look", async () => {
    deliverer.start();
    await vi.advanceTimersByTimeAsync(10);
    [dueAtMs, seenTo] = [10, [1]];
    deliverer.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(round).toHaveBeenCalledTimes(1);
    round.mockImplementationOnce(async () => {
      deliverer.wake();
      return 0;
    });
    dueAtMs = 10;
    seenTo = [1];
    deliverer.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(round).toHaveBeenCalledTimes(3);
  });

  it("does not go round in circles when no slot is free for what is due", async () => {
    [dueAtMs, seenTo] = [0, [0, 0, 0, 0]];
    deliverer.start();
    await vi.advanceTimersByTimeAsync(LOOK_MS + 1);
    expect(round).toHaveBeenCalledTimes(2);
  });

  it("reports what fails, and goes on", async () => {
    [dueAtMs, seenTo] = [0, [1]];
    const away = new Error("away");
    round.mockRejectedValueOnce(away);
    deliverer.start();
    await vi.advanceTimersByTimeAsync(LOOK_MS);
    expect(faults).toEqual([away]);
    expect(round).toHaveBeenCalledTimes(2);
  });

  it("stops between two rounds, and waits for the tries that are under way", async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    end.mockReturnValueOnce(promise);
    [dueAtMs, seenTo] = [0, Array(1_000).fill(1)];
    deliverer.start();
    let stopped = false;
    const stop = deliverer.stop().then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(10 * LOOK_MS);
    expect([round.mock.calls.length <= 1, stopped]).toEqual([true, false]);
    resolve(undefined);
    await stop;
    deliverer.wake();
    await vi.advanceTimersByTimeAsync(LOOK_MS);
    expect(round.mock.calls.length).toBeLessThanOrEqual(1);
  });

  it("stops before it was started", async () => {
    await deliverer.stop();
    deliverer.start();
    await vi.advanceTimersByTimeAsync(LOOK_MS);
    expect(looks).toBe(0);
  });
});
