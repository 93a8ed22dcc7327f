import { expect, it } from "vitest";
import { Recent } from "./recent.ts";

it("remembers a value until it is too old", () => {
  const recent = new Recent<string, number>({ ageMs: 100, capacity: 10 });
  recent.set("a", 1, 0);
  expect([recent.get("a", 99), recent.get("a", 100), recent.get("b", 0)]).toEqual([1, undefined, undefined]);
  recent.set("a", 2, 100);
  expect(recent.get("a", 199)).toBe(2);
});

it("forgets the oldest when there are too many, and all that are too old", () => {
  const recent = new Recent<string, number>({ ageMs: 100, capacity: 3 });
  for (const [i, key] of ["a", "b", "a", "c", "d"].entries()) recent.set(key, i, i);
  expect(["a", "b", "c", "d"].map((key) => recent.get(key, 5))).toEqual([2, undefined, 3, 4]);
  recent.set("e", 5, 103);
  expect(recent.size).toBe(2);
});
