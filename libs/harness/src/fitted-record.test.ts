import { type HarnessResult, NO_USAGE, RunnerRecord } from "@pifleet/invocation";
import { expect, it } from "vitest";
import { fittedRecord } from "./fitted-record.ts";

const at = 1;

it("a record that fits stays as it is", () => {
  const record = { type: "message.delta", at, channel: "text", text: "a" } as const;
  expect(fittedRecord(record)).toBe(record);
});

it("texts and words that are too long are cut", () => {
  const [callId, name] = ["c".repeat(5_000), "n"];
  const record = { type: "tool.ended", at, callId, name, isError: false, text: "t".repeat(5_000_000) } as const;
  expect(fittedRecord(record)).toEqual({ ...record, callId: "c".repeat(4_096), text: "t".repeat(4_194_304) });
});

it("what cannot fit is replaced by a line of log that says why", () => {
  const record = { type: "turn.started", at, turn: 1e300 } as const;
  expect(fittedRecord(record)).toMatchObject({ type: "log", message: expect.stringContaining("turn.started, turn") });
});

it("a result keeps the messages that are sound", () => {
  const sound = { role: "user", content: [{ type: "text", text: "a" }] } as const;
  const messages = [sound, { role: "assistant", content: [{ type: "tool_call", id: null }] }];
  const result = { output: "x", messages, usage: NO_USAGE, failure: null } as unknown as HarnessResult;
  const fitted = fittedRecord({ type: "finished", at, result });
  expect(fitted).toEqual({ type: "finished", at, result: { ...result, messages: [sound] } });
  expect(RunnerRecord.safeParse(fitted).success).toBe(true);
});
