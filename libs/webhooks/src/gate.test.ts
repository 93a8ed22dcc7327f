import type { DeliveryTry, StoredDelivery } from "@pifleet/invocation";
import { beforeEach, describe, expect, it } from "vitest";
import { Gate } from "./gate.ts";

const CREATED_MS = Date.parse("2026-01-15T09:30:00.000Z");
const NO_ANSWER: DeliveryTry = {
  at: new Date(0).toISOString(),
  durationMs: 15_000,
  status: null,
  error: "",
  response: "",
};

function delivery(fields: Partial<StoredDelivery> = {}): StoredDelivery {
  const common = { tenant: "default", webhook: null, url: "https://a.example/hook?token=1", tries: [], tryCount: 0 };
  return { ...common, createdAt: new Date(CREATED_MS).toISOString(), ...fields } as StoredDelivery;
}

describe("a delivery that is due", () => {
  let gate: Gate;
  beforeEach(() => {
    gate = new Gate([2_000, 60_000]);
  });
  const ask = (fields: Partial<StoredDelivery> = {}, afterMs = 2_000) =>
    gate.ask(delivery(fields), CREATED_MS + afterMs);
  const goes = (fields: Partial<StoredDelivery>, afterMs?: number) => ask(fields, afterMs).kind === "go";
  const lose = (fields: Partial<StoredDelivery>) => {
    const verdict = ask(fields);
    if (verdict.kind !== "go") throw new Error("it waits");
    verdict.slot.note({ made: NO_ANSWER });
    verdict.slot.free();
  };

  it("waits for its first try as long as the schedule says", () => {
    expect(ask({}, 500)).toEqual({ kind: "wait", delayMs: 1_500 });
    expect(goes({})).toBe(true);
  });

  it("shares the slots of its receiver with those that go to the same host and path for the same tenant", () => {
    for (let i = 0; i < 4; i += 1) expect(goes({ url: `https://a.example/hook?token=${i}` })).toBe(true);
    expect(goes({})).toBe(false);
    expect(goes({ url: "https://a.example/other" })).toBe(true);
    expect(goes({ tenant: "another" })).toBe(true);
    expect(goes({ webhook: "whk_1" as never })).toBe(true);
  });

  it("waits while its receiver does not answer, but for one that has waited for an hour", () => {
    for (let i = 0; i < 4; i += 1) lose({});
    expect(ask()).toEqual({ kind: "wait", delayMs: expect.any(Number) });
    expect(goes({}, 3_603_000)).toBe(true);
    const tried = { tryCount: 1, tries: [{ ...NO_ANSWER, at: new Date(CREATED_MS).toISOString() }] };
    expect(goes(tried, 3_600_000)).toBe(false);
    expect(goes(tried, 3_661_000)).toBe(true);
  });
});
