import { beforeEach, describe, expect, it } from "vitest";
import { Circuits } from "./circuits.ts";

const HERE = "whk_1";
const LOST = { answered: false };

describe("the circuit of a receiver", () => {
  let nowMs = 0;
  let circuits: Circuits;
  beforeEach(() => {
    nowMs = 0;
    circuits = new Circuits(86_400_000, () => nowMs);
  });
  const fail = (times: number) => {
    for (let i = 0; i < times; i += 1) circuits.note(HERE, LOST);
  };

  it("opens after four tries in a row without an answer, and for nobody else", () => {
    fail(3);
    expect(circuits.waitMs(HERE)).toBe(0);
    fail(1);
    expect(circuits.waitMs(HERE)).toBe(5_000);
    expect(circuits.waitMs("whk_2")).toBe(0);
  });

  it("stays closed while there are answers between the failures, whatever they say", () => {
    for (let i = 0; i < 5; i += 1) {
      fail(3);
      circuits.note(HERE, { answered: true });
    }
    expect(circuits.waitMs(HERE)).toBe(0);
  });

  it("lets one try find out whether the receiver is back, and the others wait meanwhile", () => {
    fail(4);
    nowMs = 5_000;
    expect(circuits.waitMs(HERE)).toBe(0);
    expect(circuits.waitMs(HERE)).toBe(5_000);
    circuits.note(HERE, { answered: true });
    expect(circuits.waitMs(HERE)).toBe(0);
    fail(1);
    expect(circuits.waitMs(HERE)).toBe(0);
  });

  it("lets another try find out when nothing was heard of the first one", () => {
    fail(4);
    nowMs = 5_000;
    expect(circuits.waitMs(HERE)).toBe(0);
    nowMs = 35_000;
    expect(circuits.waitMs(HERE)).toBe(0);
  });

  it("stays open longer with every probe that fails, up to half a minute", () => {
    const pauses: number[] = [];
    fail(4);
    for (let probes = 0; probes < 5; probes += 1) {
      const pauseMs = circuits.waitMs(HERE);
      pauses.push(pauseMs);
      nowMs += pauseMs;
      expect(circuits.waitMs(HERE)).toBe(0);
      fail(1);
    }
    expect(pauses).toEqual([5_000, 10_000, 20_000, 30_000, 30_000]);
  });

  it("does not stay open longer because several tries failed at once", () => {
    fail(8);
    expect(circuits.waitMs(HERE)).toBe(5_000);
  });

  it("is never open for longer than the longest wait of the schedule", () => {
    const hasty = new Circuits(2_000, () => nowMs);
    for (let i = 0; i < 4; i += 1) hasty.note(HERE, LOST);
    expect(hasty.waitMs(HERE)).toBe(2_000);
  });

  it("opens at once for as long as an overloaded receiver asks, up to half a minute", () => {
    circuits.note(HERE, { answered: true, askedMs: 3_000 });
    expect(circuits.waitMs(HERE)).toBe(3_000);
    circuits.note(HERE, { answered: true, askedMs: 3_600_000 });
    expect(circuits.waitMs(HERE)).toBe(30_000);
  });

  it("is forgotten, the oldest first, when there are too many", () => {
    fail(4);
    for (let i = 0; i < 1_000; i += 1) circuits.note(`other ${i}`, LOST);
    expect(circuits.waitMs(HERE)).toBe(0);
  });
});
