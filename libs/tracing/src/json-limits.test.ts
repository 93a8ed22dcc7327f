import { describe, expect, it } from "vitest";
import { jsonWithin, listWithin } from "./json-limits.ts";

const mark = (leftOut: number) => ({ leftOut });

describe("a value as JSON within a limit", () => {
  it("is as it is when it fits", () => {
    expect(jsonWithin({ text: "short" }, 64)).toBe('{"text":"short"}');
    expect(listWithin([{ a: 1 }, { b: 2 }], 17, mark)).toBe('[{"a":1},{"b":2}]');
    expect(listWithin([], 128, mark)).toBe("[]");
  });

  it("has its long texts cut with a mark", () => {
    const json = jsonWithin({ short: "short", long: "long ".repeat(1_000) }, 512);
    expect(Buffer.byteLength(json)).toBeLessThanOrEqual(512);
    expect(JSON.parse(json)).toEqual({
      short: "short",
      long: expect.stringMatching(/^long .*…\[cut: \d+ more bytes\]$/),
    });
  });

  it("keeps of a list what came last, and tells how much came before it", () => {
    const list = Array.from({ length: 1_000 }, (_, i) => ({ text: `message ${i}` }));
    const [first, ...kept] = JSON.parse(listWithin(list, 1_024, mark));
    expect(kept.length).toBeGreaterThan(10);
    expect(first).toEqual({ leftOut: 1_000 - kept.length });
    expect(kept).toEqual(list.slice(-kept.length));
  });

  it("is always JSON for a list, and never longer, however long the list and its texts are", () => {
    for (let length = 0; length < 60; length += 1) {
      for (const maxBytes of [256, 1_000, 4_096]) {
        const list = Array.from({ length }, (_, i) => ({ i, text: "ä".repeat((i * 37) % 500), more: [{ n: i }] }));
        const json = listWithin(list, maxBytes, mark);
        expect(Buffer.byteLength(json)).toBeLessThanOrEqual(maxBytes);
        const items = JSON.parse(json) as { i?: number; leftOut?: number }[];
        const indices = items.flatMap(({ i }) => (i === undefined ? [] : [i]));
        expect(indices).toEqual(list.slice(length - indices.length).map(({ i }) => i));
        expect((items[0]?.leftOut ?? 0) + indices.length).toBe(length);
      }
    }
  });

  it("has room for the mark alone when the last item has none", () => {
    const calls = Array.from({ length: 200 }, (_, i) => ({ call: i }));
    expect(listWithin([{ calls }, { calls }], 512, mark)).toBe('[{"leftOut":2}]');
  });
});
