import { describe, expect, it } from "vitest";
import type { Report } from "../report.ts";
import { atLeast, atMost, type Row } from "./row.ts";
import { resultOf } from "./row-result.ts";

const ROW: Row = { name: "speed", title: "speed", measurement: "start", figure: "speed" };
const REPORT: Report = {
  title: "",
  method: "",
  comparisons: [{ name: "depth", unit: "ms", off: [2, 4, 3], on: [6, 4, 5], again: [] }],
  figures: [
    { name: "speed", by: "Pi Fleet", unit: "ms", values: [3, 1, 2] },
    { name: "speed", by: "hand-written", unit: "ms", values: [10, 30, 20] },
    { name: "speed", by: "raw BullMQ", unit: "ms", values: [] },
    { name: "size", unit: "MB", values: [5] },
  ],
};

describe("a row of the table", () => {
  it("is the median of our fleet beside the medians of those who were measured", () => {
    expect(resultOf(ROW, REPORT)).toEqual({
      name: "speed",
      title: "speed",
      measurement: "start",
      unit: "ms",
      value: 2,
      baselines: { "hand-written": 20 },
      ratio: 0.1,
    });
  });

  it("can tell another quantile, of all of them", () => {
    expect(resultOf({ ...ROW, quantile: 1 }, REPORT)).toMatchObject({ value: 3, baselines: { "hand-written": 30 } });
  });

  it.each([
    [atMost(1 / 10, "hand-written"), true],
    [atMost(1 / 11, "hand-written"), false],
    [atLeast(1 / 11, "hand-written"), true],
    [atMost(1.9), false],
    [atMost(2), true],
    [atMost(1, "raw BullMQ"), undefined],
  ])("with target %j: met is %s", (target, met) => {
    expect(resultOf({ ...ROW, target }, REPORT).met).toBe(met);
  });

  it("of a comparison is what is on beside what is off", () => {
    const row = { ...ROW, figure: "depth", target: atMost(1.2, "off") };
    expect(resultOf(row, REPORT)).toMatchObject({ value: 5, baselines: { off: 3 }, met: false });
  });

  it("may be of what is measured of us alone", () => {
    expect(resultOf({ ...ROW, figure: "size" }, REPORT)).toMatchObject({ value: 5, baselines: {} });
  });

  it("that names a figure which was not measured is a mistake", () => {
    expect(() => resultOf({ ...ROW, figure: "sped" }, REPORT)).toThrow("no figure 'sped'");
  });
});
