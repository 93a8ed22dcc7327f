import type { RunnerExit } from "@pifleet/invocation";
import { beforeEach, describe, expect, it } from "vitest";
import { type Fallback, ProgramChoice } from "./program-choice.ts";

const FAST = { name: "fast", arguments: ["fast"] };
const SAFE = { name: "safe", arguments: ["safe"] };

const exit = (code: number | null, signal: string | null = null): RunnerExit => ({
  code,
  signal,
  outOfMemory: false,
  stderrTail: "",
});

describe("the choice among programs", () => {
  let fallbacks: Fallback[];
  let choice: ProgramChoice;

  beforeEach(() => {
    fallbacks = [];
    choice = new ProgramChoice([FAST, SAFE], (fallback) => fallbacks.push(fallback));
  });

  it.each([exit(1), exit(0), exit(null, "SIGABRT"), exit(null, "SIGSEGV")])("falls to the next after %j", (how) => {
    expect(choice.failed(FAST, how)).toBe(true);
    expect(choice.current).toBe(SAFE);
    expect(fallbacks).toEqual([{ from: "fast", to: "safe", exit: how }]);
  });

  it.each([exit(null, "SIGKILL"), exit(null, "SIGTERM"), undefined])("stays after %j", (how) => {
    expect(choice.failed(FAST, how)).toBe(false);
    expect(choice.current).toBe(FAST);
    expect(fallbacks).toEqual([]);
  });

  it("falls once when several runners of a program fail at once", () => {
    choice.failed(FAST, exit(1));
    expect(choice.failed(FAST, exit(1))).toBe(true);
    expect(choice.current).toBe(SAFE);
    expect(fallbacks).toHaveLength(1);
  });

  it("has nothing left after the last one", () => {
    choice.failed(FAST, exit(1));
    expect(choice.failed(SAFE, exit(1))).toBe(false);
    expect(choice.current).toBe(SAFE);
  });

  it("is among one at least", () => {
    expect(() => new ProgramChoice([], () => undefined)).toThrow("one program");
  });
});
