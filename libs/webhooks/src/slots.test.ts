import { describe, expect, it } from "vitest";
import { type Place, Slots } from "./slots.ts";

const at = (receiver: string, host = receiver): Place => ({ receiver, host });

/** Takes as many as there are for this place, and tells how many that was. */
function takeAll(slots: Slots, place: Place): number {
  let taken = 0;
  while (slots.hasOneFor(place)) {
    slots.take(place);
    taken += 1;
  }
  return taken;
}

describe("the slots", () => {
  it("are four for one receiver", () => {
    expect(takeAll(new Slots(), at("a"))).toBe(4);
  });

  it("are half of all for one host, however many receivers it has", () => {
    const slots = new Slots();
    const taken = ["a", "b", "c", "d", "e"].map((receiver) => takeAll(slots, at(receiver, "host")));
    expect(taken).toEqual([4, 4, 4, 4, 0]);
  });

  it("are kept for receivers that have none when few are left, and are 32 altogether", () => {
    const slots = new Slots();
    const taken = Array.from({ length: 20 }, (_, i) => takeAll(slots, at(`r${i}`)));
    expect(taken).toEqual([4, 4, 4, 4, 4, 4, ...Array(8).fill(1), ...Array(6).fill(0)]);
    expect(slots.areFull).toBe(true);
  });

  it("are there again when they are given back, once each", () => {
    const slots = new Slots();
    const frees = [1, 2, 3, 4].map(() => slots.take(at("a")));
    expect(slots.hasOneFor(at("a"))).toBe(false);
    frees[0]?.();
    frees[0]?.();
    expect(takeAll(slots, at("a"))).toBe(1);
  });
});
