import { describe, expect, it } from "vitest";
import { Duration } from "./duration.ts";

describe("a duration", () => {
  it.each([
    ["500ms", 500],
    ["45s", 45_000],
    ["30m", 1_800_000],
    ["12h", 43_200_000],
    ["7d", 604_800_000],
  ])("reads %s as %d milliseconds", (text, ms) => {
    expect(Duration.parse(text)).toBe(ms);
  });

  it.each(["", "7", "d", "0s", "-1s", "1.5h", "7 d", "7D", "1w", "999999999999d"])("refuses %j", (text) => {
    expect(Duration.safeParse(text).success).toBe(false);
  });
});
