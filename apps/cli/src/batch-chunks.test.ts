import { expect, test } from "vitest";
import { chunksOf } from "./batch-chunks.ts";

const ROOMY = { count: 1_000, bytes: 1_000_000 };

test("a chunk holds so many and no more", () => {
  expect([...chunksOf([1, 2, 3, 4, 5], { ...ROOMY, count: 2 })]).toEqual([[1, 2], [3, 4], [5]]);
  expect([...chunksOf([1, 2], { ...ROOMY, count: 2 })]).toEqual([[1, 2]]);
});

test("a chunk holds so many bytes and no more, as they are sent", () => {
  // Each is 5 bytes of JSON and a comma: an ö has two.
  const items = ["aaa", "öa", "ccc"];
  expect([...chunksOf(items, { ...ROOMY, bytes: 12 })]).toEqual([["aaa", "öa"], ["ccc"]]);
});

test("what alone is too large is sent alone, for the API to refuse", () => {
  const large = "x".repeat(20);
  expect([...chunksOf(["a", large, "b"], { ...ROOMY, bytes: 10 })]).toEqual([["a"], [large], ["b"]]);
});

test("of nothing there is no chunk", () => {
  expect([...chunksOf([], ROOMY)]).toEqual([]);
});
