import { type Message, NO_USAGE } from "@pifleet/invocation";
import { expect, it } from "vitest";
import { fittedResult } from "./fitted-result.ts";

const said = (text: string): Message => ({ role: "user", content: [{ type: "text", text }] });
const result = { output: "done", usage: NO_USAGE, failure: null };

it("a result stays as it is when a worker takes it", () => {
  const messages = [said("one"), said("two")];
  expect(fittedResult({ ...result, messages })).toEqual({ ...result, messages });
});

it("a result has no more than its newest messages when all of them are too long", () => {
  const long = "x".repeat(3_000_000);
  const messages = [said("one"), said(long), said(`${long}.`), said(`${long}!`), said("last")];
  const fitted = fittedResult({ ...result, messages }).messages;
  expect(fitted.map((message) => messages.indexOf(message))).toEqual([2, 3, 4]);
});
