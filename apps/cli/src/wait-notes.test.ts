import type { InvocationRecord } from "@pifleet/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { sampleRecord } from "./testing/sample-record.ts";
import { WaitNotes } from "./wait-notes.ts";

let waitingFor: InvocationRecord["waitingFor"];
let told: string[];
let notes: WaitNotes;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  notes = new WaitNotes({
    read: async () => ({ ...sampleRecord, status: "queued", waitingFor }) as InvocationRecord,
    tell: (text) => told.push(text),
  });
});
afterEach(() => {
  notes.stop();
  vi.useRealTimers();
});

it("whoever watches a queued invocation is told why it waits, once for each reason", async () => {
  waitingFor = { reason: "no_worker" };
  notes.next({ type: "invocation.queued" });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(told).toEqual(["· waits for a worker: none is alive"]);
  waitingFor = { reason: "turn", ahead: 3 };
  await vi.advanceTimersByTimeAsync(5_000);
  waitingFor = { reason: "turn", ahead: 1 };
  await vi.advanceTimersByTimeAsync(5_000);
  waitingFor = null;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(told.slice(1)).toEqual(["· waits for its turn, 3 go first", "· waits for its turn, 1 goes first"]);
});

it("nobody is told of a wait that is short, or over", async () => {
  waitingFor = { reason: "provider", until: "2030-01-02T03:04:05.000Z" };
  notes.next({ type: "invocation.queued" });
  await vi.advanceTimersByTimeAsync(1_900);
  notes.next({ type: "attempt.started" });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual([]);
  notes.next({ type: "attempt.ended" });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(told).toEqual([expect.stringMatching(/^· waits for its provider, which was away, until 2030-/)]);
});
