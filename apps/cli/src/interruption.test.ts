import { expect, test } from "vitest";
import { Interruption } from "./interruption.ts";

test("nothing is asked before the first signal", () => {
  const interruption = new Interruption();
  expect(interruption.asked.aborted).toBe(false);
  expect(interruption.exitCode).toBeUndefined();
});

test("the first signal asks, and decides on the exit code", () => {
  const interruption = new Interruption();
  interruption.receive("SIGINT", 1_000);
  interruption.receive("SIGTERM", 5_000);
  expect(interruption.asked.aborted).toBe(true);
  expect(interruption.exitCode).toBe(130);
});

test("the same signal from the terminal and from npm is one", () => {
  const interruption = new Interruption();
  interruption.receive("SIGINT", 1_000);
  interruption.receive("SIGINT", 1_005);
  expect(interruption.insisted.aborted).toBe(false);
});

test("a second signal insists", () => {
  const interruption = new Interruption();
  interruption.receive("SIGINT", 1_000);
  interruption.receive("SIGINT", 1_400);
  expect(interruption.insisted.aborted).toBe(true);
});
