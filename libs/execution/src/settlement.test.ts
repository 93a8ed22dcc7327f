import { type Attempt, type ErrorCode, invocationError, NO_USAGE, type Outcome } from "@pifleet/invocation";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { describe, expect, it } from "vitest";
import { handBack, settlementFor } from "./settlement.ts";

function failure(code: ErrorCode, retryAfterMs?: number): Outcome {
  const error = invocationError(code, "words");
  return {
    status: "failed",
    output: null,
    messages: [],
    usage: NO_USAGE,
    error,
    ...(retryAfterMs && { retryAfterMs }),
  };
}

function attempts(...ended: Attempt["ended"][]): Attempt[] {
  const time = new Date(0).toISOString();
  return ended.map((how, i) => ({ number: i + 1, worker: "wrk_1", startedAt: time, endedAt: time, ended: how }));
}

const first = sampleInvocation({}, { attempt: 1, attempts: attempts(null) });

describe("what becomes of an invocation", () => {
  it("is final for an error that another attempt would meet again", () => {
    expect(settlementFor(first, failure("provider_auth")).kind).toBe("final");
    expect(settlementFor(first, failure("timeout_total")).kind).toBe("final");
  });

  it("is another attempt at once after a crash", () => {
    expect(settlementFor(first, failure("runner_crashed"))).toMatchObject({ kind: "again", delayMs: 0 });
  });

  it("is final when the attempts are used up, of which those that were handed back or lost do not count", () => {
    const crash = failure("runner_crashed");
    const used = sampleInvocation({ limits: { maxAttempts: 2 } }, { attempts: attempts("runner_crashed", null) });
    const handedBack = sampleInvocation(
      { limits: { maxAttempts: 2 } },
      { attempts: attempts("handed_back", "worker_lost", null) },
    );
    expect(settlementFor(used, crash).kind).toBe("final");
    expect(settlementFor(handedBack, crash).kind).toBe("again");
  });

  it("is final after any error for an invocation that must not be rerun", () => {
    const once = sampleInvocation({ recovery: "fail" }, { attempts: attempts(null) });
    expect(settlementFor(once, failure("runner_crashed")).kind).toBe("final");
  });
});

describe("an invocation that a worker gives back because it shuts down", () => {
  const outcome = failure("worker_lost");
  const handedBack = (times: number) =>
    sampleInvocation({}, { attempts: attempts(...Array(times).fill("handed_back"), null) });

  it("is tried again, and the attempt does not count", () => {
    expect(handBack(handedBack(9), outcome)).toEqual({ kind: "handed_back", outcome });
  });

  it("fails when ten workers have given it back before", () => {
    expect(handBack(handedBack(10), outcome)).toMatchObject({
      kind: "final",
      outcome: { status: "failed", error: { code: "worker_lost", message: expect.stringContaining("10 workers") } },
    });
  });
});
