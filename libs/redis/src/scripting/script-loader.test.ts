import { describe, expect, it } from "vitest";
import { libraryScripts, loadScript, type ScriptSource } from "./script-loader.ts";

function from(texts: Readonly<Record<string, string>>): ScriptSource {
  return (name) => texts[name] ?? `local ${name} = 1\n`;
}

describe("the script loader", () => {
  it("puts each include in place once, where it is first asked for", () => {
    const source = from({
      any: "-- head\n-- @include both\n-- @include one\nreturn one()",
      both: "-- @include one\n-- @include two\n",
    });
    const lines = loadScript("any", source).split("\n").filter(Boolean);
    expect(lines).toEqual(["-- head", "local one = 1", "local two = 1", "return one()"]);
  });

  it("fails for an include that is not there", () => {
    const source = libraryScripts({ any: "-- @include nowhere" });
    expect(() => loadScript("any", source)).toThrow("There is no Lua file nowhere.lua.");
  });

  const part = "-- @takes key, limit\nlocal function read() end";

  it("gives an include the locals that it takes, by their own names or by others", () => {
    const same = from({ any: "-- @include part", part });
    expect(loadScript("any", same, ["key", "limit"])).toBe(part);
    const other = from({ any: "local row = 1\n-- @include part(row, limit)", part });
    expect(loadScript("any", other, ["limit"])).toBe(`local row = 1\nlocal key = row\n${part}`);
  });

  it.each([
    ["fewer names than it takes", "-- @include part(limit)", "any.lua includes part with 1 names; it takes 2."],
    ["a name that stands for nothing", "-- @include part", "any.lua includes part with key, which is no local there."],
    [
      "other names the second time",
      "local row = 1\nlocal key = 2\n-- @include part\n-- @include part(row, limit)",
      "any.lua includes part a second time, with other names.",
    ],
  ])("refuses an include that gets %s", (_what, any, words) => {
    expect(() => loadScript("any", from({ any, part }), ["limit"])).toThrow(words);
  });
});
