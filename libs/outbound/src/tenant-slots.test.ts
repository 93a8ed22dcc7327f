import { describe, expect, it } from "vitest";
import { TenantSlots } from "./tenant-slots.ts";

/** Takes as many as there are for this tenant, and tells how many that was. */
function takeAll(slots: TenantSlots, tenant: string): number {
  let taken = 0;
  while (slots.hasOneFor(tenant)) {
    slots.take(tenant);
    taken += 1;
  }
  return taken;
}

describe("the slots that tenants share", () => {
  it("are half for a tenant that is alone, and the rest is for the others", () => {
    const slots = new TenantSlots(64);
    expect(["a", "b", "c", "d"].map((tenant) => takeAll(slots, tenant))).toEqual([32, 16, 8, 4]);
    expect(slots.areFull).toBe(false);
  });

  it("become equal for tenants that go on asking", () => {
    const slots = new TenantSlots(64);
    const held = new Map<string, (() => void)[]>();
    const tenants = ["a", "b", "c"];
    for (let round = 0; round < 100; round += 1) {
      for (const tenant of tenants) {
        const own = held.get(tenant) ?? [];
        own.shift()?.();
        while (slots.hasOneFor(tenant)) own.push(slots.take(tenant));
        held.set(tenant, own);
      }
    }
    expect(tenants.map((tenant) => held.get(tenant)?.length)).toEqual([16, 16, 16]);
  });

  it("have one for a tenant that holds none, until there is none at all", () => {
    const slots = new TenantSlots(4);
    const taken = ["a", "b", "c", "d"].map((tenant) => takeAll(slots, tenant));
    expect(taken).toEqual([2, 1, 1, 0]);
    expect(slots.areFull).toBe(true);
  });

  it("are there again when they are given back, once each", () => {
    const slots = new TenantSlots(2);
    const free = slots.take("a");
    free();
    free();
    expect(takeAll(slots, "a")).toBe(1);
    expect(takeAll(slots, "b")).toBe(1);
    expect(slots.areFull).toBe(true);
  });
});
