import { type Invocation, InvocationRecord, toRecord } from "@pifleet/invocation";
import { sampleInvocation } from "@pifleet/testkit/samples";
import { describe, expect, it } from "vitest";
import { messageBody } from "./message-body.ts";

const ENDED = {
  status: "succeeded",
  startedAt: "2026-01-15T09:30:00.050Z",
  endedAt: "2026-01-15T09:30:04.250Z",
} as const;

function bodyOf(fields: Partial<Invocation>) {
  const invocation = sampleInvocation({}, { ...ENDED, ...fields });
  return { invocation, body: JSON.parse(messageBody("invocation.succeeded", invocation)) };
}

describe("the body of a message", () => {
  it("is type, timestamp and the record", () => {
    const { invocation, body } = bodyOf({ output: "done" });
    expect(body).toEqual({ type: "invocation.succeeded", timestamp: ENDED.endedAt, data: toRecord(invocation) });
    expect(Object.keys(body)).toEqual(["type", "timestamp", "data"]);
    expect(InvocationRecord.safeParse(body.data).success).toBe(true);
  });

  it.each(["x".repeat(16_384), "ä".repeat(8_192), ""])("brings an output of 16 KB whole", (output) => {
    expect(bodyOf({ output }).body.data).toMatchObject({ output });
    expect(bodyOf({ output }).body.data).not.toHaveProperty("cut");
  });

  it.each([
    ["x".repeat(16_385), "x".repeat(16_384)],
    [`x${"ä".repeat(8_192)}`, `x${"ä".repeat(8_191)}`],
    [`xx${"😀".repeat(4_096)}`, `xx${"😀".repeat(4_095)}`],
  ])("cuts a longer one between two characters, and says so", (output, cut) => {
    expect(bodyOf({ output }).body.data).toMatchObject({ output: cut, cut: ["output"] });
  });

  it("leaves a long conversation to the record, and says so", () => {
    const text = "x".repeat(70_000);
    const { data } = bodyOf({
      output: "done",
      messages: [{ role: "assistant", content: [{ type: "text", text }] }],
    }).body;
    expect(data).toMatchObject({ output: "done", messages: [], cut: ["messages"] });
    expect(InvocationRecord.safeParse(data).success).toBe(true);
  });
});
