import { type Attempt, type ErrorCode, invocationError, NO_USAGE, type Outcome } from "@pifleet/invocation";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { describe, expect, it } from "vitest";
import { runnerPatience } from "./provider-patience.ts";
import { settlementFor } from "./settlement.ts";

const PATIENCE_MS = 900_000;

/** An outcome of an attempt that ended before the model had answered. */
function away(code: ErrorCode, more: { retryAfterMs?: number; isUnpaid?: boolean } = {}): Outcome {
  const error = invocationError(code, "words");
  return { status: "failed", output: null, messages: [], usage: NO_USAGE, error, isUnpaid: true, ...more };
}

/** An invocation with attempts that began at these seconds; the last one runs. */
function invoked(ends: readonly [startedS: number, ended: Attempt["ended"]][], limits = {}, submission = {}) {
  const attempts = ends.map(([startedS, ended], i) => {
    const startedAt = new Date(startedS * 1_000).toISOString();
    return { number: i + 1, worker: "wrk_1", startedAt, endedAt: ended && startedAt, ended };
  });
  return sampleInvocation({ limits, ...submission }, { attempt: ends.length, attempts });
}

const CODES: ErrorCode[] = ["provider_rate_limited", "provider_overloaded", "provider_unavailable"];
const settled = (invocation: ReturnType<typeof invoked>, outcome: Outcome, nowS: number) =>
  settlementFor(invocation, outcome, { nowMs: nowS * 1_000, random: 0 });

describe.each(CODES)("an invocation whose attempt ended with %s", (code) => {
  it("is tried again after a wait that doubles, however many attempts that takes", () => {
    const delays = [1, 2, 3, 4, 5, 6].map((count) => {
      const before = Array.from({ length: count - 1 }, (): [number, ErrorCode] => [0, code]);
      const settlement = settled(invoked([...before, [0, null]], { maxAttempts: 2 }), away(code), 10);
      return settlement.kind === "again" && settlement.delayMs;
    });
    expect(delays).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  it("ends when its patience is over, which began with the first of the attempts in vain", () => {
    const waiting = invoked([
      [0, "runner_crashed"],
      [100, code],
      [500, null],
    ]);
    expect(settled(waiting, away(code), 999)).toMatchObject({ kind: "again", delayMs: 1_000 });
    expect(settled(waiting, away(code), 1_000)).toMatchObject({ kind: "final" });
  });

  it("waits as long as the provider asks, unless that is beyond its patience", () => {
    const waiting = invoked([[0, null]]);
    expect(settled(waiting, away(code, { retryAfterMs: 700_000 }), 10)).toMatchObject({ delayMs: 700_000 });
    expect(settled(waiting, away(code, { retryAfterMs: 900_000 }), 10)).toMatchObject({ kind: "final" });
  });

  it("is not run again when the model had answered before: its runner has waited", () => {
    expect(settled(invoked([[0, null]]), away(code, { isUnpaid: false }), 10)).toMatchObject({ kind: "final" });
  });

  it.each([
    ["it may have one attempt only", { maxAttempts: 1 }, {}],
    ["it must not be run again", {}, { recovery: "fail" as const }],
    ["it has no patience", { providerPatienceMs: 0 }, {}],
  ])("ends when %s", (_why, limits, submission) => {
    expect(settled(invoked([[0, null]], limits, submission), away(code), 10)).toMatchObject({ kind: "final" });
  });
});

describe("the patience of a runner", () => {
  it("is short before the model has answered, and else what is left of the invocation's", () => {
    const waiting = invoked([
      [0, "provider_unavailable"],
      [100, null],
    ]);
    expect(runnerPatience(waiting, 100_000)).toEqual({ totalMs: PATIENCE_MS - 100_000, unpaidMs: 10_000 });
    expect(runnerPatience(waiting, 895_000)).toEqual({ totalMs: 5_000, unpaidMs: 5_000 });
  });

  it("is whole when there can be no other attempt", () => {
    const only = invoked([[0, null]], { maxAttempts: 1 });
    expect(runnerPatience(only, 0)).toEqual({ totalMs: PATIENCE_MS, unpaidMs: PATIENCE_MS });
  });

  it("begins anew after an attempt that ended in another way", () => {
    const waiting = invoked([
      [0, "provider_unavailable"],
      [100, "runner_crashed"],
      [200, null],
    ]);
    expect(runnerPatience(waiting, 200_000)).toMatchObject({ totalMs: PATIENCE_MS });
  });
});
