import type { HarnessFailure } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { Patience } from "./patience.ts";

const AWAY: HarnessFailure = { code: "provider_unavailable", message: "away" };

/** A patience whose clock moves on by every wait. */
function patient(patience: { totalMs: number; unpaidMs: number }) {
  let clock = 0;
  const one = new Patience({ patience, firstDelayMs: 500, now: () => clock, random: () => 0 });
  const fail = (failure: HarnessFailure = AWAY) => {
    const delayMs = one.delayAfter(failure);
    clock += delayMs ?? 0;
    return delayMs;
  };
  const failUntilOver = () => {
    const delays: number[] = [];
    for (let delay = fail(); delay !== undefined; delay = fail()) delays.push(delay);
    return delays;
  };
  return { one, fail, failUntilOver };
}

describe("the patience with a provider", () => {
  it("waits twice as long each time, up to 30 s, and asks for the last time when it ends", () => {
    const { one, failUntilOver } = patient({ totalMs: 100_000, unpaidMs: 10_000 });
    one.answered();
    expect(failUntilOver()).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 8_500]);
  });

  it("is short before the model has answered", () => {
    const { one, failUntilOver } = patient({ totalMs: 100_000, unpaidMs: 10_000 });
    expect(failUntilOver()).toEqual([500, 1_000, 2_000, 4_000, 2_500]);
    expect(one.isUnpaid).toBe(true);
  });

  it("is renewed by an answer", () => {
    const { one, fail } = patient({ totalMs: 1_000, unpaidMs: 1_000 });
    expect([fail(), fail(), fail()]).toEqual([500, 500, undefined]);
    one.answered();
    expect(fail()).toBe(500);
    expect(one.isUnpaid).toBe(false);
  });

  it.each(["provider_auth", "provider_error", "model_not_found", "context_overflow"] as const)(
    "has none with %s",
    (code) => {
      expect(patient({ totalMs: 1_000, unpaidMs: 1_000 }).fail({ code, message: "no" })).toBeUndefined();
    },
  );

  it("waits for as long as the provider asks, from the first answer on, but not beyond itself", () => {
    const { fail } = patient({ totalMs: 10_000, unpaidMs: 10_000 });
    expect(fail({ ...AWAY, retryAfterMs: 7_000 })).toBe(7_000);
    expect(fail({ ...AWAY, retryAfterMs: 4_000 })).toBeUndefined();
  });

  it("does not hurry because a provider asks for no wait", () => {
    const { fail } = patient({ totalMs: 10_000, unpaidMs: 10_000 });
    expect([fail({ ...AWAY, retryAfterMs: 0 }), fail({ ...AWAY, retryAfterMs: 0 })]).toEqual([500, 1_000]);
  });
});
