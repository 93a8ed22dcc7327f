import { expect, test } from "vitest";
import { parseBatch } from "./batch-lines.ts";
import { UsageError } from "./failure.ts";

test("every line is a submission under its number, and empty ones are passed over", () => {
  const text = '\ufeff{"input": "a"}\r\n\n  \n{"input": "b", "model": "c/d"}';
  expect(parseBatch(text, "tasks.ndjson")).toEqual([
    { number: 1, submission: { input: "a" } },
    { number: 4, submission: { input: "b", model: "c/d" } },
  ]);
});

test.each([
  ["that is no JSON", '{"input": "a"}\n{"input": }\n', /^tasks\.ndjson, line 2 is not JSON: Unexpected token .*\.$/],
  ["that is cut off", '{"input": "a', /^tasks\.ndjson, line 1 is not JSON: Unterminated string .*\.$/],
  ["that is a list", '[{"input": "a"}]', /^tasks\.ndjson, line 1 is not a JSON object, such as /],
  ["that is null", "null", /line 1 is not a JSON object/],
  ["that commands the terminal", "\u001b[2Jx", /^tasks\.ndjson, line 1 is not JSON: [\x20-\x7e]*$/],
])("a line %s is refused by its number", (_what, text, message) => {
  expect(() => parseBatch(text, "tasks.ndjson")).toThrow(message);
  expect(() => parseBatch(text, "tasks.ndjson")).toThrow(UsageError);
});

test("a batch without a line is refused", () => {
  expect(() => parseBatch("\n\n", "tasks.ndjson")).toThrow("tasks.ndjson holds no submission");
});
