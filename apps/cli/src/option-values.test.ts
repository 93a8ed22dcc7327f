import { InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { durationOption, idArgument, integerOption, namesOption, numbersOption, pairsOption } from "./option-values.ts";

test("a value is read in its form", () => {
  expect(integerOption("-3", undefined)).toBe(-3);
  expect(durationOption("1500ms", undefined)).toBe(1_500);
  expect(namesOption("read, bash", undefined)).toEqual(["read", "bash"]);
  expect(namesOption("", undefined)).toEqual([]);
  expect(idArgument("inv_01K", undefined)).toBe("inv_01K");
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
])("%o refuses '%s'", (parse, text) => {
  expect(() => parse(text, undefined)).toThrow(InvalidArgumentError);
});
