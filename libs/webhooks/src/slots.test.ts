import { describe, expect, it } from "vitest";
import { Slots, type Target } from "./slots.ts";

const at = (receiver: string, host = receiver, tenant = "a"): Target => ({ tenant, receiver, host });

/** Takes as many as there are for this target, and tells how many that was. */
function takeAll(slots: Slots, target: Target): number {
  let taken = 0;
  while (slots.lacking(target) === undefined) {
    slots.take(target);
    taken += 1;
  }
  return taken;
}

describe("the slots", () => {
  it("are four for one receiver", () => {
    const slots = new Slots();
    expect(takeAll(slots, at("r"))).toBe(4);
    expect(slots.lacking(at("r"))).toBe("receiver");
  });

  it("are 16 for one host and tenant, however many receivers it has", () => {
    const slots = new Slots();
    const taken = ["r", "s", "t", "u", "v"].map((receiver) => takeAll(slots, at(receiver, "host")));
    expect(taken).toEqual([4, 4, 4, 4, 0]);
    expect(takeAll(slots, at("another", "host", "b"))).toBe(4);
  });

  it("are half of all for one tenant, however many receivers it has", () => {
    const slots = new Slots();
    for (let i = 0; i < 120; i += 1) takeAll(slots, at(`r${i}`));
    expect(slots.lacking(at("more"))).toBe("tenant");
    expect(takeAll(slots, at("r", "r", "b"))).toBe(4);
  });

  it("are for nobody when all are taken", () => {
    const slots = new Slots();
    for (let i = 0; i < 200; i += 1) takeAll(slots, at(`r${i}`, `h${i}`, `tenant ${i}`));
    expect(slots.areFull).toBe(true);
    expect(slots.lacking(at("r", "r", "late"))).toBe("all");
  });

  it("are there again when they are given back, once each", () => {
    const slots = new Slots();
    const frees = [1, 2, 3, 4].map(() => slots.take(at("r")));
    frees[0]?.();
    frees[0]?.();
    expect(takeAll(slots, at("r"))).toBe(1);
  });
});
