import { UnavailableError } from "@pifleet/invocation";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FaultLog } from "./fault-log.ts";
import { createLogger } from "./logging.ts";

let lines: Record<string, unknown>[];
let faults: FaultLog;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  lines = [];
  faults = new FaultLog(createLogger("info", { write: (line) => void lines.push(JSON.parse(line)) }));
});
afterEach(() => void vi.useRealTimers());

const away = (reason: string) => new UnavailableError("Redis cannot be reached", { cause: new Error(reason) });

it("an outage is told of in one line without a stack, each ten seconds and for each reason", () => {
  for (let i = 0; i < 1_000; i += 1) faults.report(away("Command timed out"));
  faults.report(away("connect ECONNREFUSED"));
  vi.advanceTimersByTime(10_000);
  faults.report(away("Command timed out"));
  const told = (reason: string) => expect.objectContaining({ msg: "Redis cannot be reached", reason });
  expect(lines).toEqual([told("Command timed out"), told("connect ECONNREFUSED"), told("Command timed out")]);
  expect(lines.every((line) => !("err" in line))).toBe(true);
});

it("any other fault is told of each time, with its stack and what it is about", () => {
  for (let i = 0; i < 2; i += 1) faults.report(new Error("a bug"), { invocation: "inv_1" });
  const err = expect.objectContaining({ message: "a bug", stack: expect.any(String) });
  expect(lines).toEqual([1, 2].map(() => expect.objectContaining({ invocation: "inv_1", err })));
});
