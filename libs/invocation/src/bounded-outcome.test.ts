import { expect, it } from "vitest";
import { boundedOutcome, MAX_MESSAGES_BYTES, MAX_OUTPUT_BYTES } from "./bounded-outcome.ts";
import type { Outcome } from "./outcome.ts";
import { NO_USAGE } from "./usage.ts";

const said = (text: string): Outcome["messages"][number] => ({ role: "assistant", content: [{ type: "text", text }] });
const outcome = (output: string, messages: Outcome["messages"] = []): Outcome => ({
  status: "succeeded",
  output,
  messages,
  usage: NO_USAGE,
  error: null,
});

it("leaves an outcome alone that a record can hold", () => {
  const given = outcome("ä".repeat(MAX_OUTPUT_BYTES / 2), [said("one"), said("two")]);
  expect(boundedOutcome(given)).toEqual(given);
});

it("cuts an output that is too long, between characters, and says so", () => {
  const { output } = boundedOutcome(outcome(`x${"ä".repeat(MAX_OUTPUT_BYTES)}`));
  expect(Buffer.byteLength(output ?? "")).toBeLessThanOrEqual(MAX_OUTPUT_BYTES);
  expect(output).toMatch(/^xä+\n\[cut: the output had 2097153 bytes, and 1048576 are kept\]$/);
});

it("keeps the newest messages of too many", () => {
  const long = "m".repeat(MAX_MESSAGES_BYTES / 4);
  const { messages } = boundedOutcome(
    outcome(
      "",
      ["a", "b", "c", "d", "e"].map((name) => said(name + long)),
    ),
  );
  expect(messages.map(({ content }) => /[a-e](?=m)/.exec(JSON.stringify(content).slice(24))?.[0])).toEqual([
    "c",
    "d",
    "e",
  ]);
});
