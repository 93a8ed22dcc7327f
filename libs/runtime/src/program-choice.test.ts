import type { RunnerExit } from "@pifleet/invocation";
import { beforeEach, describe, expect, it } from "vitest";
import { type Fallback, ProgramChoice } from "./program-choice.ts";

const FAST = { name: "fast", arguments: ["fast"] };
const SAFE = { name: "safe", arguments: ["safe"] };
const TEN_MINUTES = 600_000;

const exit = (code: number | null, signal: string | null = null): RunnerExit => ({
  code,
  signal,
  outOfMemory: false,
  stderrTail: "",
});

describe("the choice among programs", () => {
  let fallbacks: Fallback[];
  let choice: ProgramChoice;
  let now: number;

  beforeEach(() => {
    fallbacks = [];
    now = 1_000;
    choice = new ProgramChoice({
      programs: [FAST, SAFE],
      onFallback: (fallback) => fallbacks.push(fallback),
      now: () => now,
    });
  });

  it.each([exit(1), exit(0), exit(null, "SIGABRT"), exit(null, "SIGSEGV")])("falls to the next after %j", (how) => {
    expect(choice.afterFailure(FAST, how)).toBe(SAFE);
    expect(choice.current).toBe(SAFE);
    expect(fallbacks).toEqual([{ from: "fast", to: "safe", exit: how, forMs: TEN_MINUTES }]);
  });

  it.each([exit(null, "SIGKILL"), exit(null, "SIGTERM"), undefined])("stays after %j", (how) => {
    expect(choice.afterFailure(FAST, how)).toBeUndefined();
    expect(choice.current).toBe(FAST);
    expect(fallbacks).toEqual([]);
  });

  it("tells once of several runners of a program that fail at once", () => {
    choice.afterFailure(FAST, exit(1));
    expect(choice.afterFailure(FAST, exit(1))).toBe(SAFE);
    expect(choice.current).toBe(SAFE);
    expect(fallbacks).toHaveLength(1);
  });

  it("tries what has failed again after ten minutes", () => {
    choice.afterFailure(FAST, exit(1));
    now += TEN_MINUTES - 1;
    expect(choice.current).toBe(SAFE);
    now += 1;
    expect(choice.current).toBe(FAST);
  });

  it("goes on with the next program once, and remembers nothing, when a tool may have caused the failure", () => {
    choice.distrustFailures();
    expect(choice.afterFailure(FAST, exit(null, "SIGSEGV"))).toBe(SAFE);
    expect(choice.current).toBe(FAST);
    expect(fallbacks).toMatchObject([{ from: "fast", to: "safe", forMs: 0 }]);
  });

  it("has nothing left after the last one", () => {
    choice.afterFailure(FAST, exit(1));
    expect(choice.afterFailure(SAFE, exit(1))).toBeUndefined();
    expect(choice.current).toBe(SAFE);
  });

  it("is among one at least", () => {
    expect(() => new ProgramChoice({ programs: [], onFallback: () => undefined })).toThrow("one program");
  });
});
