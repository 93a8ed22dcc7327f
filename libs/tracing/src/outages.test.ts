import { beforeEach, describe, expect, it } from "vitest";
import { Outages } from "./outages.ts";

const URL = "http://collector/v1/traces";

describe("the outages of collectors", () => {
  let nowMs = 0;
  let outages: Outages;
  beforeEach(() => {
    nowMs = 0;
    outages = new Outages(() => nowMs);
  });

  it("keep exports from a collector that was away a moment ago, and tell why", () => {
    expect(outages.reason(URL)).toBeUndefined();
    outages.note(URL, "cannot be reached");
    expect(outages.reason(URL)).toBe("cannot be reached");
    expect(outages.reason("http://another/")).toBeUndefined();
  });

  it("let one export find out whether it is back, and the others wait meanwhile", () => {
    outages.note(URL, "away");
    nowMs = 1_000;
    expect([outages.reason(URL), outages.reason(URL)]).toEqual([undefined, "away"]);
    outages.note(URL);
    expect(outages.reason(URL)).toBeUndefined();
  });

  it("grow longer with every try that fails, up to half a minute", () => {
    const pauses: number[] = [];
    outages.note(URL, "away");
    for (let tries = 0; tries < 7; tries += 1) {
      const fromMs = nowMs;
      while (outages.reason(URL) !== undefined) nowMs += 500;
      pauses.push(nowMs - fromMs);
      outages.note(URL, "away");
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it("do not grow because several exports failed at once", () => {
    for (let i = 0; i < 5; i += 1) outages.note(URL, "away");
    nowMs = 1_000;
    expect(outages.reason(URL)).toBeUndefined();
  });

  it("are forgotten, the oldest first, when there are too many", () => {
    for (let i = 0; i <= 1_000; i += 1) outages.note(`http://c${i}/`, "away");
    expect(outages.reason("http://c0/")).toBeUndefined();
    expect(outages.reason("http://c1/")).toBe("away");
  });
});
