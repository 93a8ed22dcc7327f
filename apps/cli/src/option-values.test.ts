import { InvalidArgumentError } from "commander";
import { expect, onTestFinished, test, vi } from "vitest";
import {
  durationOption,
  idArgument,
  idOf,
  integerOption,
  momentOption,
  namesOption,
  numbersOption,
  pairsOption,
} from "./option-values.ts";

test("a value is read in its form", () => {
  expect(integerOption("-3", undefined)).toBe(-3);
  expect(durationOption("1500ms", undefined)).toBe(1_500);
  expect(namesOption("read, bash", undefined)).toEqual(["read", "bash"]);
  expect(namesOption("", undefined)).toEqual([]);
  expect(idArgument("inv_01K", undefined)).toBe("inv_01K");
});

test("a moment is a time, a day, or how long ago", () => {
  vi.useFakeTimers({ now: Date.parse("2030-01-02T03:04:05.678Z"), toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const read = (text: string) => momentOption(text, undefined).toISOString();
  expect(read("2h")).toBe("2030-01-02T01:04:05.678Z");
  expect(read("2030-01-02")).toBe("2030-01-02T00:00:00.000Z");
  expect(read("2030-01-02T03:04+02:00")).toBe("2030-01-02T01:04:00.000Z");
});

test("a repeated option adds to what came before, and the last one wins", () => {
  expect(pairsOption("b=2=3", { a: "1" })).toEqual({ a: "1", b: "2=3" });
  expect(numbersOption("totalMs=5", { totalMs: 1, maxTurns: 2 })).toEqual({ totalMs: 5, maxTurns: 2 });
});

test.each([
  [integerOption, "1.5"],
  [integerOption, ""],
  [durationOption, "5"],
  [durationOption, "soon"],
  [pairsOption, "a"],
  [pairsOption, "=b"],
  [numbersOption, "a="],
  [numbersOption, "a=many"],
  [idArgument, ".."],
  [idArgument, ""],
  [idArgument, "a/b"],
  [idOf("a webhook", "whk_01K…"), "a/b"],
  [momentOption, "yesterday"],
  [momentOption, "2030"],
  [momentOption, "2030-13-01"],
  [momentOption, "2030-01-02T03:04:05Zulu"],
])("%o refuses '%s'", (parse, text) => {
  expect(() => parse(text, undefined)).toThrow(InvalidArgumentError);
});
