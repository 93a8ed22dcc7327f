import { UnavailableError } from "@pifleet/invocation";
import { beforeEach, describe, expect, it } from "vitest";
import { Outage } from "./outage.ts";

describe("an outage", () => {
  let now: number;
  let outage: Outage;

  beforeEach(async () => {
    now = 0;
    outage = new Outage(1_000, () => now);
    await outage.enter();
    outage.begin(new Error("away"));
  });

  /** For how long nobody may ask from now on. */
  function leftAloneMs(): number {
    const since = now;
    for (;;) {
      try {
        outage.assertOver();
        return now - since;
      } catch {
        now += 100;
      }
    }
  }

  it("keeps everybody away for a while", async () => {
    now = 999;
    expect(() => outage.assertOver()).toThrow(UnavailableError);
    await expect(outage.enter()).rejects.toThrow(UnavailableError);
    now = 1_000;
    outage.assertOver();
    await outage.enter();
  });

  it("is then found by one to be over or not, and the others wait for that", async () => {
    now = 1_000;
    await outage.enter();
    const refused = [outage.enter(), outage.enter()];
    outage.begin(new Error("still away"));
    for (const entering of refused) await expect(entering).rejects.toThrow(UnavailableError);
    now = 3_000;
    await outage.enter();
    const admitted = [outage.enter(), outage.enter()];
    outage.end();
    await Promise.all(admitted);
  });

  it("keeps them away for longer each time that it is not over, whoever else finds out", async () => {
    const pauses = [];
    for (let i = 0; i < 7; i += 1) {
      outage.begin(new Error("asked before it began"));
      pauses.push(leftAloneMs());
      await outage.enter();
      outage.begin(new Error("still away"));
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it("is forgotten when the store has answered", async () => {
    outage.end();
    await Promise.all([outage.enter(), outage.enter()]);
    outage.begin(new Error("away"));
    expect(leftAloneMs()).toBe(1_000);
  });
});
