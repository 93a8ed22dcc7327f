import { describe, expect, it } from "vitest";
import { fingerprint } from "./fingerprint.ts";

describe("a fingerprint", () => {
  it("is the same for the same fields in another order", () => {
    expect(fingerprint({ a: 1, b: { c: [1, 2], d: null } })).toBe(fingerprint({ b: { d: null, c: [1, 2] }, a: 1 }));
  });

  it.each([[{ a: 2 }], [{ a: "1" }], [{ a: 1, b: 1 }], [[1]], [{ a: { a: 1 } }]])("tells {a: 1} from %j", (other) => {
    expect(fingerprint(other)).not.toBe(fingerprint({ a: 1 }));
  });

  it("minds the order of a list", () => {
    expect(fingerprint([1, 2])).not.toBe(fingerprint([2, 1]));
  });
});
