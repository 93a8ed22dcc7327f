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
    expect(outages.reason(URL, false)).toBeUndefined();
    outages.note(URL, "cannot be reached");
    for (const isAgain of [true, false]) expect(outages.reason(URL, isAgain)).toBe("cannot be reached");
    expect(outages.reason("http://another/", false)).toBeUndefined();
  });

  it("let one export find out whether it is back, and the others wait meanwhile", () => {
    outages.note(URL, "away");
    nowMs = 1_000;
    expect([outages.begin(URL, true), outages.begin(URL, true)]).toEqual([undefined, "away"]);
    outages.note(URL);
    expect(outages.reason(URL, false)).toBeUndefined();
  });

  it("are never found out about by the first export of an attempt", () => {
    outages.note(URL, "away");
    nowMs = 3_600_000;
    expect([outages.reason(URL, false), outages.begin(URL, false)]).toEqual(["away", "away"]);
    expect(outages.begin(URL, true)).toBeUndefined();
  });

  it("grow longer with every try that fails, up to half a minute", () => {
    const pauses: number[] = [];
    outages.note(URL, "away");
    for (let tries = 0; tries < 7; tries += 1) {
      const fromMs = nowMs;
      while (outages.begin(URL, true) !== undefined) nowMs += 500;
      pauses.push(nowMs - fromMs);
      outages.note(URL, "away");
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it("last as long as the collector asks for, within bounds", () => {
    const pause = (retryAfterMs: number) => {
      outages.note(URL);
      outages.note(URL, "answered 503", retryAfterMs);
      const fromMs = nowMs;
      while (outages.begin(URL, true) !== undefined) nowMs += 500;
      return nowMs - fromMs;
    };
    expect([0, 20_000, 86_400_000].map(pause)).toEqual([1_000, 20_000, 300_000]);
  });

  it("do not grow because several exports failed at once", () => {
    for (let i = 0; i < 5; i += 1) outages.note(URL, "away");
    nowMs = 1_000;
    expect(outages.reason(URL, true)).toBeUndefined();
  });

  it("are forgotten, the oldest first, when there are too many", () => {
    for (let i = 0; i <= 1_000; i += 1) outages.note(`http://c${i}/`, "away");
    expect(outages.reason("http://c0/", false)).toBeUndefined();
    expect(outages.reason("http://c1/", false)).toBe("away");
  });
});
