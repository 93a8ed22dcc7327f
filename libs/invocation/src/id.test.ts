import { describe, expect, it } from "vitest";
import { InvocationId, newInvocationId, newUlid, ulidTime } from "./id.ts";

const RANDOM_CHARS = 16;

describe("the id of an invocation", () => {
  it("is one by its own rule, and no two of one millisecond are the same", () => {
    const ids = Array.from({ length: 1_000 }, () => newInvocationId(1_760_000_000_000));
    for (const id of ids) expect(InvocationId.safeParse(id).success, id).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("sorts by the time of submission", () => {
    const ids = [1, 31, 32, 1_760_000_000_000, 1_760_000_000_001].map((ms) => newInvocationId(ms));
    expect(ids.toSorted()).toEqual(ids);
  });

  it("begins with the time as the ULID specification writes it", () => {
    expect(ulidTime(1_469_918_176_385)).toBe("01ARYZ6S41");
  });

  it("takes every character in every random place", () => {
    const tails = Array.from({ length: 2_000 }, () => newUlid().slice(-RANDOM_CHARS));
    for (let place = 0; place < RANDOM_CHARS; place += 1) {
      expect(new Set(tails.map((tail) => tail[place])).size, `place ${place}`).toBe(32);
    }
  });
});
