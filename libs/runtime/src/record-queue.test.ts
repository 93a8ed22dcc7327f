import type { RunnerRecord } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { RecordQueue } from "./record-queue.ts";

const log = (message: string): RunnerRecord => ({ type: "log", at: 1, level: "info", message });
const beat = (at: number): RunnerRecord => ({
  type: "heartbeat",
  at,
  rssBytes: 1,
  heapBytes: 1,
  eventLoopDelayMs: 0,
  toolRunning: false,
});

async function all(queue: RecordQueue): Promise<RunnerRecord[]> {
  const records: RunnerRecord[] = [];
  for await (const record of queue) records.push(record);
  return records;
}

describe("the queue of a runner's records", () => {
  it("gives them in order, those from before the reading and those from after", async () => {
    const queue = new RecordQueue();
    queue.push(log("before"), 6);
    const read = all(queue);
    await Promise.resolve();
    queue.push(log("after"), 5);
    queue.end();
    queue.push(log("too late"), 8);
    expect(await read).toEqual([log("before"), log("after")]);
  });

  it("keeps only the newest of heartbeats that nobody has read", async () => {
    const queue = new RecordQueue();
    for (const at of [1, 2, 3]) queue.push(beat(at), 9);
    queue.end();
    expect(await all(queue)).toEqual([beat(3)]);
  });

  it("refuses what would make it grow without limit", () => {
    const queue = new RecordQueue();
    for (let i = 0; i < 5; i += 1) expect(queue.push(log("a long one"), 16_000_000)).toBe(true);
    expect(queue.push(log("more"), 4)).toBe(false);
  });

  it("has one reader", async () => {
    const queue = new RecordQueue();
    queue.end();
    await all(queue);
    await expect(all(queue)).rejects.toThrow("one reader");
  });
});
