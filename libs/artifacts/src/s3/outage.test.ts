import { UnavailableError } from "@pifleet/invocation";
import { describe, expect, it } from "vitest";
import { Outage } from "./outage.ts";

describe("an outage", () => {
  it("keeps everybody away for a while; then one may ask, and the others wait for what becomes of that", () => {
    let now = 0;
    const outage = new Outage(10, () => now);
    outage.enter();
    outage.begin(new Error("away"));
    now = 9;
    expect(() => outage.assertOver()).toThrow(UnavailableError);
    expect(() => outage.enter()).toThrow(UnavailableError);
    now = 10;
    outage.assertOver();
    outage.enter();
    expect(() => outage.enter()).toThrow(UnavailableError);
  });

  it("is over for everybody when the store has answered", () => {
    const outage = new Outage(10, () => 0);
    outage.begin(new Error("away"));
    outage.end();
    outage.enter();
    expect(() => outage.enter()).not.toThrow();
  });
});
