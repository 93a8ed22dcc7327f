import { describe, expect, it } from "vitest";
import { preferredWait } from "./prefer.ts";

describe("the preference to wait", () => {
  it.each([
    ["wait=10", 10],
    ["wait=0", 0],
    ["Wait = 10", 10],
    ['wait="10"', 10],
    ["respond-async, wait=10", 10],
    ["wait=10; of=seconds, return=minimal", 10],
    ['greeting="a, wait=1", wait=10', 10],
    ["wait=1, wait=10", 1],
    ["wait=99999999999999999999", 60],
  ])("is read from %s as %d seconds", (header, seconds) => {
    expect(preferredWait(header)).toBe(seconds);
  });

  it.each([
    undefined,
    "",
    "wait",
    "wait=",
    "wait=soon",
    "wait=-1",
    "wait=1.5",
    "await=10",
    "wait=x, wait=10",
    ",,;=",
    '"wait=10',
  ])("is ignored when the header is %j", (header) => {
    expect(preferredWait(header)).toBeUndefined();
  });
});
