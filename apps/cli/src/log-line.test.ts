import { expect, test } from "vitest";
import { formatLogLine } from "./log-line.ts";
import { paintNothing } from "./output.ts";

test("a line of a log is its level, its message and its own fields", () => {
  const line =
    '{"level":"warn","time":"2026-01-15T09:30:00.000Z","pid":2,"hostname":"h","url":"http://x","err":{"code":"E"},"msg":"slow"}';
  expect(formatLogLine(line, paintNothing)).toBe('warn  slow url=http://x err={"code":"E"}');
});

test("any other line is passed on as it is", () => {
  for (const line of ["plain", "{not json", '{"no":"level"}', ""]) expect(formatLogLine(line, paintNothing)).toBe(line);
});
