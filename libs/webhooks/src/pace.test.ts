import { describe, expect, it } from "vitest";
import { Pace } from "./pace.ts";

describe("the pace of a receiver", () => {
  const paceOf = (durationMs: number) => {
    const clock = { nowMs: 0 };
    const pace = new Pace(4, () => clock.nowMs);
    for (let i = 0; i < 30; i += 1) pace.note("a", durationMs);
    const waits = (count: number) => Array.from({ length: count }, () => Math.round(pace.waitMs("a")));
    return { clock, waits };
  };

  it("gives those that wait their turns one behind the other, as fast as it takes them", () => {
    expect(paceOf(4_000).waits(4)).toEqual([1_000, 2_000, 3_000, 4_000]);
  });

  it("puts nobody off for longer than a minute", () => {
    expect(Math.max(...paceOf(15_000).waits(1_000))).toBe(60_000);
  });

  it("goes on where the line ends, and begins anew when the line is over", () => {
    const { clock, waits } = paceOf(4_000);
    waits(3);
    clock.nowMs = 1_000;
    expect(waits(1)).toEqual([3_000]);
    clock.nowMs = 60_000;
    expect(waits(1)).toEqual([1_000]);
  });

  it("never asks to look again at once", () => {
    expect(paceOf(0).waits(2)).toEqual([50, 50]);
  });
});
