import { describe, expect, it } from "vitest";
import { holdsMoreValues } from "./json-values.ts";

describe("the values that a text of JSON holds", () => {
  it("are counted in lists, in objects and within each other", () => {
    const values = JSON.stringify({ a: [1, 2, { b: [] }], c: "text" });
    expect(holdsMoreValues(values, 9)).toBe(false);
    expect(holdsMoreValues(values, 4)).toBe(true);
    expect(holdsMoreValues("[".repeat(1_000), 500)).toBe(true);
  });

  it("are not looked for in strings, whatever their escapes", () => {
    const text = JSON.stringify([`,[{"\\`.repeat(1_000), '\\"'.repeat(1_000), "\\"]);
    expect(holdsMoreValues(text, 4)).toBe(false);
    expect(holdsMoreValues(`${text.slice(0, -1)},1,2,3]`, 4)).toBe(true);
  });
});
