import { type InvocationRecord, type LoggedEvent, toRecord } from "@pifleet/invocation";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { describe, expect, it } from "vitest";
import { flawsOf } from "../fleet/story.ts";

const AT = "2026-01-01T00:00:00.000Z";
function recordOf(...ended: InvocationRecord["attempts"][number]["ended"][]): InvocationRecord {
  return toRecord(
    sampleInvocation(
      { model: "fake/test" },
      {
        status: "succeeded",
        attempt: ended.length,
        attempts: ended.map((end, i) => ({ number: i + 1, worker: "wrk_1", startedAt: AT, endedAt: AT, ended: end })),
        endedAt: AT,
        output: "Done.",
      },
    ),
  );
}

/** Events, each written as its type and the number of its attempt. */
function events(...entries: [LoggedEvent["type"], number][]): LoggedEvent[] {
  return entries.map(([type, attempt], i) => ({ type, attempt, at: AT, id: `${i + 1}-0` }) as LoggedEvent);
}

const START: [LoggedEvent["type"], number][] = [
  ["invocation.queued", 0],
  ["attempt.started", 1],
  ["turn.started", 1],
];
const TWO_ATTEMPTS: [LoggedEvent["type"], number][] = [
  ...START,
  ["attempt.ended", 1],
  ["retry.scheduled", 1],
  ["attempt.started", 2],
  ["invocation.paused", 2],
  ["turn.started", 2],
  ["attempt.ended", 2],
];
const kinds = (record: InvocationRecord, log: LoggedEvent[]) => flawsOf(record, log).map(({ kind }) => kind);

describe("what the crash tests look for in a record and its events", () => {
  it("is not there when attempts follow one another up to one end", () => {
    const log = events(...TWO_ATTEMPTS, ["invocation.succeeded", 2]);
    expect(flawsOf(recordOf("worker_lost", "succeeded"), log)).toEqual([]);
  });

  it("is an invocation that has not ended", () => {
    expect(kinds({ ...recordOf(null), status: "running" } as InvocationRecord, events(...START))).toContain("lost");
  });

  it("is an invocation that has ended twice", () => {
    const log = events(...TWO_ATTEMPTS, ["invocation.succeeded", 2], ["invocation.failed", 2]);
    expect(kinds(recordOf("worker_lost", "succeeded"), log)).toContain("settled twice");
  });

  it("is a usage that is not the sum of what the messages took", () => {
    const usage = { inputTokens: 7, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, costUsd: 0 };
    const [first, ...rest] = events(...TWO_ATTEMPTS, ["invocation.succeeded", 2]);
    const message = { type: "message.completed", attempt: 1, at: AT, id: "3-1", text: "Hi", usage } as LoggedEvent;
    const log = [first as LoggedEvent, ...rest.slice(0, 2), message, ...rest.slice(2)];
    expect(kinds(recordOf("worker_lost", "succeeded"), log)).toEqual(["untrue record", "untrue record"]);
  });

  it("is a write of an attempt after the next one has started", () => {
    const log = events(...TWO_ATTEMPTS.slice(0, -1), ["message.delta", 1], ["attempt.ended", 2]);
    const ended = [...log, ...events(["invocation.succeeded", 2])];
    expect(kinds(recordOf("worker_lost", "succeeded"), ended)).toEqual(["stale write"]);
  });

  it("is a write of an attempt that has ended", () => {
    const log = events(...START, ["attempt.ended", 1], ["message.delta", 1], ["invocation.succeeded", 1]);
    expect(kinds(recordOf("succeeded"), log)).toEqual(["stale write"]);
  });

  it("is a record that tells something else than the events", () => {
    const log = events(...START, ["attempt.ended", 1], ["invocation.failed", 1]);
    expect(kinds(recordOf("succeeded"), log)).toEqual(["untrue record"]);
  });

  it("is an attempt that is missing, or was never closed", () => {
    const log = events(...START, ["attempt.ended", 1], ["invocation.succeeded", 1]);
    expect(kinds({ ...recordOf("succeeded"), attempt: 2 }, log)).toEqual(["untrue record"]);
    expect(kinds(recordOf(null), log)).toEqual(["untrue record"]);
  });
});
