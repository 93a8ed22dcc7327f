import { expect, it } from "vitest";
import { requestedRange } from "./byte-range.ts";

it.each([
  ["bytes=0-0", { from: 0, to: 1 }],
  ["bytes=2-4", { from: 2, to: 5 }],
  ["bytes=2-", { from: 2, to: 10 }],
  ["bytes=2-99999999999999999999", { from: 2, to: 10 }],
  ["bytes=-3", { from: 7, to: 10 }],
  ["bytes=-30", { from: 0, to: 10 }],
  ["Bytes= 1-2 ", { from: 1, to: 3 }],
  ["bytes=10-", "unsatisfiable"],
  ["bytes=99-100", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
] as const)("a part of ten bytes: %s", (header, range) => {
  expect(requestedRange(header, 10)).toEqual(range);
});

it.each([undefined, "", "bytes", "bytes=", "bytes=-", "bytes=4-2", "bytes=a-b", "bytes=0-1,3-4", "lines=0-1"])(
  "all of it, for a header that asks for no one part: %s",
  (header) => {
    expect(requestedRange(header, 10)).toBeUndefined();
  },
);

it("no part of nothing", () => {
  for (const header of ["bytes=0-", "bytes=0-0", "bytes=-1"]) expect(requestedRange(header, 0)).toBe("unsatisfiable");
});
