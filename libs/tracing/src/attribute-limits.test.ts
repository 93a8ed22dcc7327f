import { describe, expect, it } from "vitest";
import { boundAttributes, CUT_MARK_BYTES, cutText } from "./attribute-limits.ts";

describe("a text that is cut", () => {
  it("stays as it is up to its limit", () => {
    expect(cutText("äöü", 6)).toBe("äöü");
  });

  it("loses what is beyond its limit, whole characters only, and says how much", () => {
    expect(cutText("äöü", 5)).toBe("äö…[cut: 2 more bytes]");
    expect(cutText("a😀b", 4)).toBe("a…[cut: 5 more bytes]");
    expect(cutText("abc", 0)).toBe("…[cut: 3 more bytes]");
    const cut = cutText("x".repeat(1_000_000), 1_000);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(1_000 + CUT_MARK_BYTES);
  });

  it("holds no half of a character that cannot be encoded", () => {
    expect(cutText("a\ud83d", 10)).toBe("a\ufffd");
  });
});

describe("attributes that are bounded", () => {
  it("keep what OpenTelemetry has a form for, and leave out what is absent", () => {
    const good = { text: "a", count: 3, share: 0.5, flag: false, list: ["x"], counts: [1], flags: [true], none: [] };
    expect(boundAttributes({ ...good, absent: undefined, nothing: null })).toEqual(good);
  });

  it("make text of everything else, and never throw", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const hostile = {
      toJSON: () => {
        throw new Error("no");
      },
    };
    const bounded = boundAttributes({
      nan: Number.NaN,
      big: 10n,
      object: { a: 1 },
      circle,
      hostile,
      mixed: [1, "a", null],
    });
    expect(bounded).toEqual({
      ...{ nan: "NaN", big: "10", object: '{"a":1}', circle: "[no text]", hostile: "[no text]" },
      mixed: ["1", "a", "null"],
    });
  });

  it("cut long texts and long lists, and say so", () => {
    expect(boundAttributes({ text: "abcdef", list: ["abcdef", "b"] }, 4)).toEqual({
      text: "abcd…[cut: 2 more bytes]",
      list: ["ab…[cut: 4 more bytes]", "b"],
    });
    const { list } = boundAttributes({ list: Array.from({ length: 200 }, (_, i) => i) });
    expect(list).toHaveLength(129);
    expect(Array.isArray(list) && list.at(-1)).toBe("…[cut: 72 more items]");
  });
});
