import { describe, expect, it } from "vitest";
import { afterTry } from "./after-try.ts";

const SCHEDULE = [0, 100, 60_000, 3_600_000];
const DAY_MS = 86_400_000;

function after(tryCount: number, status: number | null, retryAfterMs?: number, random = 0) {
  const error = status === 204 ? null : "it failed";
  const made = { at: new Date(0).toISOString(), durationMs: 1, status, error, response: "" };
  const tried = { made, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  return afterTry({ tryCount }, tried, SCHEDULE, () => random);
}

describe("after a try", () => {
  it("that was taken nothing follows, whatever the receiver asked for", () => {
    expect(after(0, 204, 5_000)).toEqual({ kind: "delivered" });
  });

  it("that failed the next one follows when the schedule says, and after the last one none", () => {
    const kinds = [0, 1, 2, 3].map((tryCount) => after(tryCount, 500));
    const again = (delayMs: number) => ({ kind: "again", delayMs });
    expect(kinds).toEqual([again(100), again(60_000), again(3_600_000), { kind: "dead" }]);
    expect(after(3, null, 1_000)).toEqual({ kind: "dead" });
  });

  it("the wait is up to a tenth longer, never shorter", () => {
    expect(after(1, 500, undefined, 0)).toMatchObject({ delayMs: 60_000 });
    expect(after(1, 500, undefined, 1)).toMatchObject({ delayMs: 66_000 });
    expect(after(1, 429, 10_000, 1)).toMatchObject({ delayMs: 11_000 });
  });

  it.each([
    [1, 10_000, 10_000],
    [1, 7_200_000, 7_200_000],
    [1, 0, 1_000],
    [0, 0, 100],
    [1, 30 * DAY_MS, DAY_MS],
    [1, Number.POSITIVE_INFINITY, DAY_MS],
  ])(
    "try %d: a receiver that asks for %d ms gets %d, be it sooner or later, up to a day",
    (tryCount, asked, delayMs) => {
      expect(after(tryCount, 503, asked)).toEqual({ kind: "again", delayMs });
    },
  );

  it("that was answered 410 none follows", () => {
    expect(after(0, 410, 1_000)).toEqual({ kind: "dead" });
  });
});
